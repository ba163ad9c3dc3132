package dev.manicule.acceptance.cluster;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import dev.manicule.acceptance.ConsoleBrowser;
import dev.manicule.acceptance.ConsoleWindow;
import dev.manicule.acceptance.ConsoleWindow.Look;
import dev.manicule.server.ledger.Ledger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The console of a node shows the cluster. */
@Timeout(300)
class ConsoleOfAClusterTest {
    private static final double PATIENCE_MILLIS = 60_000;

    @RegisterExtension
    private static final ConsoleBrowser BROWSER = new ConsoleBrowser();

    @Test
    void consoleShowsNodesJoinAndLeave() throws Exception {
        try (Cluster cluster = Cluster.start(1, 2, "")) {
            cluster.awaitWrites();
            ConsoleWindow window = BROWSER.open("127.0.0.1:" + cluster.ports().getFirst(), "vera", Look.DESK);
            window.view("Server");
            Page page = window.page();
            assertThat(page.locator("#cluster-about"))
                    .containsText("This is the node node-0; the log is in the topic manicule");
            Locator rows = page.locator("#nodes tr");
            assertThat(rows).hasCount(2, new HasCountOptions().setTimeout(PATIENCE_MILLIS));
            Locator second = rows.nth(1).locator("td");
            assertThat(second.nth(0)).hasText("node-1");
            assertThat(second.nth(1)).hasText(cluster.address(1));
            assertThat(second.nth(4)).hasText("" + Ledger.RULES);
            assertThat(second.nth(5)).hasText("the same", new HasTextOptions().setTimeout(PATIENCE_MILLIS));
            window.picture("server-cluster");
            cluster.node(1).kill();
            assertThat(rows).hasCount(1, new HasCountOptions().setTimeout(PATIENCE_MILLIS));
        }
    }
}
