import com.google.gson.GsonBuilder;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Runs the checks with the Java SDK against a server: {@code Run.java ORIGIN CABLE CONTROL}. ORIGIN is the server's
 * host and port, CABLE another way to it that CONTROL can cut (/cut) and mend (/mend). Every check is reported on
 * standard output, as a line of JSON.
 */
class Run {
    private static void report(Map<String, Object> line, PrintStream out) {
        out.println(new GsonBuilder().disableHtmlEscaping().create().toJson(line));
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Parts.origin = arguments[0];
        Parts.cable = arguments[1];
        Parts.control = arguments[2];
        Map<String, Object> first = new LinkedHashMap<>();
        first.put("sdk", "Java");
        first.put("version", Parts.client("nobody").getVersion());
        first.put("styles", Arrays.stream(Parts.Style.values()).map(style -> style.title).toList());
        report(first, out);
        Map<String, Parts.Check> checks = new LinkedHashMap<>();
        checks.put("actions", Checks::actions);
        checks.put("errors", Checks::errors);
        checks.put("storage", Checks::storage);
        checks.put("live", Checks::live);
        checks.put("resume", Checks::resume);
        checks.put("paging", Checks::paging);
        checks.put("names", Checks::names);
        checks.put("signals", Checks::signals);
        checks.put("groups", Checks::groups);
        checks.put("presence", Checks::presence);
        checks.put("access", Checks::access);
        checks.put("users", Checks::users);
        checks.put("objects", ObjectsCheck::objects);
        checks.put("push", Checks::push);
        checks.put("crowd", Checks::crowd);
        ExecutorService threads = Executors.newCachedThreadPool();
        for (Map.Entry<String, Parts.Check> check : checks.entrySet()) {
            Parts.Seen seen = new Parts.Seen();
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("check", check.getKey());
            line.put("passed", true);
            try {
                threads.submit(() -> {
                    check.getValue().run(seen);
                    return null;
                }).get(90, TimeUnit.SECONDS);
            } catch (Exception e) {
                line.put("passed", false);
                line.put("error", trace(e));
            }
            line.put("expectations", seen.expectations);
            line.put("faults", seen.faults);
            report(line, out);
        }
        System.exit(0); // the SDK's threads would stay
    }

    private static String trace(Exception e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString().substring(0, Math.min(4000, text.toString().length()));
    }
}
