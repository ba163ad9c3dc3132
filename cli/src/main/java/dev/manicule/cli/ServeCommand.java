package dev.manicule.cli;

import dev.manicule.server.DevServer;
import dev.manicule.server.Manicule;
import dev.manicule.server.StartException;
import dev.manicule.server.VirtualClock;
import dev.manicule.server.config.ConfigException;
import dev.manicule.server.config.ConfigFile;
import dev.manicule.server.config.LogSettings;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.telemetry.Tracing;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a server until it is stopped. */
@Command(name = "serve", mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class,
        description = "Run a server, until Ctrl-C or SIGTERM. SIGHUP has it read its configuration again.",
        footerHeading = "%n",
        footer = "Data stays in the data folder over restarts.")
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--port", paramLabel = "PORT",
            description = "The port to listen on, 0 for any free one. Default: 8090.")
    private @Nullable Integer port;

    @Option(names = "--host", paramLabel = "ADDRESS",
            description = "The address to listen on. Default: 127.0.0.1, this machine only; 0.0.0.0 is everywhere.")
    private @Nullable String host;

    @Option(names = "--data", paramLabel = "FOLDER",
            description = "Where to store. Default: ./data.")
    private @Nullable Path data;

    @Option(names = "--dev",
            description = "For development and tests: stores in memory, and lets any program on this machine move its time, "
                    + "have things go wrong, and go back to snapshots, under /dev.")
    private boolean dev;

    @Option(names = "--config", paramLabel = "FILE",
            description = "A configuration in YAML; options override it.")
    private @Nullable Path config;

    @Override
    public Integer call() throws ConfigException, StartException, InterruptedException, ExecutionException {
        Reload reload = new Reload();
        boolean isHangupHeard = Hangup.run(reload::request); // first: a SIGHUP that is not handled ends a process
        ManiculeConfig settings = settings();
        ServerLog log = ServerLog.begin(settings.observability().log().format());
        @Nullable DevServer sandbox = null;
        Manicule server;
        try {
            if (dev) {
                sandbox = DevServer.start(settings, DevServer.Storage.MEMORY, VirtualClock.running());
                server = sandbox.manicule();
            } else {
                server = Manicule.start(settings);
            }
        } catch (StartException | RuntimeException e) {
            if (writesJson(settings)) {
                LOG.atError().addKeyValue("reason", e.getMessage()).log("The server did not start");
            }
            log.close();
            throw e;
        }
        AutoCloseable running = sandbox == null ? server : sandbox;
        String url = (settings.http().tls() == null ? "http://" : "https://") + shown(settings.http().host()) + ":"
                + server.port();
        if (writesJson(settings)) {
            LOG.atInfo().addKeyValue("version", Manicule.version()).addKeyValue("url", url).log("The server listens");
        }
        AtomicInteger exit = new AtomicInteger(ExitCode.OK);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            close(running);
            if (writesJson(settings)) {
                LOG.info("The server has stopped");
            }
            log.close();
            say("  stopped.");
            Runtime.getRuntime().halt(exit.get()); // a clean stop is a success, where the JVM would say 143
        }, "manicule-stop"));
        say("☞ Manicule " + Manicule.version() + " listens on " + url);
        say("  " + (dev
                ? "for development: nothing that is stored outlives it; time, faults and snapshots under /dev"
                : "data in " + settings.data().toAbsolutePath().normalize()) + "; " + keys(settings));
        if (settings.cluster() != null) {
            say("  " + settings.cluster());
        }
        say("  try: curl " + url + "/  ·  stop: Ctrl-C");
        if (!isHangupHeard) {
            LOG.warn("SIGHUP can't be heard here: a changed configuration is read at the next start.");
        }
        if (settings.keysets().isEmpty() && !isLoopback(settings.http().host())) {
            warn(settings.http().host());
        }
        reload.begin(() -> reload(server, settings));
        String reason = server.ended().toCompletableFuture().get();
        exit.set(ExitCode.START_AGAIN);
        LOG.error("The server ends: {}", reason);
        return ExitCode.START_AGAIN;
    }

    private void warn(String host) {
        PrintWriter err = spec.commandLine().getErr();
        for (String line : List.of(
                "",
                "  !!! EVERY CLIENT THAT REACHES " + host + " CAN READ, WRITE AND DELETE EVERYTHING HERE !!!",
                "  No keysets are configured, so every key works for every client, and other machines can connect.",
                "  To change that: `--host 127.0.0.1`, or a configuration with keysets and `accessManager: true`,",
                "  as docs/configuration.md shows.",
                "")) {
            err.println(spec.commandLine().getColorScheme().errorText(line));
        }
        err.flush();
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false; // and no server would have started
        }
    }

    /** Prints a line if the output has a reader: a server runs on without one. */
    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        try {
            out.println(line);
            out.flush();
        } catch (StandardOutput.FailedException e) {
            LOG.debug("The standard output has no reader", e);
        }
    }

    /** Whether the log is JSON, for programs: then it also has the lines that people read on the standard output. */
    private static boolean writesJson(ManiculeConfig settings) {
        return settings.observability().log().format() == LogSettings.Format.JSON;
    }

    /** What a SIGHUP requests. One that comes while the server starts is served when it has started. */
    private static final class Reload {
        private @Nullable Runnable action;
        private boolean isRequested;

        synchronized void request() {
            isRequested = true;
            serve();
        }

        synchronized void begin(Runnable reloading) {
            action = reloading;
            serve();
        }

        private void serve() {
            if (action != null && isRequested) {
                isRequested = false;
                action.run();
            }
        }
    }

    /** Reads the configuration again. A faulty one changes nothing. */
    private void reload(Manicule server, ManiculeConfig atStart) {
        try {
            List<String> later = server.reload(this::settings);
            if (writesJson(atStart)) {
                LOG.atInfo().addKeyValue("afterRestart", later).log("The configuration was read again");
            }
            say("  configuration read again" + (later.isEmpty()
                    ? "."
                    : "; after a new start only: " + String.join(", ", later) + "."));
        } catch (ConfigException | StartException | RuntimeException e) {
            if (writesJson(atStart)) {
                LOG.atWarn()
                        .addKeyValue("reason", e.getMessage())
                        .log("The configuration was not read again; nothing was changed");
            }
            say("  configuration not read again, nothing was changed: " + e.getMessage());
        }
    }

    private ManiculeConfig settings() throws ConfigException {
        ManiculeConfig settings = ManiculeConfig.DEFAULT;
        if (config != null) {
            settings = ConfigFile.read(config, settings);
        }
        if (settings.observability().tracing() == null) {
            settings = settings.withTracing(tracingOfEnvironment());
        }
        if (port != null) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("--port must be 0 to 65535, not " + port + ".");
            }
            settings = settings.withPort(port);
        }
        if (host != null) {
            settings = settings.withHost(host);
        }
        if (dev && data != null) {
            throw new IllegalArgumentException("--dev stores in memory: leave out --data, or --dev.");
        }
        if (dev && settings.cluster() != null) {
            throw new IllegalArgumentException("--dev stores in memory: leave out the section `cluster`, or --dev.");
        }
        return data == null ? settings : settings.withData(data);
    }

    /**
     * The destination of traces of all programs of this machine, by the variables that OpenTelemetry defines for it.
     */
    private static Tracing.@Nullable Settings tracingOfEnvironment() {
        String name = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
        String said = variable(name);
        String end = "";
        if (said == null) {
            name = "OTEL_EXPORTER_OTLP_ENDPOINT";
            said = variable(name);
            end = "/v1/traces";
        }
        if (said == null) {
            return null;
        }
        URI endpoint = Tracing.endpoint(said.replaceFirst("/$", "") + end);
        if (endpoint == null) {
            throw new IllegalArgumentException(name + " says `" + said + "`, which is no address to send traces to: "
                    + "expected something like http://127.0.0.1:4318.");
        }
        return new Tracing.Settings(endpoint, 1);
    }

    private static @Nullable String variable(String name) {
        String value = System.getenv(name);
        return value == null || value.isBlank() ? null : value;
    }

    private static void close(AutoCloseable running) {
        try {
            running.close();
        } catch (Exception e) { // neither kind of server declares any
            LOG.error("Stopping failed", e);
        }
    }

    static String keys(ManiculeConfig settings) {
        return switch (settings.keysets().size()) {
            case 0 -> "any key works, for example demo/demo";
            case 1 -> "one keyset";
            default -> settings.keysets().size() + " keysets";
        };
    }

    private static String shown(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
