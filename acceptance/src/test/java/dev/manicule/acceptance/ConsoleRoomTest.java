package dev.manicule.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import dev.manicule.acceptance.ConsoleWindow.Look;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The room of the console: looking on and taking part, long texts, quick clicks, many messages and many members. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD) // Playwright is for one thread
class ConsoleRoomTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    @RegisterExtension
    static final ConsoleBrowser BROWSER = new ConsoleBrowser();

    private static final String ALL_ACTIONS = "/v1/message-actions/demo/channel/";
    private static final String HERE_NOW = "/v2/presence/sub-key/demo/channel/";

    private final Wire wire = SERVER.wire();

    private static ConsoleWindow open(String uuid, Look look) {
        return BROWSER.open(SERVER.origin(), uuid, look);
    }

    /** Waits until the browser has painted, by when it has reported what is in sight. */
    private static void paint(ConsoleWindow window) {
        window.page()
                .evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame("
                        + "() => setTimeout(done))))");
    }

    @Test
    void readingSendsNoWrites(TestInfo test) {
        String channel = RunningServer.channel(test);
        for (String each : List.of("lobby", channel)) {
            wire.publish(each, "{\"text\":\"read this\"}");
            wire.publish(each, "{\"text\":\"and this\"}");
        }
        ConsoleWindow window = open("lena", Look.DESK);
        assertThat(window.message("and this")).isVisible();
        window.room(channel);
        assertThat(window.message("and this")).isVisible();
        for (String view : List.of("Timeline", "Explorer", "Server", "Requests", "Room")) {
            window.view(view);
        }
        window.page().reload();
        assertThat(window.message("and this")).isVisible();
        window.isLive();
        wire.publish(channel, "{\"text\":\"and what comes now\"}");
        assertThat(window.message("and what comes now")).isVisible();
        paint(window);
        assertThat(window.methods()).isEqualTo(Set.of("GET"));
        for (String each : List.of("lobby", channel)) {
            assertThat(wire.get(ALL_ACTIONS + each).json().get("data")).isEmpty();
            assertThat(wire.get(HERE_NOW + each).json().get("occupancy").asInt()).isZero();
        }
    }

    @Test
    void pinsAndThreadsAreMarked(TestInfo test) {
        String channel = RunningServer.channel(test);
        String thread = channel + ".thread.1";
        long message = wire.publish(channel, "{\"text\":\"Where do we meet?\"}");
        wire.publish(thread, "{\"text\":\"At the pier\"}");
        long pin = wire.add(channel, message, "pin", "pinned", "room-bot");
        wire.add(channel, message, "reply", thread, "ann");
        ConsoleWindow window = open("lena", Look.DESK);
        window.room(channel);
        Locator shown = window.message("Where do we meet?");
        assertThat(shown.locator(".marks")).hasText("📌 Pinned by room-bot💬 1 replied");
        wire.add(channel, message, "reply", thread, "bob");
        assertThat(shown.locator(".thread")).hasText("💬 2 replied");
        wire.delete("/v1/message-actions/demo/channel/" + channel + "/message/" + message + "/action/" + pin
                + "?uuid=room-bot");
        assertThat(shown.locator(".marks")).hasText("💬 2 replied");
        shown.locator(".thread").click();
        assertThat(window.message("At the pier")).isVisible();
        assertThat(window.page().locator("#room-title")).hasText(thread);
    }

    @Test
    void presenceIsSwitchedPerRoom(TestInfo test) {
        String channel = RunningServer.channel(test);
        wire.publish(channel, "{\"text\":\"read this\"}");
        ConsoleWindow window = open("mia", Look.DESK);
        window.room(channel);
        assertThat(window.message("read this")).isVisible();
        window.takePart();
        assertThat(window.page().locator("#here")).containsText("1 here: mia");
        ConsoleWindow other = open("alice", Look.DESK); // whose message it is
        other.room(channel);
        assertThat(other.message("read this").locator(".ticks")).hasAttribute("aria-label", "read by mia");
        window.page().locator("#part").press("Space");
        assertThat(window.page().locator("#part")).hasAttribute("aria-checked", "false");
        assertThat(other.page().locator("#here")).containsText("no users");
        window.takePart();
        assertThat(other.page().locator("#here")).containsText("1 here: mia");
        window.room(channel + "-b");
        assertThat(window.page().locator("#part")).hasAttribute("aria-checked", "false");
        assertThat(other.page().locator("#here")).containsText("no users");
    }

    @Test
    void aUserStaysPresentWhenOneOfTwoWindowsLeaves(TestInfo test) {
        String channel = RunningServer.channel(test);
        ConsoleWindow watcher = open("nele", Look.DESK);
        watcher.room(channel);
        Locator changes = watcher.page().locator(".kind-presence ~ .short");
        List<ConsoleWindow> windows = List.of(open("max", Look.DESK), open("max", Look.DESK));
        for (ConsoleWindow window : windows) {
            window.room(channel);
            window.takePart();
        }
        assertThat(windows.getLast().page().locator("#here")).containsText("1 here: max");
        watcher.view("Timeline");
        assertThat(changes).hasText(new String[]{"max join, 1 here"});
        windows.getFirst().page().locator("#part").click();
        assertThat(changes).hasText(new String[]{"max join, 1 here", "max leave, 0 here", "max join, 1 here"});
    }

    @Test
    void messageDuringRoomOpeningIsShownOnce(TestInfo test) {
        String channel = RunningServer.channel(test);
        long first = wire.publish(channel, "{\"text\":\"long ago\"}");
        ConsoleWindow window = open("nina", Look.DESK);
        Page page = window.page();
        page.route("**/v2/subscribe/demo/" + channel + "*/0?**", (Route route) -> {
            wire.publish(channel, "{\"text\":\"before the cursor\"}");
            route.resume();
        });
        page.route("**/v3/history/**/" + channel + "?**", (Route route) -> {
            var response = route.fetch();
            wire.publish(channel, "{\"text\":\"after the page was read\"}");
            wire.add(channel, first, "reaction", "late", "olaf");
            route.fulfill(new Route.FulfillOptions().setResponse(response));
        });
        window.room(channel);
        assertThat(window.message("long ago").locator(".chip")).hasText("late 1");
        assertThat(page.locator(".message .said"))
                .hasText(new String[]{"long ago", "before the cursor", "after the page was read"});
    }

    @Test
    void lastOfQuickClicksWins(TestInfo test) {
        String channel = RunningServer.channel(test);
        long message = wire.publish(channel, "{\"text\":\"clicked\"}");
        wire.add(channel, message, "reaction", "👍", "bob");
        ConsoleWindow window = open("olga", Look.DESK);
        ConsoleWindow same = open("olga", Look.DESK);
        window.room(channel);
        same.room(channel);
        Locator chip = window.message("clicked").locator(".chip");
        assertThat(chip).hasText("👍 1");
        chip.dblclick();
        assertThat(chip).hasText("👍 1");
        for (int clicks = 1; clicks <= 6; clicks++) {
            boolean wasOn = "true".equals(chip.getAttribute("aria-pressed"));
            chip.evaluate("(chip, clicks) => { for (let i = 0; i < clicks; i++) chip.click(); }", clicks);
            boolean isOn = wasOn ^ clicks % 2 == 1;
            assertThat(chip).hasText("👍 " + (isOn ? 2 : 1));
            assertThat(chip).hasAttribute("aria-pressed", "" + isOn);
        }
        // two windows of one person, at the same time
        Locator other = same.message("clicked").locator(".chip");
        chip.evaluate("chip => chip.click()");
        other.evaluate("chip => chip.click()");
        chip.evaluate("chip => chip.click()");
        window.page().waitForCondition(() -> {
            int stored = wire.get(ALL_ACTIONS + channel).json().get("data").size();
            String all = "👍 " + stored;
            return all.equals(chip.textContent()) && all.equals(other.textContent());
        });
        for (ConsoleWindow each : List.of(window, same)) {
            assertThat(each.page().locator("#trouble")).isHidden();
        }
    }

    @Test
    void longAndForeignTextFitsTheLayout(TestInfo test) {
        String channel = RunningServer.channel(test) + "-" + "c".repeat(40);
        String word = "Donaudampfschifffahrt".repeat(20);
        wire.publish(channel, "{\"text\":\"" + word + "\"}");
        wire.publish(channel, "{\"text\":\"שלום, עולם! مرحبا بالعالم\"}");
        long last = wire.publish(channel, "{\"text\":\"👩‍👩‍👧‍👦🏳️‍🌈 short\"}");
        wire.add(channel, last, "reaction", "v".repeat(300), "w".repeat(80));
        wire.add(channel, last, "reaction", "two words ".repeat(25).strip(), "\u202eann");
        wire.add(channel, last, "reaction", "👩‍👩‍👧‍👦", "+49 151 1234567");
        wire.get("/publish/demo/demo/0/" + channel + "/0/%22from%20far%22?uuid=" + "u".repeat(90));
        for (Look look : List.of(Look.DESK, Look.PHONE)) {
            ConsoleWindow window = open("pia-" + "p".repeat(80), look);
            window.room(channel);
            window.takePart();
            assertThat(window.message("short").locator(".chip")).hasCount(3);
            window.picture("room-long-" + look.width());
            assertThat((List<?>) window.page()
                    .evaluate(
                            """
                                    () => [...document.querySelectorAll("#room *, header *")].filter((one) => {
                                      const box = one.getBoundingClientRect();
                                      const around = (one.closest(".message") ?? document.body).getBoundingClientRect();
                                      return box.width > 1 && !one.closest("#here-names") && one.checkVisibility() && (box.right > around.right + 1 || box.left < around.left - 1);
                                    }).map((one) => one.outerHTML.slice(0, 90))"""))
                    .isEmpty();
            assertThat((Integer) window.page().evaluate("document.documentElement.scrollWidth"))
                    .isLessThanOrEqualTo(look.width());
        }
    }

    @Test
    void olderMessagesLoadOnRequest(TestInfo test) {
        String channel = RunningServer.channel(test);
        for (int i = 1; i <= 103; i++) {
            wire.publish(channel, "{\"text\":\"message " + i + ".\"}");
        }
        ConsoleWindow window = open("rosa", Look.DESK);
        Page page = window.page();
        window.room(channel);
        Locator messages = page.locator(".message");
        assertThat(messages).hasCount(25);
        assertThat(messages.last()).isInViewport();
        page.locator("#older button").focus();
        page.keyboard().press("Enter");
        assertThat(messages).hasCount(50);
        assertThat(window.message("message 78.")).isFocused();
        messages.first().focus();
        page.keyboard().press("ArrowUp");
        assertThat(messages).hasCount(75);
        assertThat(window.message("message 53.").first()).isVisible();
        page.locator("#messages").evaluate("list => { list.scrollTop = 0; }");
        assertThat(messages).hasCount(100);
        page.locator("#messages").evaluate("list => { list.scrollTop = 0; }");
        assertThat(messages).hasCount(103);
        assertThat(page.locator("#older")).containsText("first message");
        assertThat(messages.first()).containsText("message 1.");
        wire.publish(channel, "{\"text\":\"news\"}");
        assertThat(page.locator("#newest")).hasText("1 new ↓");
        page.locator("#newest").click();
        assertThat(window.message("news")).isInViewport();
        assertThat(page.locator("#newest")).isHidden();
        window.view("Server");
        window.view("Room");
        assertThat(window.message("news")).isInViewport();
    }

    @Test
    void membersBeyondOnePageAreListed(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        int count = 1205;
        ConsoleWindow early = open("sara", Look.DESK);
        early.room(channel);
        try (Wire.Connection connection = wire.connect()) {
            for (int i = 1; i <= count; i++) {
                connection.get(HERE_NOW + channel + "/heartbeat?heartbeat=300&uuid="
                        + URLEncoder.encode("member " + i, StandardCharsets.UTF_8).replace("+", "%20"));
                assertThat(connection.read().status()).isEqualTo(200);
            }
        }
        ConsoleWindow late = open("tina", Look.DESK);
        late.room(channel);
        for (ConsoleWindow window : List.of(late, early)) {
            assertThat(window.page().locator("#here")).containsText(count + " here: ",
                    new ContainsTextOptions().setTimeout(30_000));
            window.page().locator("#here summary").click();
            assertThat(window.page().locator("#here-list li")).hasCount(count,
                    new HasCountOptions().setTimeout(30_000));
        }
        late.picture("room-members");
    }

    @Test
    void aSecondClickOnOlderShowsNothingTwice(TestInfo test) {
        String channel = RunningServer.channel(test);
        for (int i = 1; i <= 60; i++) {
            wire.publish(channel, "" + i);
        }
        ConsoleWindow window = open("ute", Look.DESK);
        Page page = window.page();
        window.view("Explorer");
        page.locator("#explorer-channel").fill(channel);
        page.locator("#explorer-form button").evaluate("button => { button.click(); button.click(); }");
        Locator rows = page.locator("#explorer-rows tr");
        assertThat(rows).hasCount(25);
        page.locator("#explorer-older").evaluate("button => { button.click(); button.click(); }");
        assertThat(rows).hasCount(50);
        page.locator("#explorer-older").click();
        assertThat(rows).hasCount(60);
        assertThat(page.locator("#explorer-older")).isHidden();
    }
}
