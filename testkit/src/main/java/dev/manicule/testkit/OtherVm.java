package dev.manicule.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Servers in a process of a newer Java: one process for all servers of this virtual machine, which starts with the first
 * server. It reads its standard input, and ends when that ends: with this virtual machine, however that ends. Its log goes
 * to this virtual machine's standard error. Any thread may use it.
 */
final class OtherVm implements Host {
    private static final String MAIN = "dev.manicule.server.DevHostProcess";
    private static final String GREETING = "manicule-dev-host 1";
    private static final long PATIENCE_SECONDS = 60;
    private static final int LINES_KEPT = 30;
    /** They are for this virtual machine, whose options a newer one may not know, and whose agents may fail there. */
    private static final List<String> OPTIONS = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private static final Map<Path, OtherVm> RUNNING = new HashMap<>();

    private final Process process;
    private final DataOutputStream out;
    private final CompletableFuture<String> greeting = new CompletableFuture<>();
    private final Map<Integer, CompletableFuture<String>> waiting = new ConcurrentHashMap<>();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final Thread log;
    /** Of the thread that has the lock of this object. */
    private int lastNumber;
    /** Of the thread that has the lock of this object: no more results come. */
    private boolean hasEnded;

    /** The kind of a result: as in the server's DevHostProcess. */
    private enum Kind {
        RESULT, ILLEGAL_ARGUMENT, ILLEGAL_STATE, IO, OTHER;

        private RuntimeException exception(String text) {
            return switch (this) {
                case ILLEGAL_ARGUMENT -> new IllegalArgumentException(text);
                case IO -> new UncheckedIOException(new IOException(text));
                default -> new IllegalStateException(text);
            };
        }
    }

    private OtherVm(Jdks.Jdk jdk, Path arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(jdk.java().toString(), "@" + arguments);
        builder.environment().keySet().removeAll(OPTIONS);
        process = builder.start();
        out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        log = daemon("manicule-server-log", this::forwardLog);
        Thread results = daemon("manicule-server-results", this::readResults);
        log.start();
        results.start();
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * The process of a JDK, which is started where it does not run.
     *
     * @throws IllegalStateException when it does not start
     */
    static Host of(Jdks.Jdk jdk) {
        synchronized (RUNNING) {
            OtherVm running = RUNNING.get(jdk.home());
            if (running == null || !running.process.isAlive()) {
                running = start(jdk);
                RUNNING.put(jdk.home(), running);
            }
            return running;
        }
    }

    private static OtherVm start(Jdks.Jdk jdk) {
        try {
            Path arguments = Files.createTempFile("manicule-testkit-", ".args");
            try {
                Files.writeString(arguments, arguments(), Charset.defaultCharset());
                OtherVm started = new OtherVm(jdk, arguments);
                started.requireGreeting(jdk);
                return started;
            } finally {
                Files.delete(arguments);
            }
        } catch (IOException e) {
            throw new IllegalStateException("The process of the servers, with " + jdk + ", did not start: "
                    + e.getMessage(), e);
        }
    }

    /** In a file, since a class path may be longer than a command line. */
    private static String arguments() {
        return "--enable-native-access=ALL-UNNAMED\n--sun-misc-unsafe-memory-access=allow\n"
                // other warnings of the virtual machine would be taken for results
                + "-XX:+DisplayVMOutputToStderr\n-XX:TieredStopAtLevel=1\n-XX:+UseSerialGC\n-cp\n\""
                + String.join(File.pathSeparator, classPath()).replace("\\", "\\\\") + "\"\n" + MAIN + "\n";
    }

    /** The class path of this virtual machine, and that of the class loaders which loaded this class. */
    private static Set<String> classPath() {
        Set<String> all = new LinkedHashSet<>();
        for (ClassLoader loader = OtherVm.class.getClassLoader(); loader != null; loader = loader.getParent()) {
            if (loader instanceof URLClassLoader urls) {
                for (URL url : urls.getURLs()) {
                    try {
                        all.add(Path.of(url.toURI()).toString());
                    } catch (URISyntaxException | IllegalArgumentException e) {
                        // no file: a process can't load it
                    }
                }
            }
        }
        for (String property : List.of("java.class.path", "jdk.module.path")) {
            all.addAll(Arrays.asList(System.getProperty(property, "").split(File.pathSeparator, -1)));
        }
        all.remove("");
        return all;
    }

    private void requireGreeting(Jdks.Jdk jdk) throws IOException {
        try {
            String text = greeting.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (text.equals(GREETING)) {
                return;
            }
            process.destroyForcibly();
            throw new IOException("it begins with `" + text + "`: are manicule-testkit and manicule-server of the same"
                    + " version?");
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("the thread was interrupted.", e);
        } catch (TimeoutException e) {
            process.destroyForcibly();
            throw new IOException("it sent nothing for " + PATIENCE_SECONDS + " seconds.", e);
        } catch (ExecutionException e) {
            throw new IOException(ended() + " Run the tests with another JDK, set by the system property "
                    + Jdks.PROPERTY + ", if " + jdk + " is broken.", e);
        }
    }

    @Override
    public String call(List<String> words) {
        CompletableFuture<String> result = new CompletableFuture<>();
        try {
            send(words, result);
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The thread was interrupted while a server executed `" + words.get(1)
                    + "`.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                cause.addSuppressed(new IllegalStateException("It was called here.")); // it has the stack of another thread
                throw cause;
            }
            throw new IllegalStateException(ended(), e);
        } catch (IOException e) {
            throw new IllegalStateException(ended(), e);
        }
    }

    private synchronized void send(List<String> words, CompletableFuture<String> result) throws IOException {
        if (hasEnded) {
            throw new IOException("the process has ended");
        }
        lastNumber++;
        waiting.put(lastNumber, result);
        out.writeInt(lastNumber);
        out.writeInt(words.size());
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
        out.flush();
    }

    private void readResults() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
            greeting.complete(in.readUTF());
            while (true) {
                CompletableFuture<String> result = waiting.remove(in.readInt());
                Kind kind = Kind.valueOf(in.readUTF());
                String text = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
                if (result != null && kind == Kind.RESULT) {
                    result.complete(text);
                } else if (result != null) {
                    result.completeExceptionally(kind.exception(text));
                }
            }
        } catch (IOException e) {
            greeting.completeExceptionally(e);
            synchronized (this) {
                hasEnded = true;
                waiting.values().forEach(result -> result.completeExceptionally(e));
            }
        }
    }

    /** Not inherited: what a child writes into the output of a test's process confuses build tools. */
    private void forwardLog() {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(process.getErrorStream(), Charset.defaultCharset()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.err.println(line);
                synchronized (lastLines) {
                    lastLines.add(line);
                    if (lastLines.size() > LINES_KEPT) {
                        lastLines.remove();
                    }
                }
            }
        } catch (IOException e) {
            // it has ended
        }
    }

    /** What is known of the end of the process. */
    private String ended() {
        try {
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            log.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (lastLines) {
            return "The process of the servers ended" + (process.isAlive()
                    ? ""
                    : " with the exit code "
                            + process.exitValue())
                    + "." + (lastLines.isEmpty()
                            ? ""
                            : " The last lines of its log:\n  "
                                    + String.join("\n  ", lastLines) + "\n");
        }
    }
}
