package dev.manicule.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.ActionSummary;
import dev.manicule.client.ActionTally;
import dev.manicule.client.FetchMessages.Actor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The counts of the actions on a message, as text and as JSON. */
final class SummaryText {
    private static final String INDENT = "    ";

    private SummaryText() {}

    /** A line for each type and value, indented, the highest count first. */
    static List<String> lines(ActionSummary summary) {
        List<Line> all = new ArrayList<>();
        summary.tallies()
                .forEach((type, values) -> values.forEach((value, tally) -> all.add(new Line(type, value, tally))));
        all.sort(Comparator.comparingLong((Line line) -> line.tally.count()).reversed());
        int width = all.isEmpty() ? 0 : String.valueOf(all.getFirst().tally.count()).length();
        List<String> lines = new ArrayList<>();
        all.forEach(line -> lines.add(INDENT + line.words(width)));
        if (summary.hasMore()) {
            lines.add(INDENT + "and more types and values, which `manicule actions list --message` lists");
        }
        return lines;
    }

    /** The actions of a type and a value. */
    private record Line(String type, String value, ActionTally tally) {
        String words(int width) {
            String count = String.valueOf(tally.count());
            return " ".repeat(width - count.length()) + count + " × " + type + " = " + value + "  by " + users(tally)
                    + (tally.mine().isPresent()
                            ? "  (yours: " + tally.mine().getAsLong()
                                    + (tally.mineAmount() == 1 ? ")" : ", amount " + tally.mineAmount() + ")")
                            : "");
        }
    }

    private static String users(ActionTally tally) {
        long others = tally.users() - tally.first().size();
        return tally.first().stream().map(Actor::uuid).collect(Collectors.joining(", "))
                + (others > 0 ? " and " + others + (others == 1 ? " other" : " others") : "");
    }

    /** As the server has it. */
    static ObjectNode json(ActionSummary summary) {
        ObjectNode json = Output.object().put("asOf", String.valueOf(summary.asOf()));
        ObjectNode types = json.putObject("actions");
        summary.tallies().forEach((type, values) -> {
            ObjectNode ofType = types.putObject(type);
            values.forEach((value, tally) -> {
                ObjectNode one = ofType.putObject(value).put("count", tally.count());
                if (tally.users() != tally.count()) {
                    one.put("users", tally.users());
                }
                one.set("first", Output.array(tally.first()));
                tally.mine().ifPresent(mine -> one.put("mine", String.valueOf(mine)));
                if (tally.mineAmount() > 1) {
                    one.put("mineAmount", tally.mineAmount());
                }
            });
        });
        if (summary.hasMore()) {
            json.put("more", true);
        }
        return json;
    }
}
