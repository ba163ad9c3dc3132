package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.client.Category;
import dev.manicule.client.ChannelMetadata;
import dev.manicule.client.Include;
import dev.manicule.client.Listener;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.Membership;
import dev.manicule.client.MetadataEvent;
import dev.manicule.client.MetadataPage;
import dev.manicule.client.Status;
import dev.manicule.client.UserMetadata;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Metadata and memberships, of the Java client at the real server. */
class ClientAppContextTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private final ManiculeClient client = SERVER.client("alice");
    /** Stands before each id. */
    private String test = "";

    @BeforeEach
    void name(TestInfo info) {
        test = RunningServer.channel(info) + ".";
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void setChangesOnlyTheFieldsThatItNames() {
        String ann = test + "ann";
        UserMetadata made = client.setUserMetadata(ann)
                .name("Ann")
                .email("a@example.com")
                .custom(Map.of("age", 30))
                .sync()
                .orThrow();
        assertThat(made.custom()).hasToString("{\"age\":30}");
        client.setUserMetadata(ann).status("away").email(null).sync().orThrow();
        UserMetadata read = client.getUserMetadata(ann).include(Include.STATUS).sync().orThrow();
        assertThat(read.name()).isEqualTo("Ann");
        assertThat(read.email()).isNull();
        assertThat(read.status()).isEqualTo("away");
        assertThat(read.custom()).as("not requested").isNull();
        assertThat(read.updated()).isAfter(made.updated());
        client.removeUserMetadata(ann).sync().orThrow();
        assertThat(client.getUserMetadata(ann).sync().status().statusCode()).isEqualTo(404);
    }

    @Test
    void setOfWhatHasChangedChangesNothing() {
        String room = test + "room";
        ChannelMetadata read = client.setChannelMetadata(room).name("a").description("d").sync().orThrow();
        client.setChannelMetadata(room).name("b").ifMatch(String.valueOf(read.eTag())).sync().orThrow();
        Status late = client.setChannelMetadata(room).name("c").ifMatch(String.valueOf(read.eTag())).sync().status();
        assertThat(late.category()).isEqualTo(Category.PRECONDITION_FAILED);
        assertThat(client.getChannelMetadata(room).sync().orThrow().name()).isEqualTo("b");
    }

    @Test
    void listsAreFilteredSortedAndPagedBothWays() {
        for (String name : List.of("c", "a", "d", "b")) {
            client.setUserMetadata(test + name).name(name).type(test).sync().orThrow();
        }
        var list = client.listUserMetadata().filter("type == '" + test + "'").sort("name:desc").limit(3);
        assertThat(list.stream().map(UserMetadata::name)).containsExactly("d", "c", "b", "a");
        MetadataPage<UserMetadata> first = list.withTotalCount().sync().orThrow();
        assertThat(first.totalCount()).hasValue(4);
        assertThat(first.prev()).isNull();
        MetadataPage<UserMetadata> second = list.cursor(first.next()).sync().orThrow();
        assertThat(second.next()).isNull();
        assertThat(second.entries()).extracting(UserMetadata::name).containsExactly("a");
        assertThat(list.before(second.prev()).sync().orThrow().entries()).isEqualTo(first.entries());
    }

    @Test
    void membershipsAreInTheListsOfBoth() {
        String ann = test + "ann";
        client.setChannelMetadata(test + "x").name("X").sync().orThrow();
        client.changeMemberships(ann).set(test + "x").status("new").set(test + "y").sync().orThrow();
        client.changeMembers(test + "x").set(test + "bob").custom(Map.of("role", "admin")).sync().orThrow();
        List<Membership> mine = client.getMemberships(ann).withMetadata().sync().orThrow().entries();
        assertThat(mine).extracting(each -> each.channel().name()).containsExactly("X", null);
        assertThat(mine.get(0).status()).isEqualTo("new");
        assertThat(mine.get(0).user().id()).isEqualTo(ann);
        assertThat(client.getMembers(test + "x").limit(1).stream()).extracting(each -> each.user().id())
                .containsExactly(ann, test + "bob");
        MetadataPage<Membership> left = client.changeMemberships(ann).remove(test + "x", "never").sync().orThrow();
        assertThat(left.entries()).extracting(each -> each.channel().id()).containsExactly(test + "y");
    }

    @Test
    void subscribersReceiveWhatChanges() {
        String room = test + "room";
        List<MetadataEvent> events = new CopyOnWriteArrayList<>();
        client.addListener(new Listener() {
            @Override
            public void metadata(MetadataEvent event) {
                events.add(event);
            }
        });
        client.subscribeFrom(client.time().sync().orThrow().timetoken(), room);
        client.setChannelMetadata(room).name("Room").sync().orThrow();
        client.changeMembers(room).set(test + "ann").sync().orThrow();
        client.removeChannelMetadata(room).sync().orThrow();
        await().until(() -> events.size() >= 3);
        assertThat(events).extracting(MetadataEvent::event).containsExactly("set", "set", "delete");
        assertThat(events.get(0).metadata()).isInstanceOfSatisfying(ChannelMetadata.class,
                channel -> assertThat(channel.name()).isEqualTo("Room"));
        assertThat(events.get(1).metadata()).isInstanceOfSatisfying(Membership.class, membership -> {
            assertThat(membership.user().id()).isEqualTo(test + "ann");
            assertThat(membership.channel().id()).isEqualTo(room);
        });
    }
}
