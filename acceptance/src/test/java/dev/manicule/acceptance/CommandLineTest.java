package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.manicule.acceptance.ServerProcess.Launch;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.ActionRules;
import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The command line, each command a process, as a shell would run it. */
class CommandLineTest {
    private static final ActionRules RULES = new ActionRules(List.of(
            new ActionRule("vote", ActionRule.Kind.ONE, List.of("tea", "coffee"), ActionRule.Most.ANY, false, false),
            new ActionRule("clap", ActionRule.Kind.COUNTER, List.of(), ActionRule.Most.ANY, false, false),
            new ActionRule("tag", ActionRule.Kind.MANY, List.of(), new ActionRule.Most(3, 2, 60), false, false),
            new ActionRule("hidden", ActionRule.Kind.ONCE, List.of(), ActionRule.Most.ANY, true, true)));

    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    @RegisterExtension
    static final RunningServer GUARDED = new RunningServer(
            config -> config.withKeysets(List.of(Keyset.of("sub-c-1", "pub-c-1")
                    .guarded(new Secret("sec-c-1"))
                    .with(new Keyset.Policy(false, null, 0, List.of(), RULES)))));

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private record Run(int code, String output) {}

    private static Run run(String... arguments) throws Exception {
        Process process = ServerProcess.command(arguments);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output.strip());
    }

    private static Run manicule(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--origin", SERVER.origin()));
        return run(all.toArray(String[]::new));
    }

    @Test
    void messageAndItsActionsArePublishedAndRead() throws Exception {
        Run published = manicule("publish", "cli", "{\"text\":\"é☞😀\"}", "--meta", "1", "--uuid", "ann");
        assertThat(published.code()).as(published.output()).isZero();
        String message = published.output();
        assertThat(message).matches("\\d{17}");
        Run added = manicule("actions", "add", "cli", message, "reaction", "👍", "--json", "--uuid", "ann");
        JsonNode action = JSON.readTree(added.output());
        assertThat(action.get("messageTimetoken").asText()).isEqualTo(message);
        assertThat(action.get("value").asText()).isEqualTo("👍");
        String actionTimetoken = action.get("actionTimetoken").asText();
        Run again = manicule("actions", "add", "cli", message, "reaction", "👍", "--uuid", "ann");
        assertThat(again.code()).isEqualTo(4);
        assertThat(again.output())
                .isEqualTo("manicule: Action Already Added (409); the one that is there has the timetoken "
                        + actionTimetoken);
        assertThat(manicule("actions", "list", "cli").output())
                .isEqualTo(actionTimetoken + "  on " + message + "  reaction = 👍  by ann");
        assertThat(JSON.readTree(manicule("actions", "list", "cli", "--all", "--json").output())).isEqualTo(action);
        assertThat(manicule("history", "cli", "--actions").output())
                .isEqualTo(message + "  ann: {\"text\":\"é☞😀\"}\n    reaction = 👍  by ann");
        JsonNode history = JSON.readTree(manicule("history", "cli", "--actions", "--json").output());
        assertThat(history.at("/actions/reaction/👍/0/uuid").asText()).isEqualTo("ann");
        Run foreign = manicule("actions", "remove", "cli", message, actionTimetoken, "--uuid", "bob");
        assertThat(foreign.code()).isEqualTo(1);
        assertThat(foreign.output()).contains("wrong uuid");
        assertThat(manicule("actions", "remove", "cli", message, actionTimetoken, "--uuid", "ann").output())
                .isEqualTo("Removed.");
        assertThat(manicule("delete", "cli").code()).isEqualTo(2);
        assertThat(manicule("delete", "cli", "--message", message).code()).isZero();
        assertThat(manicule("history", "cli").output()).isEmpty();
        assertThat(manicule("time").output()).matches("\\d{17}");
    }

    @Test
    void toggleAddsAndRemovesAndPrintsWhich() throws Exception {
        String message = "" + SERVER.wire().publish("toggles", "1");
        JsonNode added = JSON
                .readTree(manicule("actions", "toggle", "toggles", message, "reaction", "👍", "--json").output());
        assertThat(added.get("toggled").asText()).isEqualTo("added");
        assertThat(added.get("uuid").asText()).isEqualTo("manicule-cli");
        String first = added.get("actionTimetoken").asText();
        assertThat(manicule("actions", "list", "toggles").output())
                .isEqualTo(first + "  on " + message + "  reaction = 👍  by manicule-cli");
        assertThat(manicule("actions", "toggle", "toggles", message, "reaction", "👍").output())
                .isEqualTo("Removed " + first + ".");
        assertThat(manicule("actions", "list", "toggles").output()).isEmpty();
        Run third = manicule("actions", "toggle", "toggles", message, "reaction", "👍");
        assertThat(third.output()).matches("Added \\d{17}\\.");
        assertThat(third.code()).isZero();
    }

    @Test
    void actionIsRemovedByItsTypeAndValue() throws Exception {
        Wire wire = SERVER.wire();
        String message = "" + wire.publish("removals", "1");
        long anns = wire.add("removals", Long.parseLong(message), "reaction", "👍", "ann");
        long bobs = wire.add("removals", Long.parseLong(message), "reaction", "👍", "bob");
        String[] remove = {"actions", "remove", "removals", message, "--type", "reaction", "--value", "👍"};
        Run removed = manicule(with(remove, "--uuid", "ann", "--json"));
        assertThat(JSON.readTree(removed.output())).isEqualTo(JSON.readTree("{\"removed\":\"" + anns + "\"}"));
        Run again = manicule(with(remove, "--uuid", "ann"));
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.output()).isEqualTo("manicule: No matching message actions to delete (400)");
        Run foreign = manicule(with(remove, "--uuid", "ann", "--of", "bob"));
        assertThat(foreign.code()).isEqualTo(1);
        assertThat(foreign.output()).contains("(403)");
        assertThat(manicule("actions", "list", "removals").output()).startsWith(bobs + "  on ");
    }

    @Test
    void secretKeyRemovesTheActionOfAnotherUser() throws Exception {
        String[] keys = {"--origin", GUARDED.origin(), "--subscribe-key", "sub-c-1", "--publish-key", "pub-c-1",
                "--secret-key", "sec-c-1", "--uuid"};
        String message = run(with(with(new String[]{"publish", "moderated", "1"}, keys), "ann")).output();
        String[] add = {"actions", "add", "moderated", message, "reaction", "👎"};
        assertThat(run(with(with(add, keys), "ann")).code()).isZero();
        String[] remove = {"actions", "remove", "moderated", message, "--type", "reaction", "--value", "👎", "--of",
                "ann"};
        assertThat(run(with(with(remove, keys), "moderator")).output()).isEqualTo("Removed.");
        assertThat(run(with(with(new String[]{"actions", "list", "moderated"}, keys), "ann")).output()).isEmpty();
    }

    @Test
    void setPrintsWhatItAddsAndRemoves() throws Exception {
        Wire wire = SERVER.wire();
        String message = "" + wire.publish("sets", "1");
        long old = wire.add("sets", Long.parseLong(message), "label", "old", "ann");
        wire.add("sets", Long.parseLong(message), "label", "kept", "ann");
        String[] set = {"actions", "set", "sets", message, "label", "--uuid", "ann"};
        assertThat(manicule(with(set, "kept", "👍")).output())
                .matches("removed " + old + "  on " + message + "  label = old  by ann\nadded \\d{17}  on " + message
                        + "  label = 👍  by ann");
        assertThat(manicule(with(set, "kept", "👍")).output()).as("what is so already").isEmpty();
        List<String> values = new ArrayList<>();
        for (String line : manicule(with(set, "--json")).output().lines().toList()) {
            JsonNode json = JSON.readTree(line);
            values.add(json.get("change").asText() + " " + json.get("value").asText());
        }
        assertThat(values).containsExactlyInAnyOrder("removed kept", "removed 👍");
        assertThat(manicule("actions", "list", "sets").output()).isEmpty();
    }

    @Test
    void manyActionsAreRemovedByTypeUserOrFromEveryone() throws Exception {
        String[] keys = {"--origin", GUARDED.origin(), "--subscribe-key", "sub-c-1", "--publish-key", "pub-c-1",
                "--secret-key", "sec-c-1", "--uuid"};
        String message = run(with(with(new String[]{"publish", "many", "1"}, keys), "ann")).output();
        for (String user : List.of("ann", "bob", "cem")) {
            String[] set = {"actions", "set", "many", message, "label", "a", "b", "c"};
            assertThat(run(with(with(set, keys), user)).code()).isZero();
        }
        String[] remove = with(new String[]{"actions", "remove", "many", message}, with(keys, "ann"));
        assertThat(run(with(remove, "--type", "label")).output()).isEqualTo("Removed 3.");
        assertThat(run(with(remove, "--type", "label")).output()).isEqualTo("Removed 0.");
        assertThat(run(with(remove, "--type", "label", "--value", "a", "--of", "bob")).output())
                .isEqualTo("Removed.");
        assertThat(run(with(remove, "--of", "bob", "--json")).output()).isEqualTo("{\"count\":2}");
        assertThat(run(with(remove, "--type", "label", "--value", "b", "--everyone")).output())
                .isEqualTo("Removed 1.");
        assertThat(run(with(remove, "--everyone")).output()).isEqualTo("Removed 2.");
    }

    @Test
    void rulesOfTheKeysetArePrinted() throws Exception {
        assertThat(manicule("actions", "rules").output()).isEmpty();
        String[] rules = {"actions", "rules", "--origin", GUARDED.origin(), "--subscribe-key", "sub-c-1"};
        assertThat(run(rules).output()).isEqualTo("""
                vote  one, values tea coffee
                clap  counter
                tag  many, at most 3 values a message, at most 2 a user and message, for 60 seconds
                hidden  once, added by the owner only, removed by the owner only""");
        assertThat(run(with(rules, "--json")).output()).isEqualTo(
                """
                        {"type":"vote","rule":"one","values":["tea","coffee"],"addedBy":"users","removedBy":"author"}
                        {"type":"clap","rule":"counter","addedBy":"users","removedBy":"author"}
                        {"type":"tag","rule":"many","mostValues":3,"mostByUser":2,"ttlSeconds":60,"addedBy":"users","removedBy":"author"}
                        {"type":"hidden","rule":"once","addedBy":"owner","removedBy":"owner"}""");
    }

    @Test
    void additionPrintsWhatItReplaced() throws Exception {
        String[] keys = {"--origin", GUARDED.origin(), "--subscribe-key", "sub-c-1", "--publish-key", "pub-c-1",
                "--secret-key", "sec-c-1", "--json"};
        String message = JSON.readTree(run(with(new String[]{"publish", "votes", "1"}, keys)).output())
                .get("timetoken")
                .asText();
        String[] add = {"actions", "add", "votes", message, "vote"};
        JsonNode tea = JSON.readTree(run(with(with(add, "tea"), keys)).output());
        assertThat(tea.has("replaced")).isFalse();
        JsonNode coffee = JSON.readTree(run(with(with(add, "coffee"), keys)).output());
        assertThat(coffee.get("value").asText()).isEqualTo("coffee");
        assertThat(coffee.get("replaced")).containsExactly(tea);
        String[] toggle = {"actions", "toggle", "votes", message, "vote", "tea"};
        assertThat(JSON.readTree(run(with(toggle, keys)).output()).at("/replaced/0/value").asText())
                .isEqualTo("coffee");
    }

    @Test
    void readMarksAreSetListedAndCountedFrom() throws Exception {
        Wire wire = SERVER.wire();
        String first = "" + wire.publish("marks", "1");
        String second = "" + wire.publish("marks", "2");
        assertThat(manicule("marks", "set", "marks", second, "--uuid", "ann").output()).isEqualTo(second);
        assertThat(manicule("marks", "set", "marks", first, "--uuid", "ann", "--json").output())
                .as("a mark never goes back")
                .isEqualTo("{\"channel\":\"marks\",\"timetoken\":\"" + second + "\"}");
        assertThat(manicule("marks", "set", "marks", first, "--uuid", "bob").output()).isEqualTo(first);
        assertThat(manicule("marks", "unread", "marks", "unmarked", "--uuid", "bob").output())
                .isEqualTo("marks  1\nunmarked  0");
        assertThat(manicule("marks", "unread", "marks", "--uuid", "ann", "--json").output())
                .isEqualTo("{\"channel\":\"marks\",\"timetoken\":\"" + second + "\",\"unread\":0}");
        assertThat(manicule("marks", "list", "marks", "--limit", "1", "--all").output())
                .matches("bob  " + first + "  marked at \\d{17}\nann  " + second + "  marked at \\d{17}");
        assertThat(manicule("marks", "list", "marks", "--limit", "1", "--newest").output()).startsWith("ann  ")
                .doesNotContain("bob");
        JsonNode reader = JSON.readTree(manicule("marks", "list", "marks", "--since", second, "--json").output());
        assertThat(reader.get("uuid").asText()).isEqualTo("ann");
        assertThat(reader.get("timetoken").asText()).isEqualTo(second);
        assertThat(reader.get("markedAt").asLong()).isGreaterThan(Long.parseLong(second));
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void summaryCountsTheActionsOnMessages() throws Exception {
        Wire wire = SERVER.wire();
        long message = wire.publish("sums", "1");
        long bare = wire.publish("sums", "2");
        for (int i = 0; i < 9; i++) {
            wire.add("sums", message, "reaction", "👍", "user" + i);
        }
        long mine = wire.add("sums", message, "reaction", "👍", "ann");
        long read = wire.add("sums", message, "receipt", "read", "bob");
        String lines = "    10 × reaction = 👍  by user0, user1, user2 and 7 others%s\n     1 × receipt = read  by bob";
        String yours = "  (yours: " + mine + ")";
        assertThat(manicule("summary", "sums", "" + bare, "" + message, "--uuid", "ann").output())
                .isEqualTo(bare + "  no actions\n" + message + "\n" + lines.formatted(yours));
        assertThat(manicule("summary", "sums", "" + message).output()).isEqualTo(message + "\n" + lines.formatted(""));
        JsonNode json = JSON.readTree(manicule("summary", "sums", "" + message, "--json", "--uuid", "ann").output());
        assertThat(json.get("channel").asText()).isEqualTo("sums");
        assertThat(json.get("messageTimetoken").asText()).isEqualTo("" + message);
        assertThat(json.get("asOf").asText()).isEqualTo("" + read);
        assertThat(json.at("/actions/reaction/👍/count").asInt()).isEqualTo(10);
        assertThat(json.at("/actions/reaction/👍/first/2/uuid").asText()).isEqualTo("user2");
        assertThat(json.at("/actions/reaction/👍/mine").asText()).isEqualTo("" + mine);
        assertThat(json.at("/actions/receipt/read").has("mine")).isFalse();
        assertThat(manicule("history", "sums", "--summary", "--uuid", "ann").output())
                .isEqualTo(message + "  alice: 1\n" + lines.formatted(yours) + "\n" + bare + "  alice: 2");
        JsonNode first = JSON.readTree(manicule("history", "sums", "--summary", "--json", "--max", "1", "--start",
                "" + bare).output());
        assertThat(first.at("/actionSummary/actions/reaction/👍/count").asInt()).isEqualTo(10);
    }

    @Test
    void historyShowsEditsAndDeletions() throws Exception {
        Wire wire = SERVER.wire();
        long first = wire.publish("edits", "{\"text\":\"Munday\"}");
        long second = wire.publish("edits", "\"oops\"");
        long third = wire.publish("edits", "3");
        long edit = wire.add("edits", first, "edit", "Monday", "alice");
        wire.add("edits", third, "edit", "4", "mallory");
        long deletion = wire.add("edits", second, "deleted", ".", "alice");
        assertThat(manicule("history", "edits", "--effective").output())
                .isEqualTo(first + "  alice: {\"text\":\"Monday\"}  (edited by alice)\n" + second
                        + "  alice: (deleted by alice)\n" + third + "  alice: 3");
        List<String> lines = manicule("history", "edits", "--effective", "--json").output().lines().toList();
        JsonNode edited = JSON.readTree(lines.get(0));
        assertThat(edited.at("/message/text").asText()).isEqualTo("Munday");
        assertThat(edited.get("effective").toString()).isEqualTo("{\"message\":{\"text\":\"Monday\"},\"edited\":"
                + "{\"uuid\":\"alice\",\"actionTimetoken\":\"" + edit + "\"}}");
        assertThat(JSON.readTree(lines.get(1)).get("effective").toString())
                .isEqualTo("{\"deleted\":{\"uuid\":\"alice\",\"actionTimetoken\":\"" + deletion + "\"}}");
        assertThat(JSON.readTree(lines.get(2)).has("effective")).isFalse();
        assertThat(manicule("history", "edits").output()).contains("Munday", "oops").doesNotContain("Monday");
    }

    @Test
    void actionsOnAMessageAndOfAUserAreListed() throws Exception {
        Wire wire = SERVER.wire();
        long message = wire.publish("lists", "1");
        long other = wire.publish("lists", "2");
        long smile = wire.add("lists", message, "reaction", "smile", "ann");
        long smileToo = wire.add("lists", message, "reaction", "smile", "bob");
        long read = wire.add("lists", message, "receipt", "read", "ann");
        long wave = wire.add("lists", other, "reaction", "wave", "ann");
        String on = "  on " + message + "  ";
        String smiles = smile + on + "reaction = smile  by ann\n" + smileToo + on + "reaction = smile  by bob";
        String reads = read + on + "receipt = read  by ann";
        assertThat(manicule("actions", "list", "lists", "--message", "" + message).output())
                .isEqualTo(reads + "\n" + smiles);
        assertThat(manicule("actions", "list", "lists", "--message", "" + message, "--type", "reaction").output())
                .isEqualTo(smiles);
        Run newest = manicule("actions", "list", "lists", "--message", "" + message, "--type", "reaction", "--value",
                "smile", "--newest", "--limit", "1", "--json");
        assertThat(JSON.readTree(newest.output()).get("actionTimetoken").asText()).isEqualTo("" + smileToo);
        assertThat(manicule("actions", "list", "lists", "--message", "" + message, "--limit", "1", "--all").output())
                .isEqualTo(reads + "\n" + smiles);
        String waves = wave + "  on " + other + "  reaction = wave  by ann";
        assertThat(manicule("actions", "list", "lists", "--by", "ann", "--newest", "--limit", "1").output())
                .isEqualTo(waves);
        assertThat(manicule("actions", "list", "lists", "--by", "ann", "--limit", "1", "--all").output())
                .isEqualTo(reads + "\n" + smile + on + "reaction = smile  by ann\n" + waves);
    }

    @Test
    void additionsTogglesAndSetsHaveATimeToLive() throws Exception {
        String message = "" + SERVER.wire().publish("times", "1");
        String[] ttl = {"--ttl", "3600", "--uuid", "ann"};
        String added = manicule(with(new String[]{"actions", "add", "times", message, "typing", "on"}, ttl)).output();
        JsonNode toggled = JSON.readTree(manicule(with(new String[]{"actions", "toggle", "times", message, "reaction",
                "wave", "--json"}, ttl)).output());
        assertThat(toggled.get("expires").asLong() - toggled.get("actionTimetoken").asLong())
                .isEqualTo(36_000_000_000L);
        assertThat(manicule(with(new String[]{"actions", "set", "times", message, "typing", "on", "off"}, ttl))
                .output()).matches("added \\d{17}  on " + message + "  typing = off  by ann  expires \\d{17}\n"
                        + "renewed " + added + "  on " + message + "  typing = on  by ann  expires \\d{17}");
        for (String wrong : List.of("0", "31536001")) {
            Run refused = manicule("actions", "add", "times", message, "typing", "on", "--ttl", wrong);
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.output()).contains("--ttl: expected 1 to 31536000 seconds, not " + wrong);
        }
    }

    private static String change(String kind, Object message, String type, String value, String more) {
        return "{\"change\":\"" + kind + "\",\"messageTimetoken\":\"" + message + "\",\"type\":\"" + type
                + "\",\"value\":\"" + value + "\"" + more + "}";
    }

    private Path lines(String... changes) throws Exception {
        return Files.writeString(folder.resolve("changes.jsonl"), String.join("\n", changes) + "\n");
    }

    @Test
    void batchMakesTheChangesOfAFile() throws Exception {
        long first = SERVER.wire().publish("batch", "1");
        long second = SERVER.wire().publish("batch", "2");
        Path file = lines(change("add", first, "reaction", "👍", ""),
                change("toggle", second, "typing", "on", ",\"ttlSeconds\":3600"),
                change("add", first, "reaction", "👍", ""),
                change("remove", first, "reaction", "👍", ""));
        Run run = manicule("actions", "batch", "batch", file.toString(), "--uuid", "ann");
        assertThat(run.code()).as("one is refused").isEqualTo(1);
        String[] made = run.output().split("\n");
        String wave = made[0].replaceAll("1: added (\\d{17}) .*", "$1");
        assertThat(made[0]).isEqualTo("1: added " + wave + "  on " + first + "  reaction = 👍  by ann");
        assertThat(made[1]).matches("2: added \\d{17}  on " + second + "  typing = on  by ann  expires \\d{17}");
        assertThat(made[2]).startsWith("3: refused: ")
                .endsWith("(409); the one that is there has the timetoken " + wave);
        assertThat(made[3]).isEqualTo("4: removed " + wave + "  on " + first + "  reaction = 👍  by ann");
        assertThat(made).hasSize(4);
    }

    @Test
    void batchFromTheStandardInputTakesManyLines() throws Exception {
        long message = SERVER.wire().publish("long", "1");
        Process process = ServerProcess.command("actions", "batch", "long", "-", "--json", "--uuid", "ann", "--origin",
                SERVER.origin());
        try (OutputStream in = process.getOutputStream()) {
            for (int i = 1; i <= 250; i++) {
                in.write((change("add", message, "label", "v" + i, "") + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        ServerProcess.Ended ended = ServerProcess.Ended.of(process);
        assertThat(ended.code()).as(ended.words()).isZero();
        List<String> lines = ended.words().lines().toList();
        assertThat(lines).hasSize(250);
        for (int i = 1; i <= 250; i++) {
            JsonNode line = JSON.readTree(lines.get(i - 1));
            assertThat(line.get("line").asInt()).isEqualTo(i);
            assertThat(line.get("status").asInt()).isEqualTo(200);
            assertThat(line.at("/added/0/value").asText()).isEqualTo("v" + i);
            assertThat(line.get("removed")).isEmpty();
        }
    }

    @Test
    void atomicBatchMakesAllChangesOrNone() throws Exception {
        long message = SERVER.wire().publish("atomic", "1");
        Path file = lines(change("add", message, "reaction", "wave", ""), change("remove", message, "t", "v", ""));
        Run refused = manicule("actions", "batch", "atomic", file.toString(), "--atomic", "--uuid", "ann");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.output()).isEqualTo("manicule: change 2: No matching message actions to delete (400)");
        assertThat(manicule("actions", "list", "atomic").output()).isEmpty();
        lines(change("add", message, "reaction", "wave", ""), change("remove", message, "reaction", "wave", ""));
        Run made = manicule("actions", "batch", "atomic", file.toString(), "--atomic", "--uuid", "ann");
        assertThat(made.code()).as(made.output()).isZero();
        assertThat(made.output().lines()).hasSize(2);
        String[] many = new String[101];
        Arrays.fill(many, change("add", message, "reaction", "wave", ""));
        Run tooMany = manicule("actions", "batch", "atomic", lines(many).toString(), "--atomic");
        assertThat(tooMany.code()).isEqualTo(2);
        assertThat(tooMany.output()).contains("has 101 changes, and --atomic takes 100 at most");
    }

    @Test
    void lineThatMakesNoSenseIsNamedBeforeAnyChange() throws Exception {
        long message = SERVER.wire().publish("faulty", "1");
        String good = change("add", message, "reaction", "wave", "");
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("", "no JSON object");
        wrong.put("[1]", "no JSON object");
        wrong.put("{\"change\"", "no JSON: ");
        wrong.put(good + " 1", "no JSON: ");
        wrong.put(change("set", message, "t", "v", ""), "`change` must be add, remove or toggle");
        wrong.put(change("add", "x", "t", "v", ""), "`messageTimetoken` must be a string of 17 digits");
        wrong.put(change("add", message, "", "v", ""), "`type` must be a string that is not empty");
        wrong.put(change("add", message, "t", "v", ",\"of\":\"bob\""), "`of` is for a remove only");
        wrong.put(change("remove", message, "t", "v", ",\"ttlSeconds\":1"),
                "`ttlSeconds` is for an add or a toggle only");
        wrong.put(change("add", message, "t", "v", ",\"ttlSeconds\":0"),
                "`ttlSeconds` must be a whole number, 1 to 31536000");
        for (String amount : List.of("0", "1.5", "\"2\"", "1000000001")) {
            wrong.put(change("add", message, "t", "v", ",\"amount\":" + amount),
                    "`amount` must be a whole number up to 1000000000, and not 0");
        }
        wrong.put(change("toggle", message, "t", "v", ",\"amount\":2"), "`amount` is for an add only");
        wrong.put(change("add", message, "t", "v", ",\"uuid\":\"bob\""), "`uuid` is no member of a change");
        for (Map.Entry<String, String> each : wrong.entrySet()) {
            Run run = manicule("actions", "batch", "faulty", lines(good, each.getKey()).toString());
            assertThat(run.code()).as(each.getKey()).isEqualTo(2);
            assertThat(run.output()).contains("changes.jsonl: line 2: " + each.getValue())
                    .contains("Nothing was changed.");
        }
        assertThat(manicule("actions", "batch", "faulty", folder.resolve("none").toString()).output())
                .contains("can't read")
                .contains("none");
        assertThat(manicule("actions", "batch", "faulty", Files.writeString(folder.resolve("empty"), "").toString())
                .output()).contains("has no changes");
        assertThat(manicule("actions", "list", "faulty").output()).isEmpty();
    }

    @Test
    void amountsAreAddedAndTakenBack() throws Exception {
        String[] keyset = {"--secret-key", "sec-c-1", "--uuid", "ann"};
        String message = guarded(with(new String[]{"publish", "claps", "1"}, keyset)).output();
        String[] clap = {"actions", "add", "claps", message, "clap", "c"};
        String first = guarded(with(with(clap, "--amount", "3"), keyset)).output();
        JsonNode more = JSON.readTree(guarded(with(with(clap, "--json"), keyset)).output());
        assertThat(more.get("amount").asInt()).isEqualTo(4);
        assertThat(more.at("/replaced/0/actionTimetoken").asText()).isEqualTo(first);
        String now = more.get("actionTimetoken").asText();
        assertThat(guarded(with(new String[]{"actions", "list", "claps"}, keyset)).output()).endsWith("  amount 4");
        assertThat(guarded(with(new String[]{"summary", "claps", message}, keyset)).output())
                .isEqualTo(message + "\n    4 × clap = c  by ann  (yours: " + now + ", amount 4)");
        JsonNode tally = JSON
                .readTree(guarded(with(new String[]{"summary", "claps", message, "--json"}, keyset)).output());
        assertThat(tally.at("/actions/clap/c/users").asInt()).isEqualTo(1);
        assertThat(tally.at("/actions/clap/c/mineAmount").asInt()).isEqualTo(4);
        assertThat(guarded(with(with(clap, "--amount", "-4"), keyset)).output())
                .isEqualTo("Removed " + now + ": nothing of it is left.");
        Path batch = folder.resolve("claps.jsonl");
        Files.writeString(batch, "{\"change\":\"add\",\"messageTimetoken\":\"" + message
                + "\",\"type\":\"clap\",\"value\":\"c\",\"amount\":6}\n");
        assertThat(guarded(with(new String[]{"actions", "batch", "claps", batch.toString()}, keyset)).output())
                .contains("amount 6");
        for (String wrong : List.of("0", "1.5", "1000000001")) {
            assertThat(guarded(with(with(clap, "--amount", wrong), keyset)).output())
                    .contains("`" + wrong + "` is no amount");
        }
    }

    @Test
    void subscribePrintsSummariesOfActions() throws Exception {
        Wire wire = SERVER.wire();
        long message = wire.publish("periods", "0");
        long action = wire.add("periods", message, "reaction", "wave", "ann");
        Process process = ServerProcess.command("subscribe", "periods", "--action-summaries", "250", "--from",
                "" + message, "--count", "1", "--origin", SERVER.origin());
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        JsonNode event = JSON.readTree(output.lines().filter(line -> line.startsWith("{")).findFirst().orElseThrow());
        assertThat(event.get("event").asText()).isEqualTo("summary");
        assertThat(event.get("messageTimetoken").asText()).isEqualTo("" + message);
        assertThat(event.get("asOf").asText()).isEqualTo("" + action);
        assertThat(event.get("counts")).hasToString("{\"reaction\":{\"wave\":1}}");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(manicule("subscribe", "periods", "--action-summaries", "7").output())
                .contains("--action-summaries: expected 250, 500, 1000, 2000 or 5000, not 7");
    }

    @Test
    void subscribePrintsReadMarksAndWhatExpires() throws Exception {
        Wire wire = SERVER.wire();
        long message = wire.publish("read", "0");
        Process process = ServerProcess.command("subscribe", "read", "--read-marks", "--from", "" + message, "--count",
                "3", "--origin", SERVER.origin());
        assertThat(manicule("marks", "set", "read", "" + message, "--uuid", "ann").code()).isZero();
        assertThat(manicule("actions", "add", "read", "" + message, "typing", "on", "--ttl", "1").code()).isZero();
        List<JsonNode> events = new ArrayList<>();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("{")) {
                    events.add(JSON.readTree(line));
                }
            }
        }
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(events).extracting(event -> event.get("event").asText())
                .containsExactly("marked", "added", "removed");
        assertThat(events.get(0).get("uuid").asText()).isEqualTo("ann");
        assertThat(events.get(0).get("upTo").asText()).isEqualTo("" + message);
        assertThat(events.get(1).has("expired")).isFalse();
        assertThat(events.get(2).get("expired").asBoolean()).isTrue();
    }

    @Test
    void subscribePrintsALineOfJsonAnEvent() throws Exception {
        long before = SERVER.wire().publish("watched", "0");
        Process process = ServerProcess.command("subscribe", "watched", "--from", "" + before, "--count", "3",
                "--origin",
                SERVER.origin());
        long message = SERVER.wire().publish("watched", "{\"n\":1}");
        long action = SERVER.wire().add("watched", message, "r", "v", "u");
        SERVER.wire()
                .delete("/v1/message-actions/demo/channel/watched/message/" + message + "/action/" + action
                        + "?uuid=u");
        List<JsonNode> events = new ArrayList<>();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("{")) {
                    events.add(JSON.readTree(line));
                }
            }
        }
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(events).extracting(event -> event.get("event").asText())
                .containsExactly("message", "added", "removed");
        assertThat(events.get(0).at("/message/n").asInt()).isEqualTo(1);
        assertThat(events.get(1).at("/action/actionTimetoken").asText()).isEqualTo("" + action);
        assertThat(events.get(0).has("count")).isFalse();
        assertThat(events.get(1).get("count")).isEqualTo(JSON.readTree("1"));
        assertThat(events.get(2).get("count")).isEqualTo(JSON.readTree("0"));
    }

    @Test
    void signalsGroupsAndPresenceHaveCommands() throws Exception {
        assertThat(manicule("groups", "add", "cli-g", "cli.a", "cli.b").output()).isEqualTo("done");
        assertThat(manicule("groups", "remove", "cli-g", "cli.b", "--json").output())
                .isEqualTo("{\"group\":\"cli-g\",\"changed\":1}");
        assertThat(manicule("groups", "list").output()).isEqualTo("cli-g");
        assertThat(manicule("groups", "list", "cli-g").output()).isEqualTo("cli.a");
        long before = SERVER.wire().get("/time/0").json().get(0).asLong();
        Process process = ServerProcess.command("subscribe", "cli.x", "--group", "cli-g", "--presence", "--filter",
                "data != 5", "--from", "" + before, "--count", "4", "--origin", SERVER.origin(), "--uuid", "ann");
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("{")) {
                    lines.add(line.replaceAll("\"timetoken\":\"\\d+\",?", ""));
                }
                if (lines.size() == 2) { // ann has joined both channels
                    assertThat(manicule("presence", "cli.x").output()).isEqualTo("cli.x  ann");
                    assertThat(manicule("presence", "--group", "cli-g").output()).isEqualTo("cli.a  ann");
                    assertThat(manicule("presence", "--where", "ann").output()).isEqualTo("cli.a\ncli.x");
                    assertThat(manicule("publish", "cli.a", "5").code()).isZero();
                    assertThat(manicule("signal", "cli.a", "\"typing\"").output()).matches("\\d{17}");
                    assertThat(manicule("publish", "cli.x", "6", "--uuid", "bob").code()).isZero();
                    lines.add("-");
                }
            }
        }
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(lines.subList(0, 2)).containsExactlyInAnyOrder(
                "{\"event\":\"join\",\"channel\":\"cli.x\",\"occupancy\":1,\"uuid\":\"ann\"}",
                "{\"event\":\"join\",\"channel\":\"cli.a\",\"occupancy\":1,\"uuid\":\"ann\"}");
        assertThat(lines.subList(3, 5)).containsExactly(
                "{\"event\":\"signal\",\"channel\":\"cli.a\",\"publisher\":\"manicule-cli\",\"message\":\"typing\"}",
                "{\"event\":\"message\",\"channel\":\"cli.x\",\"publisher\":\"bob\",\"message\":6}");
        assertThat(manicule("groups", "delete", "cli-g").output()).isEqualTo("done");
        assertThat(manicule("groups", "list", "cli-g").output()).isEmpty();
        assertThat(manicule("presence", "a", "--where", "b").code()).isEqualTo(2);
        assertThat(manicule("subscribe").code()).isEqualTo(2);
    }

    private static Run guarded(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--origin", GUARDED.origin(), "--subscribe-key", "sub-c-1", "--publish-key", "pub-c-1"));
        return run(all.toArray(String[]::new));
    }

    @Test
    void tokensAreGrantedReadAndRevoked() throws Exception {
        Run granted = guarded("token", "grant", "--secret-key", "sec-c-1", "--ttl", "5", "--for", "ann", "--channel",
                "a=b=rw", "--channel-pattern", "news\\..*=R", "--group", "g=m", "--group-pattern", "g.*=r", "--meta",
                "role=admin");
        assertThat(granted.code()).as(granted.output()).isZero();
        String token = granted.output();
        Run parsed = run("token", "parse", token);
        assertThat(parsed.output()).startsWith("holds from 2")
                .contains(", for ann\n")
                .contains("channels a=b: read, write")
                .contains("channels like news\\..*: read")
                .contains("channelGroups g: manage")
                .contains("channelGroups like g.*: read")
                .contains("meta role: admin");
        JsonNode json = JSON.readTree(run("token", "parse", token, "--json").output());
        assertThat(json.get("ttlMinutes").asInt()).isEqualTo(5);
        assertThat(json.at("/resources/channels/a=b").asText()).isEqualTo("read, write");
        assertThat(guarded("publish", "a=b", "1").code()).isEqualTo(1);
        assertThat(guarded("publish", "a=b", "1", "--auth", token, "--uuid", "ann").code()).isZero();
        assertThat(guarded("token", "revoke", token, "--secret-key", "sec-c-1").output()).isEqualTo("revoked");
        assertThat(guarded("publish", "a=b", "1", "--auth", token, "--uuid", "ann").output())
                .isEqualTo("manicule: Token is revoked (403)");
        assertThat(guarded("token", "grant", "--channel", "a=r").output()).contains("export MANICULE_SECRET_KEY");
        assertThat(guarded("token", "grant", "--channel", "a").output()).contains("chats.room1=rw");
        assertThat(guarded("token", "grant", "--channel", "a=x").output())
                .contains("'X' in \"a=x\" stands for nothing");
        assertThat(run("token", "parse", "nonsense").output()).startsWith("manicule: not a token");
    }

    private Run checks(String yaml) throws Exception {
        return run("config", "check", Files.writeString(folder.resolve("m.yaml"), yaml).toString());
    }

    @Test
    void aConfigurationIsCheckedWithoutAServer() throws Exception {
        Run good = checks(
                "keysets:\n  - {subscribeKey: a, publishKey: b, secretKey: ch3ck3d-k3y-0f-th1s-t3st, accessManager: true}\n");
        assertThat(good.output()).endsWith("m.yaml is good: one keyset.");
        assertThat(good.code()).isZero();
        Run bad = checks("keysets:\n  - subscribeKey: a\n    publishKey: b\n    accessManager: true\n");
        assertThat(bad.code()).isEqualTo(2);
        assertThat(bad.output()).contains("m.yaml:2: `accessManager` needs a `secretKey`");
    }

    @Test
    void helpIsThereForEverything() throws Exception {
        for (String[] command : new String[][]{{}, {"serve"}, {"publish"}, {"subscribe"}, {"actions"},
                {"actions", "add"}, {"actions", "toggle"}, {"actions", "set"}, {"actions", "rules"},
                {"actions", "remove"}, {"actions", "list"}, {"marks"}, {"marks", "set"}, {"marks", "list"},
                {"marks", "unread"}, {"users"}, {"users", "list"}, {"users", "get"}, {"users", "set"},
                {"users", "remove"}, {"channels"}, {"channels", "list"}, {"channels", "get"}, {"channels", "set"},
                {"channels", "remove"}, {"members"}, {"members", "list"}, {"members", "channels"},
                {"members", "set"}, {"members", "remove"}, {"members", "join"}, {"members", "leave"}, {"files"},
                {"files", "send"}, {"files", "list"}, {"files", "get"}, {"files", "url"}, {"files", "delete"},
                {"push"}, {"push", "add"}, {"push", "remove"}, {"push", "list"}, {"push", "delete"}, {"summary"},
                {"history"}, {"delete"}, {"time"}, {"signal"},
                {"presence"},
                {"token"}, {"token", "grant"}, {"token", "parse"}, {"token", "revoke"}, {"config"}, {"config", "check"},
                {"groups"}, {"groups", "list"}, {"groups", "add"}, {"groups", "remove"}, {"groups", "delete"}}) {
            List<String> arguments = new ArrayList<>(List.of(command));
            arguments.add("--help");
            Run help = run(arguments.toArray(String[]::new));
            assertThat(help.code()).isZero();
            assertThat(help.output()).contains("Usage: manicule").contains("--help");
        }
        assertThat(run("--version").output()).matches("manicule \\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void errorsAreOneLineWithAnExitCode() throws Exception {
        assertThat(run("nonsense").code()).isEqualTo(2);
        assertThat(run().code()).isEqualTo(2);
        assertThat(run("publish", "a").code()).isEqualTo(2);
        Run noJson = manicule("publish", "a", "hello");
        assertThat(noJson.code()).isEqualTo(2);
        assertThat(noJson.output()).isEqualTo("manicule: not JSON: wrong at character 1: hello "
                + "(a text needs quotes of its own: '\"hello\"')");
        Run nobody = run("time", "--origin", "127.0.0.1:1");
        assertThat(nobody.code()).isEqualTo(3);
        assertThat(nobody.output()).startsWith("manicule: can't reach a server at 127.0.0.1:1").doesNotContain("\n");
        Run badChannel = manicule("publish", "a,b", "1");
        assertThat(badChannel.code()).isEqualTo(1);
        assertThat(badChannel.output()).isEqualTo("manicule: Invalid Channel (400)");
    }

    @Test
    void invalidArgumentsAreUsageErrors() throws Exception {
        usage("more follows the value, at character 5", "publish", "a", "\"a\" \"b\"");
        usage("half of a surrogate pair, \\udfff", "publish", "a", "1", "--meta", "\"\\udfff\"");
        usage("half of a surrogate pair, \\ud83d", "signal", "a", "{\"u\":\"\\ud83d\"}");
        usage("--max must be 1 to 100, not 101", "history", "a", "--max", "101");
        usage("--max must be 1 to 25 with --actions, not 26", "history", "a", "--actions", "--max", "26");
        usage("say which action to remove", "actions", "remove", "a", "1");
        usage("--value needs --type", "actions", "remove", "a", "1", "--value", "v");
        usage("leave out --type, --value, --of and", "actions", "remove", "a", "1", "2", "--type", "t");
        usage("leave out --type, --value, --of and", "actions", "remove", "a", "1", "2", "--of", "u");
        usage("leave out --type, --value, --of and", "actions", "remove", "a", "1", "2", "--everyone");
        usage("--of and --everyone exclude each other", "actions", "remove", "a", "1", "--of", "u", "--everyone");
        usage("--limit must be 1 to 1000, not 0", "marks", "list", "a", "--limit", "0");
        usage("--limit must be 1 to 1000, not 1001", "actions", "list", "a", "--limit", "1001");
        usage("--message and --by exclude each other", "actions", "list", "a", "--message", "1", "--by", "u");
        usage("--type needs --message", "actions", "list", "a", "--type", "t");
        usage("--value needs --type", "actions", "list", "a", "--message", "1", "--value", "v");
        usage("--newest needs --message or --by", "actions", "list", "a", "--newest");
        usage("--start and --end select actions of a channel", "actions", "list", "a", "--by", "u", "--end", "1");
        usage("--limit must be 1 to 100, not 101", "users", "list", "--limit", "101");
        usage("--limit must be 1 to 100, not 0", "files", "list", "a", "--limit", "0");
        usage("there is no field email; expected some of name, description", "channels", "set", "a", "--clear",
                "email");
        usage("not JSON", "members", "join", "a", "--custom", "{");
        usage("say which device", "push", "list");
        usage("say which device", "push", "list", "--fcm", "a", "--apns", "b");
        usage("--topic needs --apns", "push", "list", "--fcm", "a", "--topic", "t");
        usage("--production needs --topic", "push", "list", "--apns", "a", "--production");
        usage("the file can't be read", "files", "send", "a", folder.resolve("none").toString());
        usage("is there already", "files", "get", "a", "1", "n", "--to", folder.toString());
        Run noTimetoken = manicule("summary", "a", "x");
        assertThat(noTimetoken.output()).startsWith("manicule: ").contains("`x` is no timetoken");
        assertThat(noTimetoken.code()).isEqualTo(2);
        assertThat(manicule("summary", "a").output()).contains("Expected: The messages' timetokens, any number.");
        Run badPort = run("time", "--origin", "127.0.0.1:99999");
        assertThat(badPort.output()).startsWith("manicule: origin must be").contains("99999");
        assertThat(badPort.code()).isEqualTo(2);
    }

    private static void usage(String expected, String... arguments) throws Exception {
        Run run = manicule(arguments);
        assertThat(run.output()).startsWith("manicule: ").contains(expected).doesNotContain("\n");
        assertThat(run.code()).isEqualTo(2);
    }

    /** Numbers keep their digits, and objects their members, also those that come twice. */
    @Test
    void jsonIsSentUnchanged() throws Exception {
        for (String json : List.of("1.0e400", "0.1234567890123456789", "12345678901234567890123.10",
                "{\"a\":1, \"a\":2}", "\"\\u00e9\"")) {
            Run run = manicule("publish", "exact", json, "--meta", json);
            assertThat(run.code()).as(run.output()).isZero();
            assertThat(SERVER.wire().get("/v3/history/sub-key/demo/channel/exact?max=1&include_meta=true").body())
                    .contains("\"message\":" + json, "\"meta\":" + json);
        }
    }

    private void refusesToServe(String expected, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("serve"));
        all.addAll(List.of(options));
        Run run = run(all.toArray(String[]::new));
        assertThat(run.code()).as(run.output()).isNotZero();
        assertThat(run.output()).as("one line").doesNotContain("\n").startsWith("manicule: ").contains(expected);
    }

    @Test
    void startFailureIsReportedInOneLine() throws Exception {
        String data = folder.resolve("data").toString();
        refusesToServe("the port is taken", "--data", data, "--port", "" + SERVER.port());
        refusesToServe("--port must be", "--data", data, "--port", "70000");
        refusesToServe("no host of this name", "--data", data, "--host", "no.such.host.invalid");
        Path strange = Files.createDirectory(folder.resolve("strange"));
        Files.writeString(strange.resolve("letter.txt"), "");
        refusesToServe("not a data folder", "--data", strange.toString());
        Files.writeString(strange.resolve("FORMAT"), "manicule data format 99");
        refusesToServe("another format", "--data", strange.toString());
        Path file = Files.writeString(folder.resolve("file"), "");
        refusesToServe("is a file", "--data", file.toString());
        refusesToServe("there is no such file", "--config", folder.resolve("none.yaml").toString());
        Path config = Files.writeString(folder.resolve("bad.yaml"),
                "port: 1\nkeysets:\n  - subscribeKey: s\n    lock: true\n");
        refusesToServe("bad.yaml:4: `lock` is no setting of this version", "--config", config.toString());
        try (ServerProcess running = ServerProcess.start(Path.of(data), 0)) {
            refusesToServe("in use by another Manicule", "--data", data, "--port", "0");
            assertThat(running.wire().get("/time/0").status()).isEqualTo(200);
        }
        if (!System.getProperty("user.name").equals("root")) { // root may write everywhere
            Path readOnly = Files.createDirectory(folder.resolve("read-only"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
            refusesToServe("permission denied", "--data", readOnly.toString());
        } else if (Files.isDirectory(Path.of("/proc/self"))) { // but not there
            refusesToServe("data folder", "--data", "/proc/self/data");
        }
    }

    /** Root lists every folder, unless it gives that up. */
    @Test
    void serverStartsBelowAnUnlistableFolder() throws Exception {
        List<String> likeOthers = List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search");
        boolean isRoot = System.getProperty("user.name").equals("root");
        assumeTrue(!isRoot || Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is not here");
        Path parent = Files.createDirectory(folder.resolve("parent"));
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("-wx--x--x"));
        Launch launch = new Launch(isRoot ? likeOthers : List.of(), List.of(), Map.of());
        try (ServerProcess server = launch.serve("--port", "0", "--data", parent.resolve("data").toString())) {
            assertThat(server.wire().publish("c", "1")).isPositive();
        } finally {
            Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void serverFollowsItsConfiguration() throws Exception {
        Path config = Files.writeString(folder.resolve("manicule.yaml"), """
                port: 0
                data: stored here
                pollTimeoutSeconds: 1
                keysets:
                  - subscribeKey: sub-c-1
                    publishKey: pub-c-1
                """);
        Process process = ServerProcess.command("serve", "--config", config.toString());
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            String first = reader.readLine();
            String second = reader.readLine();
            assertThat(second).contains(folder.resolve("stored here").toString()).contains("one keyset");
            Wire wire = new Wire(Integer.parseInt(first.replaceAll(".*:", "")));
            assertThat(wire.get("/publish/pub-c-1/sub-c-1/0/a/0/1").status()).isEqualTo(200);
            assertThat(wire.get("/publish/demo/demo/0/a/0/1").status()).isEqualTo(400);
            long now = wire.get("/time/0").json().get(0).asLong();
            assertThat(wire.get("/v2/subscribe/sub-c-1/a/0?tt=" + now).json().get("m")).isEmpty();
            process.destroy();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }
}
