package dev.manicule.dist;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * A command in the image, confined as the files in {@code deploy/container} have a container confined, by what Linux has for
 * root: namespaces of its own for mounts, processes and IPC, a root that is read-only, the user of the image, no new privileges.
 * The network stays that of the machine.
 */
final class Container implements AutoCloseable {
    private final Process process;
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Thread reader;

    private Container(Process process) {
        this.process = process;
        reader = Thread.ofPlatform().daemon().start(this::read);
    }

    /** What a container gets beside its image. */
    static final class Settings {
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final StringBuilder mounts = new StringBuilder();
        private final List<String> before = new ArrayList<>();
        private final Image image;

        /** Nothing but a folder in memory at {@code /tmp}. */
        Settings(Image image) {
            this.image = image;
        }

        /** A folder or a file of the machine at a path in the container. */
        Settings mount(Path source, String target, String options) throws IOException {
            Path place = image.root().resolve(target.substring(1));
            if (Files.isDirectory(source)) {
                Files.createDirectories(place);
            } else if (!Files.exists(place)) {
                Files.createDirectories(place.getParent());
                Files.createFile(place);
            }
            mounts.append("mount --bind -o %s '%s' '%s'%n".formatted(options, source, place));
            return this;
        }

        Settings environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** A control group that it belongs to. */
        Settings group(Path group) {
            before.addAll(List.of("sh", "-c", "echo $$ > '" + group.resolve("cgroup.procs") + "'; exec \"$@\"", "sh"));
            return this;
        }

        /** Starts it, with arguments for the entry point of the image. */
        Container run(List<String> arguments) throws IOException {
            Path root = image.root();
            for (String folder : List.of("proc", "sys", "tmp")) {
                Files.createDirectories(root.resolve(folder));
            }
            List<String> command = new ArrayList<>(before);
            command.addAll(List.of("unshare", "--mount", "--pid", "--ipc", "--fork", "sh", "-euc", """
                    mount --bind '%1$s' '%1$s'
                    %2$smount -t tmpfs -o size=64m,mode=1777 tmpfs '%1$s/tmp'
                    mount -t proc proc '%1$s/proc'
                    mount --rbind /sys '%1$s/sys'
                    mount -o remount,bind,ro '%1$s'
                    exec setpriv --no-new-privs chroot --userspec=65532:65532 '%1$s' "$@"
                    """.formatted(root, mounts), "sh"));
            command.addAll(image.command("Entrypoint"));
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().clear();
            builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
            builder.environment().putAll(environment);
            return new Container(builder.start());
        }
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add(e.toString()); // a test that misses a line shows it
        }
    }

    /** Its output so far. */
    String output() {
        return String.join("\n", lines);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The process that is the first one in the container, as the machine knows it. */
    ProcessHandle first() {
        return process.toHandle()
                .descendants()
                .filter(each -> each.info().command().orElse("").endsWith("/runtime/bin/java"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No Java runs: " + output()));
    }

    /** Waits for its end; all of its output is there then. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("It does not end: " + output());
        }
        reader.join();
        return process.exitValue();
    }

    @Override
    public void close() {
        // each by itself: a process that has changed its user does not die with its parent
        List<ProcessHandle> inside = process.descendants().toList();
        inside.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
        inside.forEach(each -> each.onExit().join());
    }
}
