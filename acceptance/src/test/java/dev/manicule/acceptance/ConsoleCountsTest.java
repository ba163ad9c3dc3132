package dev.manicule.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import dev.manicule.acceptance.ConsoleWindow.Look;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The counts of reactions in the room of the console: of summaries, of events, and of both in any order. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD) // Playwright is for one thread
class ConsoleCountsTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    @RegisterExtension
    static final ConsoleBrowser BROWSER = new ConsoleBrowser();

    private static final int SEEDS = 5;

    private final Wire wire = SERVER.wire();

    private static ConsoleWindow open(String uuid) {
        return BROWSER.open(SERVER.origin(), uuid, Look.DESK);
    }

    private void removeByValue(String channel, long message, String value, String uuid) {
        assertThat(wire.delete("/v1/message-actions/demo/channel/" + channel + "/message/" + message + "?uuid=" + uuid
                + "&type=reaction&value=" + value).status()).isEqualTo(200);
    }

    /** Neither when the page opens nor later does it read each action. */
    @Test
    void manyReactionsAreCountedAndTheFirstUsersNamed(TestInfo test) {
        String channel = RunningServer.channel(test);
        long message = wire.publish(channel, "{\"text\":\"popular\"}");
        for (int i = 1; i <= 30; i++) {
            wire.add(channel, message, "reaction", "wave", "user" + i);
        }
        ConsoleWindow window = open("vera");
        window.room(channel);
        Locator chip = window.message("popular").locator(".chip");
        assertThat(chip).hasText("wave 30");
        assertThat(chip).hasAttribute("title", "wave: user1, user2, user3 and 27 more");
        assertThat(chip).hasAttribute("aria-pressed", "false");
        chip.click();
        assertThat(chip).hasText("wave 31");
        assertThat(chip).hasAttribute("title", "wave: vera, user1, user2, user3 and 27 more");
        assertThat(chip).hasAttribute("aria-pressed", "true");
        wire.add(channel, message, "reaction", "wave", "wim");
        assertThat(chip).hasText("wave 32");
        assertThat(chip).hasAttribute("title", "wave: vera, user1, user2, user3, wim and 27 more");
        removeByValue(channel, message, "wave", "user2");
        assertThat(chip).hasText("wave 31");
        assertThat(chip).hasAttribute("title", "wave: vera, user1, user3, wim and 27 more");
        removeByValue(channel, message, "wave", "vera"); // in another window, as it were
        assertThat(chip).hasText("wave 30");
        assertThat(chip).hasAttribute("aria-pressed", "false");
        window.page().reload();
        assertThat(chip).hasText("wave 30");
        assertThat(window.asked()).noneMatch(url -> url.contains("history-with-actions"));
    }

    @Test
    void conflictShowsTheReactionThatIsThere(TestInfo test) {
        String channel = RunningServer.channel(test);
        long message = wire.publish(channel, "{\"text\":\"clicked\"}");
        wire.add(channel, message, "reaction", "wave", "ann");
        ConsoleWindow window = open("xaver");
        window.room(channel);
        // no event says what the response says: streams open, and bring nothing
        window.page()
                .addInitScript("window.WebSocket = class extends EventTarget { constructor() { super(); "
                        + "setTimeout(() => this.dispatchEvent(new Event('open'))); } close() {} }");
        window.page().reload();
        Locator chip = window.message("clicked").locator(".chip");
        assertThat(chip).hasText("wave 1");
        String post = "**/v1/message-actions/**/message/" + message + "?*";
        List<Integer> statuses = new CopyOnWriteArrayList<>();
        window.page().route(post, route -> {
            if (statuses.isEmpty()) { // another window of the user is faster
                wire.add(channel, message, "reaction", "wave", "xaver");
            }
            APIResponse response = route.fetch();
            statuses.add(response.status());
            route.fulfill(new Route.FulfillOptions().setResponse(response));
        });
        chip.click();
        assertThat(chip).hasText("wave 2");
        assertThat(chip).hasAttribute("aria-pressed", "true");
        window.page().waitForCondition(() -> statuses.equals(List.of(409)));
        chip.click(); // which takes the timetoken of the action that was there
        assertThat(chip).hasText("wave 1");
        assertThat(chip).hasAttribute("aria-pressed", "false");
        window.page()
                .waitForCondition(() -> wire.get("/v1/message-actions/demo/channel/" + channel)
                        .json()
                        .get("data")
                        .size() == 1);
        assertThat(window.page().locator("#trouble")).isHidden();
    }

    @Test
    void actionDuringTheReadingOfItsPageIsCounted(TestInfo test) {
        String channel = RunningServer.channel(test);
        long old = wire.publish(channel, "{\"text\":\"long ago\"}");
        wire.add(channel, old, "reaction", "wave", "ann");
        for (int i = 1; i <= 25; i++) {
            wire.publish(channel, "{\"text\":\"message " + i + ".\"}");
        }
        ConsoleWindow window = open("yve");
        Page page = window.page();
        window.room(channel);
        assertThat(page.locator(".message")).hasCount(25);
        List<Route> pages = new CopyOnWriteArrayList<>();
        page.route("**/v3/history/**/" + channel + "?**", pages::add);
        page.locator("#messages").evaluate("list => { list.scrollTop = 0; }"); // which asks for the page
        page.waitForCondition(() -> !pages.isEmpty());
        APIResponse early = pages.getFirst().fetch();
        wire.add(channel, old, "reaction", "wave", "bob");
        wire.add(channel, old, "reaction", "smile", "bob");
        removeByValue(channel, old, "smile", "bob");
        assertThat(page.locator("#envelopes .kind-action")).hasCount(3);
        pages.getFirst().fulfill(new Route.FulfillOptions().setResponse(early));
        Locator chip = window.message("long ago").locator(".chip");
        assertThat(chip).hasText(new String[]{"wave 2"});
        assertThat(chip).hasAttribute("title", "wave: ann, bob");
    }

    /** The history is generated, and is in a file of its own. */
    @Test
    void countsAreExactInEveryOrderOfSummariesAndEvents() throws Exception {
        String generated = Files.readString(Folders.checkout().resolve("acceptance/browser/counts.js"));
        Page page = open("zoe").page();
        for (int seed = 1; seed <= SEEDS; seed++) {
            assertThat(page.evaluate(generated, seed * 7919)).isNull();
        }
    }
}
