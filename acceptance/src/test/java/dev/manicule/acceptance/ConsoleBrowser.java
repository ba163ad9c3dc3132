package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Playwright;
import dev.manicule.acceptance.ConsoleWindow.Look;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A browser for the tests of one class. After each test it closes all windows: nothing has gone wrong in them, and they have
 * asked nothing of other hosts. Belongs to one thread, as Playwright does.
 */
@SuppressWarnings("NullAway.Init") // set before the first test
public final class ConsoleBrowser implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private final List<ConsoleWindow> windows = new ArrayList<>();
    private Playwright playwright;
    private Browser browser;

    /** One that opens before the first test of the class. */
    public ConsoleBrowser() {}

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        playwright = ConsoleWindow.playwright();
        browser = ConsoleWindow.browser(playwright);
    }

    /** Opens the console of a server as a user, in a browser that remembers nothing. */
    public ConsoleWindow open(String origin, String uuid, Look look) {
        return openUrl("http://" + origin + "/?uuid=" + uuid, look);
    }

    /** Opens an address in a browser that remembers nothing. */
    ConsoleWindow openUrl(String url, Look look) {
        return add(ConsoleWindow.open(context(look), url));
    }

    /** A browser that remembers nothing yet. */
    BrowserContext context(Look look) {
        return ConsoleWindow.context(browser, look);
    }

    /** Checks a window after the test, and closes it. */
    ConsoleWindow add(ConsoleWindow window) {
        windows.add(window);
        return window;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        try {
            for (ConsoleWindow window : windows) {
                assertThat(window.faults()).isEmpty();
                assertThat(window.asked()).allMatch(url -> url.matches("(http|ws)://127\\.0\\.0\\.1:.*|data:.*"));
            }
        } finally {
            windows.forEach(ConsoleWindow::close);
            windows.clear();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        browser.close();
        playwright.close();
    }
}
