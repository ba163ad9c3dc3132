package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.GetUnreadCounts.Unread;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.Permission;
import dev.manicule.client.ReadMark;
import dev.manicule.client.ReadMarkPage;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Read marks and unread counts, of the Java client at the real server. */
class ClientReadMarksTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(config -> config.withKeysets(List.of(
            Keyset.of("demo", "demo"), Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("sec-c-1")))));

    private final ManiculeClient alice = SERVER.client("alice");
    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = "chats." + RunningServer.channel(test);
    }

    @AfterEach
    void close() {
        alice.close();
    }

    private long publish() {
        return alice.publish(channel, "hello").sync().orThrow().timetoken();
    }

    private long mark(String user, long upTo) {
        return alice.as(user).markRead(channel, upTo).sync().orThrow().timetoken();
    }

    private Unread unread(String user) {
        return alice.as(user).getUnreadCounts(channel).sync().orThrow().unread(channel);
    }

    @Test
    void readMarksNeverGoBack() {
        long first = publish();
        long second = publish();
        assertThat(unread("bob")).isEqualTo(new Unread(0, 2));
        assertThat(mark("bob", first)).isEqualTo(first);
        assertThat(unread("bob")).isEqualTo(new Unread(first, 1));
        assertThat(mark("bob", second)).isEqualTo(second);
        assertThat(mark("bob", first)).isEqualTo(second);
        assertThat(unread("bob")).isEqualTo(new Unread(second, 0));
        assertThat(unread("cem")).isEqualTo(new Unread(0, 2));
    }

    @Test
    void markOfTheFutureStandsAtThePresent() {
        publish();
        assertThat(mark("bob", Long.MAX_VALUE)).isLessThan(publish());
        assertThat(unread("bob").count()).isEqualTo(1);
    }

    @Test
    void moreChannelsThanARequestTakesAreCountedAll() {
        long message = publish();
        List<String> channels = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            channels.add(channel + "/" + i + " & é");
        }
        channels.add(channel);
        alice.publish(channels.get(120), "hello").sync().orThrow();
        var counts = alice.getUnreadCounts().channels(channels).sync().orThrow();
        assertThat(counts.channels().keySet()).containsExactlyElementsOf(channels);
        assertThat(counts.channels().values().stream().mapToLong(Unread::count).sum()).isEqualTo(2);
        assertThat(counts.unread(channels.get(120)).count()).isEqualTo(1);
        assertThat(counts.unread(channel)).isEqualTo(new Unread(0, 1));
        assertThat(mark("alice", message)).isEqualTo(message);
        assertThat(unread("alice").count()).isZero();
    }

    @Test
    void readersOfAMessageComePageByPage() {
        long first = publish();
        long second = publish();
        List<String> users = List.of("alice", "bob & co", "cem", "dan", "é");
        for (String user : users) {
            mark(user, user.equals("cem") ? first : second);
        }
        ReadMarkPage page = alice.getReadMarks(channel).limit(2).sync().orThrow();
        assertThat(page.marks()).extracting(ReadMark::uuid).containsExactly("cem", "é");
        assertThat(page.marks()).extracting(ReadMark::timetoken).containsExactly(first, second);
        assertThat(page.marks()).allSatisfy(mark -> assertThat(mark.markedAt()).isGreaterThan(second));
        assertThat(alice.getReadMarks(channel).cursor(page.cursor()).sync().orThrow().marks())
                .extracting(ReadMark::uuid)
                .containsExactly("dan", "bob & co", "alice");
        assertThat(alice.getReadMarks(channel).limit(2).newestFirst().stream()).extracting(ReadMark::uuid)
                .containsExactly("alice", "bob & co", "dan", "é", "cem");
        assertThat(alice.getReadMarks(channel).since(second).limit(1).stream()).extracting(ReadMark::uuid)
                .containsExactly("é", "dan", "bob & co", "alice");
    }

    private static ClientConfig.Builder guarded(String uuid) {
        return ClientConfig.forUser(uuid).origin(SERVER.origin()).subscribeKey("sub-c-1").publishKey("pub-c-1");
    }

    @Test
    void permissionToReadIsEnoughToMark() {
        try (ManiculeClient owner = ManiculeClient.of(guarded("owner").secretKey("sec-c-1").build());
                ManiculeClient bob = ManiculeClient.of(guarded("bob").build())) {
            long message = owner.publish(channel, "hello").sync().orThrow().timetoken();
            assertThat(bob.markRead(channel, message).sync().status().category()).isEqualTo(Category.ACCESS_DENIED);
            bob.setToken(owner.grantToken(5).channel(channel, Permission.READ).sync().orThrow().token());
            assertThat(bob.getUnreadCounts(channel).sync().orThrow().unread(channel).count()).isEqualTo(1);
            assertThat(bob.markRead(channel, message).sync().orThrow().timetoken()).isEqualTo(message);
            assertThat(owner.getReadMarks(channel).stream()).extracting(ReadMark::uuid).containsExactly("bob");
            assertThat(owner.markRead(channel, message).sync().orThrow().timetoken()).isEqualTo(message);
        }
    }
}
