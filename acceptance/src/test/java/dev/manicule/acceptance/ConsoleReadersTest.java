package dev.manicule.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.manicule.acceptance.ConsoleWindow.Look;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.ActionRules;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the console shows of a keyset's rules for actions, and of how far users have read a channel. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD) // Playwright is for one thread
class ConsoleReadersTest {
    private static final ActionRules RULES = new ActionRules(List.of(
            new ActionRule("reaction", ActionRule.Kind.ONE, List.of("👍", "🎉"), ActionRule.Most.ANY, false, false),
            new ActionRule("tag", ActionRule.Kind.MANY, List.of(), new ActionRule.Most(3, 2, 60), false, true)));

    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    @RegisterExtension
    static final RunningServer RULED = new RunningServer(config -> config.withMetricsFrom(
            AddressRange.LOOPBACK)
            .withKeysets(List.of(
                    Keyset.of("demo", "demo").with(new Keyset.Policy(false, null, 0, List.of(), RULES)))));

    @RegisterExtension
    static final ConsoleBrowser BROWSER = new ConsoleBrowser();

    private final Wire wire = SERVER.wire();

    private void mark(String channel, String uuid, long upTo) {
        assertThat(wire.send("POST", "/v1/read-marks/demo/channel/" + channel + "?uuid=" + uuid,
                ("{\"timetoken\":\"" + upTo + "\"}").getBytes(StandardCharsets.UTF_8)).status()).isEqualTo(200);
    }

    @Test
    void readMarksAreShownAsTheyAdvance(TestInfo test) {
        String channel = RunningServer.channel(test);
        long first = wire.publish(channel, "{\"text\":\"first\"}");
        long second = wire.publish(channel, "{\"text\":\"second\"}");
        long third = wire.publish(channel, "{\"text\":\"third\"}");
        ConsoleWindow window = BROWSER.open(SERVER.origin(), "vera", Look.DESK);
        window.room(channel);
        Page page = window.page();
        assertThat(page.locator("#readers-names")).hasText("no read marks");
        mark(channel, "ann", second);
        mark(channel, "bob", first);
        assertThat(page.locator("#readers-names")).hasText("read by ann, bob");
        page.reload(); // which reads the marks, where events brought them before
        assertThat(page.locator("#readers-names")).hasText("read by ann, bob");
        page.locator("#readers summary").click();
        Locator marks = page.locator("#readers-list li");
        assertThat(marks.first()).hasAttribute("data-timetoken", "" + second);
        mark(channel, "bob", third);
        assertThat(marks.first()).hasAttribute("data-timetoken", "" + third);
        assertThat(marks.first()).containsText("bob up to ");
        assertThat(marks).hasCount(2);
        assertThat(page.locator("#readers-names")).hasText("read by bob, ann");
        window.picture("room-readers");
        window.view("Timeline");
        assertThat(page.locator(".kind-read-mark")).hasCount(1);
        assertThat(page.locator(".envelope").first()).containsText("bob has read up to " + third);
        window.view("Room");
        window.room(channel + "-other");
        assertThat(page.locator("#readers-names")).hasText("no read marks");
        assertThat(window.methods()).containsExactly("GET");
    }

    @Test
    void furthestReadersOfManyAreListed(TestInfo test) {
        String channel = RunningServer.channel(test);
        long message = wire.publish(channel, "{\"text\":\"read by many\"}");
        for (int i = 1; i <= 105; i++) {
            mark(channel, "user" + i, message - i);
        }
        ConsoleWindow window = BROWSER.open(SERVER.origin(), "wim", Look.PHONE);
        window.room(channel);
        Page page = window.page();
        assertThat(page.locator("#readers-names")).hasText("read by user1, user2, user3, user4, user5 …");
        page.locator("#readers summary").click();
        Locator marks = page.locator("#readers-list li[data-timetoken]");
        assertThat(marks).hasCount(100);
        assertThat(page.locator("#readers-list")).containsText("and others, who have read less");
        mark(channel, "user105", message);
        assertThat(marks.first()).containsText("user105");
        assertThat(marks).hasCount(100);
        assertThat(marks.last()).containsText("user99");
    }

    @Test
    void rulesSayWhatAReactionDoes(TestInfo test) {
        String channel = RunningServer.channel(test);
        long message = RULED.wire().publish(channel, "{\"text\":\"tea or coffee?\"}");
        ConsoleWindow window = BROWSER.open(RULED.origin(), "xenia", Look.DESK);
        window.isLive(); // with the keyset that the server names
        window.room(channel);
        Page page = window.page();
        window.view("Server");
        Locator rules = page.locator("#rules tr");
        assertThat(rules).hasCount(2);
        assertThat(rules.first()).containsText("reaction");
        assertThat(rules.first()).containsText("👍, 🎉");
        assertThat(rules.first()).containsText("another one replaces it.");
        assertThat(rules.last()).containsText("any");
        assertThat(rules.last()).containsText("At most 3 different values on a message. At most 2 of each user on a "
                + "message. Each leaves after 60 s. Only the owner of the keyset removes them.");
        window.picture("rules");
        window.view("Room");
        Locator said = window.message("tea or coffee?");
        Locator picker = said.locator(".picker summary");
        picker.click();
        assertThat(said.locator(".choices button")).hasText(new String[]{"👍", "🎉"});
        assertThat(said.locator(".choices .rule"))
                .hasText("One value of each user: another one replaces it.");
        said.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("🎉")).click();
        assertThat(said.locator(".chip")).hasText("🎉 1");
        picker.click();
        window.picture("rule-of-reactions");
        said.locator(".choices button").first().click();
        assertThat(said.locator(".chip")).hasText(new String[]{"👍 1"});
        assertThat(said.locator(".chip")).hasAttribute("aria-pressed", "true");
        assertThat(RULED.wire()
                .get("/v1/message-actions/demo/channel/" + channel + "/message/" + message)
                .json()
                .get("data")).hasSize(1);
    }

    @Test
    void keysetWithoutRulesTakesAnyReaction(TestInfo test) {
        String channel = RunningServer.channel(test);
        wire.publish(channel, "{\"text\":\"free\"}");
        ConsoleWindow window = BROWSER.open(SERVER.origin(), "yan", Look.DESK);
        window.room(channel);
        window.message("free").locator(".picker summary").click();
        assertThat(window.message("free").locator(".choices button")).hasCount(6);
        assertThat(window.message("free").locator(".choices .rule")).hasCount(0);
        window.view("Server");
        assertThat(window.page().locator("#rules")).containsText("None: users add and remove actions of any type");
    }
}
