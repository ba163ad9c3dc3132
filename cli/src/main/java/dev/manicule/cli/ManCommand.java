package dev.manicule.cli;

import dev.manicule.server.Manicule;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Spec;

/** The page of the manual, in the form that {@code man} reads, made of what the commands say of themselves. */
@Command(name = "man", hidden = true, description = "Print the page of the manual; packages have it.")
final class ManCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        CommandLine manicule = Main.commandLine();
        out.println(".TH MANICULE 1 \"\" \"Manicule " + escaped(Manicule.version()) + "\"");
        section(out, "NAME");
        out.println("manicule \\- messages, and actions on messages, stored and delivered live");
        section(out, "SYNOPSIS");
        out.println(".B manicule\n.I COMMAND\n[\\fIOPTION\\fR...]");
        section(out, "DESCRIPTION");
        paragraphs(out, manicule.getCommandSpec().usageMessage().description());
        section(out, "COMMANDS");
        manicule.getSubcommands().values().forEach(command -> command(out, command.getCommandSpec()));
        section(out, "EXIT STATUS");
        manicule.getCommandSpec().usageMessage().exitCodeList().forEach((code, what) -> item(out, code.strip(), what));
        section(out, "ENVIRONMENT");
        item(out, "MANICULE_ORIGIN", "The server that commands talk to, when --origin says nothing.");
        item(out, "MANICULE_JAVA_OPTS", "Options for the Java virtual machine.");
        item(out, "OTEL_EXPORTER_OTLP_ENDPOINT", "Where `serve` sends traces, when the configuration says nothing.");
        out.flush();
        return ExitCode.OK;
    }

    private static void command(PrintWriter out, CommandSpec command) {
        if (command.usageMessage().hidden() || command.name().equals("help")) {
            return;
        }
        StringBuilder synopsis = new StringBuilder(command.qualifiedName());
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            synopsis.append(' ').append(parameter.paramLabel());
        }
        out.println(".SS " + escaped(synopsis.toString()));
        paragraphs(out, command.usageMessage().description());
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            item(out, parameter.paramLabel(), text(parameter));
        }
        for (OptionSpec option : command.options()) {
            if (!option.hidden()) {
                String label = option.arity().max() > 0 ? " " + option.paramLabel() : "";
                item(out, String.join(", ", option.names()) + label, text(option));
            }
        }
        paragraphs(out, command.usageMessage().footer());
        command.subcommands().values().forEach(each -> command(out, each.getCommandSpec()));
    }

    private static String text(ArgSpec argument) {
        return String.join(" ", argument.description());
    }

    private static void section(PrintWriter out, String title) {
        out.println(".SH " + title);
    }

    private static void item(PrintWriter out, String term, String text) {
        out.println(".TP\n.B " + escaped(term) + "\n" + escaped(text));
    }

    private static void paragraphs(PrintWriter out, String[] texts) {
        for (String text : texts) {
            out.println(".PP\n" + escaped(text));
        }
    }

    /** What roff would take for its own: backslashes, hyphens that are none, a dot at the beginning. */
    private static String escaped(String text) {
        String plain = text.replace("\\", "\\e").replace("-", "\\-").replace("%n", "\n").replace("%%", "%");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }
}
