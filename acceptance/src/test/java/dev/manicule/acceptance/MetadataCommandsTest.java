package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Metadata and memberships, on the command line. */
class MetadataCommandsTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private static JsonNode json(String... arguments) throws Exception {
        return new ObjectMapper().readTree(SERVER.manicule(arguments));
    }

    @Test
    void usersAreSetListedAndRemoved() throws Exception {
        JsonNode ann = json("users", "set", "ann", "--name", "Ann", "--email", "a@example.com", "--custom",
                "{\"age\":30}", "--json");
        assertThat(ann.at("/custom/age").asInt()).isEqualTo(30);
        assertThat(SERVER.manicule("users", "set", "ann", "--status", "away", "--clear", "email,custom", "--if-match",
                ann.get("eTag").asText())).isEqualTo("ann  Ann  status away");
        ServerProcess.Ended late = SERVER.tryManicule("users", "set", "ann", "--name", "X", "--if-match",
                ann.get("eTag").asText());
        assertThat(late.code()).isEqualTo(1);
        assertThat(late.words()).startsWith("manicule: ").contains("(412)");
        assertThat(SERVER.manicule("users", "set", "bob", "--profile-url", "http://b", "--external-id", "7", "--json"))
                .contains("\"externalId\":\"7\",\"profileUrl\":\"http://b\"");
        assertThat(SERVER.manicule("users", "list", "--limit", "1", "--all", "--sort", "id:desc"))
                .isEqualTo("bob\nann  Ann  status away");
        assertThat(SERVER.manicule("users", "list", "--filter", "name == 'Ann'")).isEqualTo("ann  Ann  status away");
        assertThat(SERVER.manicule("users", "remove", "ann")).isEqualTo("Removed.");
        ServerProcess.Ended gone = SERVER.tryManicule("users", "get", "ann");
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.words()).contains("(404)");
    }

    @Test
    void channelsAreJoinedAndLeft() throws Exception {
        assertThat(SERVER.manicule("channels", "set", "room", "--name", "Room", "--description", "Talk"))
                .isEqualTo("room  Room  Talk");
        assertThat(SERVER.manicule("members", "join", "room", "lobby", "--uuid", "carl", "--type", "guest"))
                .isEqualTo("done");
        assertThat(SERVER.manicule("members", "channels", "carl", "--sort", "id:desc"))
                .isEqualTo("room  Room  type guest\nlobby  type guest");
        assertThat(SERVER.manicule("members", "set", "room", "dora", "--status", "new", "--json"))
                .isEqualTo("{\"channel\":\"room\",\"set\":1}");
        assertThat(SERVER.manicule("members", "list", "room")).isEqualTo("carl  type guest\ndora  status new");
        SERVER.manicule("members", "leave", "room", "--uuid", "carl");
        SERVER.manicule("members", "remove", "room", "dora");
        assertThat(SERVER.manicule("members", "list", "room")).isEmpty();
        assertThat(SERVER.manicule("members", "channels", "--uuid", "carl", "--json")).contains("\"id\":\"lobby\"")
                .doesNotContain("\"id\":\"room\"");
    }
}
