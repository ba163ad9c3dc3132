package dev.manicule.bench.sizing;

import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.bench.peer.Machine;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.PeerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A server with a heap of a fixed size, all of it touched at the start, so that its process grows by all else only. */
final class MeasuredServer implements AutoCloseable {
    private final SizingRun run;
    private final PeerProcess process;
    private final @Nullable SSLContext context;
    private final HttpClient client;

    private MeasuredServer(SizingRun run, PeerProcess process, @Nullable SSLContext context) {
        this.run = run;
        this.process = process;
        this.context = context;
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        client = (context == null ? builder : builder.sslContext(context)).build();
    }

    /** Starts one. */
    static MeasuredServer start(Machine machine, SizingRun run) throws IOException, InterruptedException {
        return start(machine, run, false, "");
    }

    /**
     * Starts one with more configuration.
     *
     * @param run gives the size of its heap, and how it is measured
     * @param tls whether its connections are encrypted
     * @param more lines of YAML
     */
    static MeasuredServer start(Machine machine, SizingRun run, boolean tls, String more)
            throws IOException, InterruptedException {
        Path folder = WorkFolders.make("sizing");
        int port = PeerProcess.freePort();
        SSLContext context = tls ? ServerCertificate.make(folder) : null;
        String heap = "-Xms%1$s -Xmx%1$s -XX:+AlwaysPreTouch -XX:SoftRefLRUPolicyMSPerMB=0".formatted(run.heap());
        Path configuration = Files.writeString(folder.resolve("manicule.yaml"), """
                port: %d
                data: data
                metricsFrom: [127.0.0.0/8]
                %s%s""".formatted(port, tls ? "tls: {certificate: cert.pem, key: key.pem}\n" : "", more));
        return new MeasuredServer(run, ManiculeProcess.start(machine, folder, port, configuration, heap), context);
    }

    PeerProcess process() {
        return process;
    }

    int port() {
        return process.port();
    }

    /** What connections to it use; null when they are not encrypted. */
    @Nullable
    SSLContext context() {
        return context;
    }

    /** A response to a {@code GET}. */
    String get(String target) throws IOException, InterruptedException {
        URI uri = URI.create((context == null ? "http" : "https") + "://127.0.0.1:" + port() + target);
        HttpResponse<String> response = client.send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(target + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    /** The value of a metric with its labels, as a whole number. */
    long metric(String name) throws IOException, InterruptedException {
        return get("/metrics").lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new IOException("No metric is called " + name));
    }

    /** Waits until it rests, and measures it. */
    ProcessSize size() throws IOException, InterruptedException {
        process.awaitQuiet(run.quiet());
        for (int collection = 0; collection < run.collections(); collection++) {
            ProcessSize.run(List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                    "" + process.pid(), "GC.run"));
        }
        long committed = metric("jvm_memory_committed_bytes{area=\"heap\"}");
        return new ProcessSize(metric("jvm_memory_used_bytes{area=\"heap\"}"), process.memoryBytes() - committed,
                ProcessSize.kernelBytes());
    }

    /** Stops it and compacts its tables. */
    TableFiles stopAndCompact() throws IOException, InterruptedException {
        process.stop();
        return TableFiles.compacted(process.folder().resolve("data/tables"));
    }

    @Override
    public void close() {
        client.close();
        process.close();
    }
}
