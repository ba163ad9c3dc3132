package dev.manicule.bench.micro;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.ByteReader;
import dev.manicule.server.command.ByteWriter;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DamagedFormException;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The byte form of an entry of the log: written into an array that is used again, and read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class EntryBenchmark {
    private static final int PAYLOAD = 200;
    private static final long MESSAGE = 17_000_000_000_000_000L;

    /** The content of the entry: an action, or a message of 200 bytes. */
    @Param({"add", "publish"})
    private String command;

    private final ByteWriter out = new ByteWriter();
    private Entry entry;
    private byte[] form;

    /** Makes the entry. */
    @Setup
    public void make() {
        Channel channel = new Channel("demo", "chats.room1");
        String text = "\"" + "x".repeat(PAYLOAD - 2) + "\"";
        Command<?> made = "add".equals(command)
                ? new AddAction(channel, MESSAGE, "reaction", "smiley_face", "alice", false, 1 << 20)
                : new Publish(channel, new Json(text.getBytes(StandardCharsets.US_ASCII)), null, "alice", null, 1L,
                        null,
                        Delivery.STORED);
        entry = new Entry(new OperationId(1, 2), 1, MESSAGE, made);
        entry.writeTo(out);
        form = out.toBytes();
    }

    /** Writes it. */
    @Benchmark
    public int encode() {
        out.clear();
        entry.writeTo(out);
        return out.length();
    }

    /** Reads it. */
    @Benchmark
    public Entry decode() throws DamagedFormException {
        return Entry.readFrom(new ByteReader(form), rules -> {});
    }
}
