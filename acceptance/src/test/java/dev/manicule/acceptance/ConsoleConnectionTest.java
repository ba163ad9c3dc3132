package dev.manicule.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasAttributeOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.manicule.acceptance.ConsoleWindow.Look;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What connects the console with its server: many tabs, proxies, pages that come back, a server that goes away. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD) // Playwright is for one thread
class ConsoleConnectionTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    @RegisterExtension
    static final ConsoleBrowser BROWSER = new ConsoleBrowser();

    private static final HasAttributeOptions PATIENTLY = new HasAttributeOptions().setTimeout(30_000);

    private final Wire wire = SERVER.wire();

    private static void isConnected(ConsoleWindow window, String state) {
        assertThat(window.page().locator(".state")).hasAttribute("data-state", state, PATIENTLY);
    }

    /** Tells the page that it is shown, or not, as a browser does with tabs. */
    private static void isInSight(ConsoleWindow window, boolean is) {
        window.page().evaluate("""
                (isInSight) => {
                  Object.defineProperty(document, "hidden", { configurable: true, value: !isInSight });
                  document.dispatchEvent(new Event("visibilitychange"));
                }""", is);
    }

    @Test
    void manyTabsReceiveAndPublishTheSame(TestInfo test) {
        String channel = RunningServer.channel(test);
        BrowserContext browser = BROWSER.context(Look.DESK);
        List<ConsoleWindow> tabs = new ArrayList<>();
        for (int i = 1; i <= 9; i++) {
            tabs.add(BROWSER.add(ConsoleWindow.open(browser,
                    "http://" + SERVER.origin() + "/?uuid=tab-" + i + "&channel=" + channel)));
            tabs.getLast().isLive();
        }
        for (ConsoleWindow tab : List.of(tabs.getLast(), tabs.getFirst())) {
            String text = "said in tab " + tabs.indexOf(tab);
            tab.say(text);
            for (ConsoleWindow each : tabs) {
                assertThat(each.message(text)).isVisible();
            }
        }
    }

    @Test
    void belowAPathOfAProxyEverythingWorks(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        try (PathProxy proxy = new PathProxy(SERVER.port(), "/chat", true)) {
            ConsoleWindow window = BROWSER.openUrl(proxy.url() + "?uuid=vera", Look.DESK);
            Page page = window.page();
            window.room(channel);
            window.takePart();
            window.say("from below a path");
            Locator said = window.message("from below a path");
            said.getByLabel("React").click();
            said.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("🎉")).click();
            assertThat(said.locator(".chip")).hasText("🎉 1");
            wire.publish(channel, "{\"text\":\"and live\"}");
            assertThat(window.message("and live")).isVisible();
            assertThat(page.locator("#here")).containsText("1 here: vera");
            window.view("Explorer");
            assertThat(page.locator("#explorer-count")).containsText("2 messages");
            window.view("Server");
            assertThat(page.locator("#server-about")).containsText("Manicule");
            assertThat(page.locator(".chart .now").first()).containsText("/s",
                    new ContainsTextOptions().setTimeout(15_000));
            window.view("Requests");
            assertThat(page.locator("#code")).containsText("curl");
            assertThat(page.locator("#code")).containsText(proxy.url() + "v");
            String below = proxy.url().substring("http".length());
            assertThat(window.asked()).allMatch(url -> url.startsWith("http" + below) || url.startsWith("ws" + below));
            assertThat(window.asked()).anyMatch(url -> url.startsWith("ws"));
        }
    }

    /** By polls, and only tabs in sight poll: the others leave the browser's connections free. */
    @Test
    void consoleMissesNothingWithoutWebSockets(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        try (PathProxy proxy = new PathProxy(SERVER.port(), "", false)) {
            ConsoleWindow window = BROWSER.openUrl(proxy.url() + "?uuid=wim&channel=" + channel, Look.DESK);
            window.isLive();
            wire.publish(channel, "{\"text\":\"in sight\"}");
            assertThat(window.message("in sight")).isVisible();
            isInSight(window, false);
            window.page().waitForCondition(() -> window.polls() == 0);
            wire.publish(channel, "{\"text\":\"out of sight\"}");
            isInSight(window, true);
            assertThat(window.message("out of sight")).hasCount(1);
            wire.publish(channel, "{\"text\":\"in sight again\"}");
            assertThat(window.message("in sight again")).isVisible();
        }
    }

    @Test
    void pageFromTheBrowserCacheReconnects(TestInfo test) {
        String channel = RunningServer.channel(test);
        ConsoleWindow window = BROWSER.open(SERVER.origin(), "xaver&channel=" + channel, Look.DESK);
        window.isLive();
        window.takePart();
        ConsoleWindow other = BROWSER.open(SERVER.origin(), "yara&channel=" + channel, Look.DESK);
        assertThat(other.page().locator("#here")).containsText("1 here: xaver");
        window.page().evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))");
        assertThat(other.page().locator("#here")).containsText("no users");
        wire.publish(channel, "{\"text\":\"said meanwhile\"}");
        window.page().evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
        assertThat(window.message("said meanwhile")).hasCount(1);
        assertThat(other.page().locator("#here")).containsText("1 here: xaver");
        wire.publish(channel, "{\"text\":\"said afterwards\"}");
        assertThat(window.message("said afterwards")).hasCount(1);
        assertThat(window.page().locator(".message .said"))
                .hasText(new String[]{"said meanwhile", "said afterwards"});
    }

    @Test
    void unsentMessageIsKeptAndResentOnce(@TempDir Path folder) throws Exception {
        ConsoleWindow window;
        Locator kept;
        int port;
        try (ServerProcess first = ServerProcess.start(folder, 0)) {
            port = first.port();
            window = BROWSER.open("127.0.0.1:" + port, "zoe&channel=kept", Look.DESK);
            window.isLive();
            kept = window.page().locator("#outbox li");
            first.kill();
            isConnected(window, "lost");
            window.say("do not lose me");
            window.say("nor me");
            window.say("but me");
            assertThat(kept).hasCount(3);
            assertThat(kept.first()).containsText("do not lose me");
            assertThat(kept.first()).containsText("Not sent. The server does not answer.");
            window.room("elsewhere", "lost");
            assertThat(kept).hasCount(0);
            window.room("kept", "lost");
            assertThat(kept).hasCount(3);
            window.picture("outbox");
        }
        try (ServerProcess second = ServerProcess.start(folder, port)) {
            isConnected(window, "connected");
            assertThat(window.page().locator("#trouble")).isHidden();
            for (String text : List.of("do not lose me", "nor me")) {
                kept.filter(new Locator.FilterOptions().setHasText(text)).getByText("Send again").click();
                assertThat(window.message(text)).hasCount(1);
            }
            kept.getByText("Discard").click();
            assertThat(kept).hasCount(0);
            assertThat(second.wire().get("/v3/history/sub-key/demo/channel/kept").json().at("/channels/kept"))
                    .hasSize(2);
        }
    }

    /** The answer is lost, and not the message, or a proxy answers in its place: sending again stores no second one. */
    @Test
    void resentMessageIsStoredOnce(TestInfo test) {
        String channel = RunningServer.channel(test);
        ConsoleWindow window = BROWSER.open(SERVER.origin(), "ann&channel=" + channel, Look.DESK);
        window.isLive();
        List<Consumer<Route>> proxies = List.of(Route::abort,
                route -> route.fulfill(new Route.FulfillOptions().setStatus(502).setBody("<h1>Bad Gateway</h1>")),
                route -> route.fulfill(new Route.FulfillOptions().setStatus(403).setBody("{}")),
                route -> route.fulfill(new Route.FulfillOptions().setStatus(200).setBody("<h1>Log in</h1>")));
        for (Consumer<Route> proxy : proxies) {
            String text = "only once: " + proxies.indexOf(proxy);
            window.page().route("**/publish/**", route -> {
                route.fetch();
                proxy.accept(route);
            }, new Page.RouteOptions().setTimes(1));
            window.say(text);
            assertThat(window.message(text)).hasCount(1);
            window.page().getByText("Send again").click();
            assertThat(window.page().locator("#outbox li")).hasCount(0);
            assertThat(window.message(text)).hasCount(1);
        }
        assertThat(wire.get("/v3/history/sub-key/demo/channel/" + channel).json().at("/channels/" + channel))
                .hasSize(proxies.size());
    }

    @Test
    void aPlusInTheAddressIsAPlus(TestInfo test) {
        String channel = RunningServer.channel(test);
        Page page = BROWSER.openUrl("http://" + SERVER.origin() + "/?uuid=+49151+1%20a&auth=&channel=" + channel + "+x",
                Look.DESK).page();
        assertThat(page.locator("#who-name")).hasText("+49151+1 a");
        assertThat(page.locator("#settings [name=uuid]")).hasValue("+49151+1 a");
        assertThat(page.locator("#room-channel")).hasValue(channel + "+x");
    }

    @Test
    void absentUsersDisappearAfterARestart(@TempDir Path folder) throws Exception {
        ConsoleWindow window;
        int port;
        try (ServerProcess first = ServerProcess.start(folder, 0)) {
            port = first.port();
            window = BROWSER.open("127.0.0.1:" + port, "bea&channel=ghosts", Look.DESK);
            window.isLive();
            first.wire().get("/v2/presence/sub-key/demo/channel/ghosts/heartbeat?uuid=ghost&heartbeat=8");
            assertThat(window.page().locator("#here")).containsText("1 here: ghost");
            first.kill();
            isConnected(window, "lost");
        }
        try (ServerProcess _ = ServerProcess.start(folder, port)) {
            isConnected(window, "connected");
            assertThat(window.page().locator("#here")).containsText("no users",
                    new LocatorAssertions.ContainsTextOptions().setTimeout(30_000)); // its heartbeat is over
        }
    }

    /** As after a night for which nothing is kept: the server tells that it can't tell all. */
    @Test
    void consoleRereadsHistoryAfterAGap(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        BrowserContext browser = BROWSER.context(Look.DESK);
        List<Route> polls = new ArrayList<>();
        browser.route(url -> url.contains("/v2/subscribe/") && !url.contains("tt=0&"), polls::add);
        try (PathProxy proxy = new PathProxy(SERVER.port(), "", false)) {
            ConsoleWindow window = BROWSER
                    .add(ConsoleWindow.open(browser, proxy.url() + "?uuid=dan&channel=" + channel));
            assertThat(window.page().locator("#older")).containsText("No messages");
            window.page().waitForCondition(() -> !polls.isEmpty());
            wire.publish(channel, "{\"text\":\"never delivered\"}");
            polls.getFirst()
                    .fulfill(new Route.FulfillOptions().setBody("{\"t\":{\"t\":\""
                            + wire.get("/time/0").json().get(0).asText()
                            + "\",\"r\":12},\"m\":[],\"recovered\":false}"));
            assertThat(window.message("never delivered")).hasCount(1);
        }
    }

    @Test
    void networkChangeDetectsADeadConnection(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        ConsoleWindow window = BROWSER.open(SERVER.origin(), "cleo&channel=" + channel, Look.DESK);
        window.isLive();
        window.page().context().setOffline(true);
        isConnected(window, "lost");
        wire.publish(channel, "{\"text\":\"said meanwhile\"}");
        window.page().context().setOffline(false);
        isConnected(window, "connected");
        assertThat(window.message("said meanwhile")).hasCount(1);
    }
}
