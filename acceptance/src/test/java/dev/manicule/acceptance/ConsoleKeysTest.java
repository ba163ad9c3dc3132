package dev.manicule.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.manicule.acceptance.ConsoleWindow.Look;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.Permission;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import dev.manicule.server.limits.AddressRange;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The console with keysets of one's own, with tokens, and without either. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD) // Playwright is for one thread
class ConsoleKeysTest {
    /** It tells its keysets to this machine. */
    @RegisterExtension
    static final RunningServer TELLING = new RunningServer(
            config -> config.withMetricsFrom(AddressRange.LOOPBACK).withKeysets(List.of(Keyset.of("sub-a", "pub-a"))));

    /** It tells its keysets to no one. */
    @RegisterExtension
    static final RunningServer SILENT = new RunningServer(
            config -> config.withKeysets(List.of(Keyset.of("sub-b", "pub-b"),
                    Keyset.of("sub-c", "pub-c").guarded(new Secret("sec-c")))));

    @RegisterExtension
    static final ConsoleBrowser BROWSER = new ConsoleBrowser();

    private static void apply(Page page, String field, String value) {
        page.locator("#settings [name=" + field + "]").fill(value);
        page.locator("#settings button").click();
    }

    private static ManiculeClient owner() {
        return ManiculeClient.of(ClientConfig.forUser("owner")
                .origin(SILENT.origin())
                .subscribeKey("sub-c")
                .publishKey("pub-c")
                .secretKey("sec-c")
                .build());
    }

    @Test
    void consoleRequestsThePublishKeyWhenNeeded(TestInfo test) {
        ConsoleWindow window = BROWSER.open(TELLING.origin(), "dora", Look.DESK);
        Page page = window.page();
        window.room(RunningServer.channel(test));
        assertThat(page.locator("#trouble")).isHidden();
        window.say("with which key?");
        assertThat(page.locator("#settings-why")).containsText("publish key");
        assertThat(page.locator("#settings [name=publishKey]")).isFocused();
        apply(page, "publishKey", "pub-a");
        page.getByText("Send again").click();
        assertThat(window.message("with which key?")).isVisible();
    }

    @Test
    void consoleRequestsKeysOnceAndRemembersThem(TestInfo test) {
        BrowserContext browser = BROWSER.context(Look.DESK);
        ConsoleWindow window = BROWSER.add(ConsoleWindow.open(browser, "http://" + SILENT.origin() + "/"));
        Page page = window.page();
        assertThat(page.locator("#settings-why")).containsText("Which subscribe key");
        assertThat(page.locator("#settings [name=subscribeKey]")).isFocused();
        assertThat(page.locator("#trouble")).isHidden();
        window.picture("keys");
        page.locator("#settings [name=publishKey]").fill("pub-b");
        apply(page, "subscribeKey", "sub-none");
        assertThat(page.locator("#settings-why")).containsText("does not serve this subscribe key");
        apply(page, "subscribeKey", "sub-b");
        window.isLive();
        assertThat(page.locator("#trouble")).isHidden();
        ConsoleWindow again = BROWSER.add(ConsoleWindow.open(browser, "http://" + SILENT.origin() + "/"));
        again.room(RunningServer.channel(test));
        assertThat(again.page().locator("#settings")).isHidden();
        again.say("remembered");
        assertThat(again.message("remembered")).isVisible();
    }

    @Test
    void consoleNamesMissingPermissions(TestInfo test) {
        String channel = RunningServer.channel(test);
        try (ManiculeClient owner = owner()) {
            owner.publish(channel, "hello").sync().orThrow();
            String token = owner.grantToken(60).channel(channel, Permission.READ).sync().orThrow().token();
            ConsoleWindow window = BROWSER.open(SILENT.origin(),
                    "emma&subscribeKey=sub-c&publishKey=pub-c&channel=" + channel, Look.DESK);
            Page page = window.page();
            assertThat(page.locator("#trouble")).containsText("this takes a token that grants read on “" + channel);
            page.locator(".who summary").click();
            apply(page, "auth", token);
            window.isLive();
            assertThat(window.message("hello")).isVisible();
            assertThat(page.locator("#trouble"))
                    .containsText("the token does not grant read on " + channel + "-pnpres");
            window.view("Timeline");
            page.locator("#timeline-channels").fill("secret, secrets.*");
            page.locator("#timeline-form button").click();
            assertThat(page.locator("#trouble")).containsText("-pnpres, secret, secrets.*");
            window.isLive();
            window.view("Room");
            owner.publish(channel, "live").sync().orThrow();
            assertThat(window.message("live")).isVisible();
            window.say("may I?");
            assertThat(page.locator("#outbox"))
                    .containsText("Not sent. Forbidden: the token does not grant write on “" + channel + "”.");
        }
    }

    @Test
    void expiredTokenIsReportedAndCanBeReplaced(TestInfo test) {
        String channel = RunningServer.channel(test);
        try (ManiculeClient owner = owner()) {
            String token = owner.grantToken(60)
                    .channel(channel, Permission.READ, Permission.WRITE)
                    .channel(channel + "-pnpres", Permission.READ)
                    .authorizedUuid("fritz")
                    .sync()
                    .orThrow()
                    .token();
            ConsoleWindow window = BROWSER.open(SILENT.origin(),
                    "fritz&subscribeKey=sub-c&publishKey=pub-c&channel=" + channel, Look.DESK);
            Page page = window.page();
            page.locator(".who summary").click();
            apply(page, "auth", token);
            window.isLive();
            window.say("still there");
            assertThat(window.message("still there")).isVisible();
            owner.revokeToken(token).sync().orThrow();
            owner.publish(channel, "not for all").sync().orThrow();
            assertThat(page.locator("#trouble")).containsText("Token is revoked");
            assertThat(page.locator(".state")).hasAttribute("data-state", "refused");
            String next = owner.grantToken(60).channelPattern(".*", Permission.READ).sync().orThrow().token();
            page.locator(".who summary").click();
            apply(page, "auth", next);
            assertThat(window.message("not for all")).isVisible();
            assertThat(page.locator("#trouble")).isHidden();
        }
    }
}
