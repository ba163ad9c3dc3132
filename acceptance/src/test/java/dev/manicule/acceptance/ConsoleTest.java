package dev.manicule.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import dev.manicule.acceptance.ConsoleWindow.Look;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import dev.manicule.server.limits.AddressRange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The console, in a real browser, by what a person sees and does. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD) // Playwright is for one thread
class ConsoleTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(
            config -> config.withMetricsFrom(AddressRange.LOOPBACK)
                    .withKeysets(List.of(Keyset.of("demo", "demo"),
                            Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("sec-c-1")))));

    @RegisterExtension
    static final ConsoleBrowser BROWSER = new ConsoleBrowser();

    private static final List<String> VIEWS = List.of("Room", "Timeline", "Explorer", "Server", "Requests");

    private static ConsoleWindow open(String uuid, Look look) {
        return BROWSER.open(SERVER.origin(), uuid, look);
    }

    @Test
    void twoUsersChatInARoom(TestInfo test) {
        String channel = RunningServer.channel(test);
        ConsoleWindow alice = open("alice", Look.DESK);
        ConsoleWindow bob = open("bob", Look.NIGHT);
        alice.room(channel);
        bob.room(channel);
        alice.takePart();
        bob.takePart();
        assertThat(alice.page().locator("#here")).containsText("2 here: alice, bob");
        alice.say("Is anyone there?");
        Locator said = bob.message("Is anyone there?");
        assertThat(said).isVisible();
        Locator ticks = alice.message("Is anyone there?").locator(".ticks");
        assertThat(ticks).hasText("✓✓");
        assertThat(ticks).hasAttribute("aria-label", "read by bob");
        said.getByLabel("React").click();
        said.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("🎉")).click();
        Locator chip = alice.message("Is anyone there?").locator(".chip");
        assertThat(chip).hasText("🎉 1");
        chip.click();
        assertThat(said.locator(".chip")).hasText("🎉 2");
        bob.say("Yes, and the pointing hand says so ☞");
        bob.say("It is in the margin.");
        assertThat(alice.message("It is in the margin.")).isVisible();
        alice.picture("room-light");
        bob.picture("room-dark");
        chip.click();
        assertThat(said.locator(".chip")).hasText("🎉 1");
        ConsoleWindow carol = open("carol", Look.PHONE);
        carol.room(channel);
        carol.takePart();
        assertThat(carol.message("Is anyone there?").locator(".chip")).hasText("🎉 1");
        assertThat(alice.message("Is anyone there?").locator(".ticks")).hasAttribute("aria-label",
                Pattern.compile("read by (bob, carol|carol, bob)"));
        carol.picture("room-phone");
        assertThat((Integer) carol.page().evaluate("document.documentElement.scrollWidth"))
                .as("nothing to scroll sideways on a phone")
                .isLessThanOrEqualTo(390);
        bob.page().close();
        assertThat(alice.page().locator("#here")).containsText("2 here: alice, carol");
    }

    @Test
    void consoleWorksByKeyboardAlone(TestInfo test) {
        String channel = RunningServer.channel(test);
        Wire wire = SERVER.wire();
        wire.publish(channel, "{\"text\":\"first\"}");
        wire.publish(channel, "{\"text\":\"second\"}");
        ConsoleWindow window = open("dora", Look.DESK);
        Page page = window.page();
        page.locator(".state[data-state=connected]").waitFor();
        page.keyboard().press("Tab");
        assertThat(page.locator(".skip")).isFocused();
        page.locator("#room-channel").focus();
        page.keyboard().press("ControlOrMeta+a");
        page.keyboard().type(channel);
        page.keyboard().press("Enter");
        assertThat(window.message("second")).isVisible();
        page.locator("#messages").focus();
        page.keyboard().press("ArrowDown");
        assertThat(window.message("second")).isFocused();
        page.keyboard().press("ArrowUp");
        assertThat(window.message("first")).isFocused();
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");
        assertThat(window.message("first").locator(".picker")).hasAttribute("open", "");
        page.keyboard().press("Escape");
        assertThat(window.message("first").locator(".picker summary")).isFocused();
        page.keyboard().press("Enter");
        page.keyboard().press("Tab");
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");
        assertThat(window.message("first").locator(".chip")).hasText("❤️ 1");
        page.locator("#say-text").focus();
        page.keyboard().type("third");
        page.keyboard().press("Enter");
        assertThat(window.message("third")).isVisible();
    }

    @Test
    void timelineShowsEveryEnvelope(TestInfo test) {
        String channel = RunningServer.channel(test);
        ConsoleWindow window = open("emil", Look.DESK);
        Page page = window.page();
        window.view("Timeline");
        page.locator("#timeline-channels").fill(channel + ", other.*");
        page.locator("#timeline-form button").click();
        assertThat(page.locator(".state")).hasAttribute("data-state", "connected");
        Wire wire = SERVER.wire();
        long message = wire.publish(channel, "{\"text\":\"hello\"}");
        wire.add(channel, message, "reaction", "wave", "ann");
        wire.get("/signal/demo/demo/0/" + channel + "/0/%22typing%22?uuid=ann");
        wire.publish("other.place", "1");
        Locator envelopes = page.locator(".envelope");
        assertThat(envelopes.filter(new Locator.FilterOptions().setHasText("other.place"))).hasCount(1);
        assertThat(page.locator(".kind-message").first()).isVisible();
        assertThat(page.locator(".kind-action")).hasCount(1);
        assertThat(page.locator(".kind-signal")).hasCount(1);
        assertThat(envelopes.filter(new Locator.FilterOptions().setHasText("ann added reaction wave, 1 now")))
                .hasCount(1);
        page.locator(".kind-action").click();
        assertThat(page.locator(".envelope details[open] pre"))
                .containsText("\"messageTimetoken\": \"" + message + "\"");
        window.picture("timeline");
        page.locator("#timeline-pause").click();
        wire.publish(channel, "2");
        assertThat(page.locator("#timeline-pause")).hasText("Go on (1 waiting)");
        page.locator("#timeline-pause").click();
        assertThat(envelopes.first()).containsText("alice: 2");
        page.locator("#timeline-clear").click();
        assertThat(envelopes).hasCount(0);
    }

    @Test
    void explorerShowsStoredMessages(TestInfo test) {
        String channel = RunningServer.channel(test);
        Wire wire = SERVER.wire();
        for (int i = 1; i <= 60; i++) {
            long message = wire.publish(channel, "{\"text\":\"message " + i + "\"}");
            if (i == 60) {
                wire.add(channel, message, "reaction", "wave", "ann");
                wire.add(channel, message, "reaction", "wave", "bob");
                wire.add(channel, message, "receipt", "read", "bob");
            }
        }
        ConsoleWindow window = open("fay", Look.DESK);
        Page page = window.page();
        window.view("Explorer");
        page.locator("#explorer-channel").fill(channel);
        page.locator("#explorer-form button").click();
        Locator rows = page.locator("#explorer-rows tr");
        assertThat(rows).hasCount(25);
        assertThat(page.locator("#explorer-count")).containsText("60 messages");
        assertThat(rows.first()).containsText("message 60");
        assertThat(rows.first().locator("summary")).hasText(new String[]{"receipt 1", "reaction 2"});
        rows.first().locator("summary").last().click();
        assertThat(rows.first()).containsText("wave ×2: ann, bob");
        window.picture("explorer");
        page.locator("#explorer-older").click();
        assertThat(rows).hasCount(50);
        page.locator("#explorer-older").click();
        assertThat(rows).hasCount(60);
        assertThat(page.locator("#explorer-older")).isHidden();
        assertThat(rows.last()).containsText("message 1");
    }

    @Test
    void editsAndDeletionsAreShownAsTheyCome(TestInfo test) {
        String channel = RunningServer.channel(test);
        Wire wire = SERVER.wire();
        long first = wire.publish(channel, "{\"text\":\"Munday\"}");
        long second = wire.publish(channel, "{\"text\":\"Wrong window\"}");
        wire.add(channel, first, "edit", "Monday", "alice");
        ConsoleWindow window = open("eve", Look.DESK);
        Page page = window.page();
        window.room(channel);
        Locator said = page.locator("#messages .said");
        assertThat(said.first()).containsText(Pattern.compile("^Monday Edited by alice"));
        assertThat(said.last()).hasText("Wrong window");
        long later = wire.add(channel, first, "edit", "Tuesday", "alice");
        assertThat(said.first()).containsText(Pattern.compile("^Tuesday Edited by alice"));
        wire.add(channel, second, "deleted", ".", "mallory");
        wire.add(channel, second, "deleted", ".", "alice");
        assertThat(said.last()).containsText(Pattern.compile("^Deleted by alice"));
        wire.delete("/v1/message-actions/demo/channel/" + channel + "/message/" + first + "/action/" + later
                + "?uuid=alice");
        assertThat(said.first()).containsText(Pattern.compile("^Monday Edited by alice"));
        window.view("Explorer");
        page.locator("#explorer-channel").fill(channel);
        page.locator("#explorer-form button").click();
        Locator rows = page.locator("#explorer-rows tr");
        assertThat(rows.last()).containsText(Pattern.compile("Munday.*Edited by alice.*Monday"));
        assertThat(rows.first()).containsText(Pattern.compile("Wrong window.*Deleted by alice"));
    }

    @Test
    void healthPageShowsTheServer(TestInfo test) {
        ConsoleWindow window = open("gus", Look.DESK);
        Page page = window.page();
        window.view("Server");
        assertThat(page.locator("#keysets")).containsText("sub-c-1");
        assertThat(page.locator("#keysets")).containsText("token or signature");
        Locator publishes = page.locator(".chart").filter(new Locator.FilterOptions().setHasText("Publishes"));
        Wire wire = SERVER.wire();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(7);
        while (System.nanoTime() < end) {
            long message = wire.publish(RunningServer.channel(test), "1");
            wire.add(RunningServer.channel(test), message, "a", "b", "c");
            page.waitForTimeout(20);
        }
        assertThat(publishes.locator(".now")).hasText(Pattern.compile("[1-9][0-9.,]* /s"));
        assertThat(
                page.locator(".chart").filter(new Locator.FilterOptions().setHasText("Add latency")).locator(".now"))
                .hasText(Pattern.compile("p50 [0-9.]+ · p99 [0-9.]+ ms"));
        assertThat(publishes.locator("polyline")).hasCount(1);
        window.picture("server");
    }

    @Test
    void serverOutageIsShownUntilItEnds(@TempDir Path folder) throws Exception {
        int port;
        ConsoleWindow window;
        try (ServerProcess first = ServerProcess.start(folder, 0)) {
            port = first.port();
            window = BROWSER.open("127.0.0.1:" + port, "hal", Look.DESK);
            window.room("away");
            first.kill();
            assertThat(window.page().locator(".state")).hasAttribute("data-state", "lost");
        }
        try (ServerProcess _ = ServerProcess.start(folder, port)) {
            assertThat(window.page().locator(".state")).hasAttribute("data-state", "connected",
                    new com.microsoft.playwright.assertions.LocatorAssertions.HasAttributeOptions().setTimeout(15_000));
            window.say("back again");
            assertThat(window.message("back again")).isVisible();
        }
    }

    @Test
    void missingPermissionIsShown() {
        ConsoleWindow window = open("ida&subscribeKey=sub-c-1&publishKey=pub-c-1", Look.DESK);
        assertThat(window.page().locator("#trouble")).containsText(
                "Forbidden: this takes a token that grants read on “lobby”, “lobby-pnpres”.");
        assertThat(window.page().locator(".state")).hasAttribute("data-state", "refused");
    }

    /** By axe, which looks for what people who use a page by keyboard or screen reader, or see little, would trip over. */
    @Test
    void pagesPassTheAccessibilityCheck(TestInfo test) throws Exception {
        String skip = System.getProperty("skipSdks");
        assumeFalse(skip != null && !skip.equals("false"), "left out, as -DskipSdks asks");
        Path installed = Folders.checkout().resolve("acceptance/target/browser");
        Installation.npm(Folders.checkout().resolve("acceptance/browser"), installed);
        String axe = Files.readString(installed.resolve("node_modules/axe-core/axe.min.js"));
        String channel = RunningServer.channel(test);
        long message = SERVER.wire().publish(channel, "{\"text\":\"hello\"}");
        SERVER.wire().add(channel, message, "reaction", "👍", "ann");
        for (Look look : List.of(Look.DESK, Look.NIGHT, Look.PHONE)) {
            ConsoleWindow window = open("jan", look);
            Page page = window.page();
            window.room(channel);
            window.say("and more");
            assertThat(window.message("and more").first()).isVisible();
            page.evaluate(axe);
            for (String view : VIEWS) {
                window.view(view);
                assertThat(page.locator("h1:visible")).hasCount(1);
                if (view.equals("Explorer")) {
                    page.locator("#explorer-channel").fill(channel);
                    page.locator("#explorer-form button").click();
                    assertThat(page.locator("#explorer-rows tr").first()).containsText("more");
                }
                if (view.equals("Room")) {
                    page.route("**/publish/**", Route::abort);
                    window.say("not sent");
                    assertThat(page.locator("#outbox li")).hasCount(1);
                    page.locator("#here summary").click();
                    page.locator(".who summary").click();
                }
                page.waitForTimeout(300); // what is just coming in is half transparent
                Object found = page.evaluate("async () => (await axe.run()).violations.map((v) => "
                        + "v.id + ': ' + v.nodes.map((n) => n.target.join(' ') + ' ' + n.failureSummary).join('; '))");
                assertThat((List<?>) found).as("%s, %s", view, look).isEmpty();
                page.keyboard().press("Escape");
            }
        }
    }

    /** What the page says one could ask oneself is asked, and does what the page did. */
    @Test
    void everySnippetDoesTheSame(TestInfo test, @TempDir Path folder) throws Exception {
        String channel = RunningServer.channel(test);
        ConsoleWindow window = open("kim", Look.DESK);
        Page page = window.page();
        window.room(channel);
        window.say("it's a \"quote\" & more");
        Locator said = window.message("it's a");
        assertThat(said).isVisible();
        said.getByLabel("React").click();
        said.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("👍")).click();
        assertThat(said.locator(".chip")).hasText("👍 1");
        said.locator(".chip").click();
        assertThat(said.locator(".chip")).hasCount(0);
        window.view("Explorer");
        page.locator("#explorer-channel").fill(channel);
        page.locator("#explorer-form button").click();
        assertThat(page.locator("#explorer-count")).containsText("1 message");
        window.view("Requests");
        window.picture("requests");
        Map<String, String> wanted = Map.of("Publish", "[1,\"Sent\"", "Add an action", "👍", "Remove an action",
                "No matching message actions", "History with actions", "it's a", "History with counts",
                "action_summary", "Count messages", "channels", "Who is here", "occupancy");
        Set<String> refused = Set.of("Add an action", "Remove an action"); // as those before have done it already
        boolean withPython = !Boolean.getBoolean("skipSdks");
        if (withPython) {
            Sdk.install();
        }
        StringBuilder java = new StringBuilder();
        for (String title : List.of("Publish", "Add an action", "Remove an action", "History with actions",
                "History with counts", "Count messages", "Who is here")) {
            page.locator("#calls button").filter(new Locator.FilterOptions().setHasText(title)).first().click();
            String curl = snippet(page, "curl");
            assertThat(curl).contains(SERVER.origin()).doesNotContain("pnsdk=undefined");
            assertThat(run(folder, "bash", "-c", curl.replaceFirst("^curl", "curl -s"))).as(curl)
                    .contains(wanted.get(title));
            String program = snippet(page, "Java");
            java.append("{\n")
                    .append(program.replaceFirst("(?s)\nclient(\\..*\\.sync\\(\\));\\s*$",
                            "\nIO.println(\"" + title + " \" + client$1.status().statusCode());"))
                    .append("\nclient.close();\n}\n");
            if (withPython) {
                Path script = Files.writeString(folder.resolve("snippet.py"),
                        "from pubnub.pnconfiguration import PNConfiguration\nfrom pubnub.pubnub import PubNub\n"
                                + "from pubnub.models.consumer.message_actions import PNMessageAction\n"
                                + "try:\n    " + snippet(page, "Python").replace("\n", "\n    ")
                                + "\n    print('done')\nexcept Exception as e:\n    print('refused', e)\n"
                                + "import os\nos._exit(0)\n");
                assertThat(run(folder, Sdk.PYTHON.program(script).command().toArray(String[]::new))).as(title)
                        .contains(refused.contains(title) ? "refused" : "done");
            }
        }
        Files.writeString(folder.resolve("Snippets.java"),
                "import dev.manicule.client.*;\nimport java.util.*;\nvoid main() {\n" + java
                        + "IO.println(\"done\");\n}\n");
        assertThat(run(folder, ServerProcess.java(), "-cp", System.getProperty("java.class.path"), "Snippets.java"))
                .isEqualTo("""
                        Publish 200
                        Add an action 409
                        Remove an action 400
                        History with actions 200
                        History with counts 200
                        Count messages 200
                        Who is here 200
                        done
                        """);
        page.locator("#copy").click();
        assertThat(page.locator("#copy")).hasText("Copied");
        assertThat((String) page.evaluate("navigator.clipboard.readText()"))
                .isEqualTo(page.locator("#code").textContent());
        assertThat(page.locator("#calls button").filter(new Locator.FilterOptions().setHasText("Subscribe")).first())
                .isVisible();
    }

    private static String snippet(Page page, String language) {
        page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName(language)).click();
        return page.locator("#code").textContent();
    }

    private static String run(Path folder, String... command) throws Exception {
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command) + "\n" + said).isZero();
        return said;
    }
}
