package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import dev.manicule.acceptance.ConsoleWindow.Look;
import dev.manicule.server.Manicule;
import dev.manicule.server.config.ManiculeConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page that docs/how-to/browser.md shows, in a real browser, from another origin than the server's. */
class BrowserPageTest {
    @RegisterExtension
    private static final ConsoleBrowser BROWSER = new ConsoleBrowser();

    private Path folder;
    private Manicule server;
    private HttpServer pages;

    @BeforeEach
    void start() throws Exception {
        folder = Folders.temporary();
        server = Manicule.start(ManiculeConfig.DEFAULT.withPort(0).withData(folder.resolve("data")));
        byte[] page = Markdown.of("docs/how-to/browser.md")
                .blocks()
                .getFirst()
                .content()
                .replace("8090", "" + server.port())
                .getBytes(StandardCharsets.UTF_8);
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pages.createContext("/room.html", exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().set("Content-Type", "text/html");
                exchange.sendResponseHeaders(200, page.length);
                exchange.getResponseBody().write(page);
            }
        });
        pages.start();
    }

    @AfterEach
    void stop() throws Exception {
        pages.stop(0);
        server.close();
        Folders.delete(folder);
    }

    private Page open(String user) {
        return BROWSER
                .openUrl("http://127.0.0.1:" + pages.getAddress().getPort() + "/room.html?user=" + user, Look.DESK)
                .page();
    }

    private static Locator message(Page page, String text) {
        return page.locator("li", new Page.LocatorOptions().setHasText(text));
    }

    @Test
    void messagesAndReactionsArriveLive() {
        Page alice = open("alice");
        alice.locator("input").fill("is it on?");
        alice.locator("button").click();
        message(alice, "is it on?").waitFor();

        Page bob = open("bob");
        message(bob, "is it on?").click();
        alice.locator("li[data-hearts='1']").waitFor();
        message(alice, "is it on?").click();
        bob.locator("li[data-hearts='2']").waitFor();
        bob.locator("input").fill("it is");
        bob.locator("button").click();
        message(alice, "it is").last().waitFor();

        Page carol = open("carol");
        carol.locator("li[data-hearts='2']").waitFor();
        assertThat(carol.locator("li").count()).isEqualTo(2);
    }
}
