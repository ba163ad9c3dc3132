package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The console in a window of a real browser. Pictures of it go to {@code acceptance/target/screenshots}. */
public final class ConsoleWindow implements AutoCloseable {
    private static final Path PICTURES = Folders.checkout().resolve("acceptance/target/screenshots");
    private static final List<Path> CHROMIUMS = List.of(Path.of("/usr/bin/chromium"),
            Path.of("/usr/bin/chromium-browser"),
            Path.of("/usr/bin/google-chrome"));

    private final BrowserContext context;
    private final Page page;
    private final List<String> asked = new ArrayList<>();
    /** Requests without an answer. */
    private final Set<Request> open = new HashSet<>();
    private final Set<String> methods = new LinkedHashSet<>();
    private final List<String> faults = new ArrayList<>();

    private ConsoleWindow(BrowserContext context) {
        this.context = context;
        page = context.newPage();
        page.onRequest(request -> {
            asked.add(request.url());
            open.add(request);
            methods.add(request.method());
        });
        page.onRequestFinished(open::remove);
        page.onRequestFailed(open::remove);
        page.onWebSocket(socket -> asked.add(socket.url()));
        page.onPageError(faults::add);
        page.onConsoleMessage(message -> {
            boolean isOfNetwork = message.text().startsWith("Failed to load resource")
                    || message.text().startsWith("WebSocket connection to");
            if (message.type().equals("error") && !isOfNetwork) {
                faults.add(message.text());
            }
        });
    }

    /** A browser, that of the machine; installed where it can be. */
    static Browser browser(Playwright playwright) throws Exception {
        return playwright.chromium()
                .launch(new LaunchOptions().setExecutablePath(chromium())
                        .setHeadless(true)
                        .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));
    }

    /** Playwright without browsers of its own. */
    static Playwright playwright() {
        return Playwright
                .create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }

    /** The program; installed where it can be. */
    static Path chromium() throws Exception {
        for (Path chromium : CHROMIUMS) {
            if (Files.isExecutable(chromium)) {
                return chromium;
            }
        }
        boolean canInstall = "root".equals(System.getProperty("user.name"))
                && Files.isExecutable(Path.of("/usr/bin/apt-get"));
        assertThat(canInstall).as("The console is tested in Chromium, which is not here: install it (Debian: "
                + "apt-get install chromium).").isTrue();
        Installation.run(Path.of("/"), "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium",
                "fonts-noto-color-emoji");
        return CHROMIUMS.getFirst();
    }

    /** How a window is. */
    public record Look(int width, int height, ColorScheme colours) {
        /** At a desk, by day. */
        public static final Look DESK = new Look(1280, 800, ColorScheme.LIGHT);
        /** At a desk, by night. */
        public static final Look NIGHT = new Look(1280, 800, ColorScheme.DARK);
        /** On a phone. */
        public static final Look PHONE = new Look(390, 844, ColorScheme.LIGHT);
    }

    /** A browser that remembers nothing yet. */
    static BrowserContext context(Browser browser, Look look) {
        return browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(look.width(), look.height())
                .setColorScheme(look.colours())
                .setPermissions(List.of("clipboard-read", "clipboard-write")));
    }

    /** Opens an address in a window beside others that share what the browser remembers. */
    static ConsoleWindow open(BrowserContext context, String url) {
        ConsoleWindow window = new ConsoleWindow(context);
        window.page.navigate(url);
        return window;
    }

    /** The page in it. */
    public Page page() {
        return page;
    }

    /** Shows a view: by its name, as the links have it. */
    public void view(String name) {
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true)).click();
    }

    /** Opens a room to look at. */
    void room(String channel) {
        room(channel, "connected");
    }

    /** Opens a room, and waits until the connection is in a state. */
    void room(String channel, String state) {
        page.locator("#room-channel").fill(channel);
        page.locator("#room-form button").click();
        page.locator("#room-title").filter(new Locator.FilterOptions().setHasText(channel)).waitFor();
        page.locator(".state[data-state=" + state + "]").waitFor();
    }

    /** Waits until what happens in the room arrives. */
    void isLive() {
        page.locator(".state[data-state=connected]").waitFor();
    }

    /** Takes part in the room. */
    void takePart() {
        page.locator("#part").click();
        page.locator("#part[aria-checked=true]").waitFor();
    }

    void say(String text) {
        page.getByLabel("Message", new Page.GetByLabelOptions().setExact(true)).fill(text);
        page.keyboard().press("Enter");
    }

    /** A message that says this. */
    Locator message(String text) {
        return page.locator(".message").filter(new Locator.FilterOptions().setHasText(text));
    }

    /** How many polls wait, or are on their way: between two of them it is none for a moment. */
    long polls() {
        return open.stream().filter(request -> request.url().contains("/v2/subscribe/")).count();
    }

    /** What was asked of servers, by address. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    /** The methods of its requests. */
    Set<String> methods() {
        return Set.copyOf(methods);
    }

    /** What went wrong in the page. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    public void picture(String name) {
        page.screenshot(new ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }

    @Override
    public void close() {
        context.close();
    }
}
