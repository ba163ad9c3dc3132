package dev.manicule.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.ActionSummaryEvent;
import dev.manicule.client.Category;
import dev.manicule.client.FileEvent;
import dev.manicule.client.Listener;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageActionEvent;
import dev.manicule.client.MessageEvent;
import dev.manicule.client.MetadataEvent;
import dev.manicule.client.PresenceEvent;
import dev.manicule.client.ReadMarkEvent;
import dev.manicule.client.SignalEvent;
import dev.manicule.client.Status;
import dev.manicule.client.Subscribe;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the events of channels. */
@Command(name = "subscribe", mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class,
        description = "Print what happens on channels, a line of JSON an event, until Ctrl-C.", footerHeading = "%n",
        footer = "The state of the connection goes to standard error.", sortOptions = false)
final class SubscribeCommand implements Callable<Integer>, Listener {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "CHANNEL",
            description = "Channels, or wildcards such as 'chats.*'.")
    private String[] channels = {};

    @Option(names = "--group", paramLabel = "GROUP",
            description = "A group of channels; may be given several times.")
    private List<String> groups = List.of();

    @Option(names = "--presence", description = "With presence events: joins, leaves, time-outs.")
    private boolean presence;

    @Option(names = "--read-marks", description = "With read marks of the channels, as users read further.")
    private boolean readMarks;

    @Option(names = "--action-summaries", paramLabel = "MILLISECONDS",
            description = "In place of each action: the counts that have changed, once a message and period of 250, "
                    + "500, 1000, 2000 or 5000.")
    private @Nullable Integer summaries;

    @Option(names = "--filter", paramLabel = "EXPRESSION",
            description = "Only messages that match this filter, such as \"lang == 'en'\".")
    private @Nullable String filter;

    @Option(names = "--from", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
            description = "Begin with what happened after this timetoken.")
    private @Nullable Long from;

    @Option(names = "--count", paramLabel = "N",
            description = "End after N events.")
    private long count = Long.MAX_VALUE;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    /** The suffix of the names of channels and groups that announce the presence on others. */
    private static final String PRESENCE = "-pnpres";

    /** After these a subscription has stopped. */
    private static final Set<Category> REFUSALS = EnumSet.of(Category.ACCESS_DENIED, Category.BAD_REQUEST,
            Category.MALFORMED_FILTER_EXPRESSION, Category.TOO_LARGE);

    private final CountDownLatch over = new CountDownLatch(1);
    private volatile int exitCode = ExitCode.OK;
    private boolean showsPresence;

    @Override
    public Integer call() throws InterruptedException {
        if (channels.length == 0 && groups.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Say which channels, or groups with --group.");
        }
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count: expected 1 or more, not " + count);
        }
        showsPresence = presence
                || Stream.concat(Stream.of(channels), groups.stream()).anyMatch(name -> name.endsWith(PRESENCE));
        OutputReader.whenGone(() -> end(ExitCode.OUTPUT_CLOSED));
        try (ManiculeClient client = server.connect(filter)) {
            client.addListener(this);
            Subscribe subscribe = client.subscribe()
                    .channels(channels)
                    .channelGroups(groups.toArray(String[]::new));
            if (presence) {
                subscribe = subscribe.withPresence();
            }
            if (readMarks) {
                subscribe = subscribe.withReadMarks();
            }
            if (summaries != null) {
                subscribe = withSummaries(subscribe, summaries);
            }
            if (from != null) {
                subscribe = subscribe.timetoken(from);
            }
            subscribe.execute();
            over.await();
        }
        return exitCode;
    }

    private Subscribe withSummaries(Subscribe subscribe, int millis) {
        try {
            return subscribe.withActionSummaries(Duration.ofMillis(millis));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(),
                    "--action-summaries: expected 250, 500, 1000, 2000 or 5000, not " + millis, e);
        }
    }

    @Override
    public void status(Status status) {
        if (REFUSALS.contains(status.category())) {
            end(ExitCode.REFUSED);
        }
        PrintWriter err = spec.commandLine().getErr();
        err.println("manicule: " + status.category().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
                + (status.errorData() == null ? "" : ": " + status.errorData().message()));
        err.flush();
    }

    @Override
    public void message(MessageEvent message) {
        ObjectNode line = line("message", message.channel(), message.timetoken()).put("publisher", message.publisher());
        line.set("message", message.message());
        if (message.userMetadata() != null) {
            line.set("meta", message.userMetadata());
        }
        printWithType(line, message.customMessageType());
    }

    @Override
    public void signal(SignalEvent signal) {
        ObjectNode line = line("signal", signal.channel(), signal.timetoken()).put("publisher", signal.publisher());
        line.set("message", signal.message());
        printWithType(line, signal.customMessageType());
    }

    private void printWithType(ObjectNode line, @Nullable String customMessageType) {
        if (customMessageType != null) {
            line.put("customMessageType", customMessageType);
        }
        print(line);
    }

    /** Ends the command; the first reason counts. */
    private synchronized void end(int code) {
        if (over.getCount() > 0) {
            exitCode = code;
            over.countDown();
        }
    }

    /** A wildcard brings the presence of its channels too, requested or not. */
    @Override
    public void presence(PresenceEvent event) {
        if (!showsPresence) {
            return;
        }
        ObjectNode line = line(event.event(), event.channel(), event.timetoken()).put("occupancy", event.occupancy());
        if (event.uuid() != null) {
            line.put("uuid", event.uuid());
        }
        if (event.state() != null) {
            line.set("state", event.state());
        }
        names("joined", event.joined(), line);
        names("left", event.left(), line);
        names("timedOut", event.timedOut(), line);
        print(line);
    }

    private static void names(String member, List<String> names, ObjectNode line) {
        if (!names.isEmpty()) {
            names.forEach(line.putArray(member)::add);
        }
    }

    @Override
    public void messageAction(MessageActionEvent event) {
        ObjectNode line = line(event.event(), event.channel(), event.timetoken());
        line.set("action", Output.object(event.action()));
        event.count().ifPresent(actions -> line.put("count", actions));
        if (event.isExpired()) {
            line.put("expired", true);
        }
        print(line);
    }

    @Override
    public void actionSummary(ActionSummaryEvent event) {
        ObjectNode line = line("summary", event.channel(), event.timetoken())
                .put("messageTimetoken", String.valueOf(event.messageTimetoken()))
                .put("asOf", String.valueOf(event.asOf()));
        ObjectNode counts = line.putObject("counts");
        event.counts().forEach((type, byValue) -> new TreeMap<>(byValue).forEach(counts.putObject(type)::put));
        if (event.hasMore()) {
            line.put("more", true);
        }
        print(line);
    }

    @Override
    public void readMark(ReadMarkEvent event) {
        print(line("marked", event.channel(), event.timetoken()).put("uuid", event.uuid())
                .put("upTo", String.valueOf(event.upTo())));
    }

    @Override
    public void metadata(MetadataEvent event) {
        ObjectNode line = line(event.isSet() ? "metadata-set" : "metadata-removed", event.channel(),
                event.timetoken());
        line.put("type", MetadataText.type(event.metadata())).set("data", event.data());
        print(line);
    }

    @Override
    public void file(FileEvent event) {
        MessageEvent published = event.published();
        ObjectNode line = line("file", published.channel(), published.timetoken())
                .put("publisher", published.publisher())
                .put("id", event.id())
                .put("name", event.name());
        if (event.message() != null) {
            line.set("message", event.message());
        }
        if (published.userMetadata() != null) {
            line.set("meta", published.userMetadata());
        }
        printWithType(line, published.customMessageType());
    }

    private static ObjectNode line(String event, String channel, long timetoken) {
        return Output.object().put("event", event).put("channel", channel).put("timetoken", String.valueOf(timetoken));
    }

    private void print(ObjectNode line) {
        if (count <= 0) {
            return;
        }
        PrintWriter out = spec.commandLine().getOut();
        try {
            out.println(Output.text(line));
            out.flush();
        } catch (StandardOutput.FailedException e) {
            count = 0;
            end(e.exitCode());
            return;
        }
        if (--count <= 0) {
            end(ExitCode.OK);
        }
    }
}
