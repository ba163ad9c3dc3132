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
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The page of the manual, made from the descriptions of the commands. */
@Command(name = "man", hidden = true, description = "Print the page of the manual; packages have it.")
final class ManCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--markdown", description = "As Markdown, rather than in the form that man reads.")
    private boolean markdown;

    /** The parts of a page. */
    private interface Page {
        void section(String title);

        void command(String name, String parameters);

        void paragraph(String text);

        void item(String term, String text);
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Page page = markdown ? new Markdown(out) : new Roff(out);
        CommandLine manicule = Main.commandLine();
        page.section("Commands");
        manicule.getSubcommands().values().forEach(command -> command(page, command.getCommandSpec()));
        page.section("Exit status");
        manicule.getCommandSpec().usageMessage().exitCodeList().forEach((code, what) -> page.item(code.strip(), what));
        page.section("Environment");
        page.item("MANICULE_ORIGIN", "The server that commands talk to, when --origin says nothing.");
        page.item("MANICULE_SUBSCRIBE_KEY, MANICULE_PUBLISH_KEY, MANICULE_UUID, MANICULE_AUTH, MANICULE_SECRET_KEY",
                "The keyset, the user, the token and the secret key, when the options say nothing.");
        page.item("MANICULE_JAVA_OPTS", "Options for the Java virtual machine.");
        page.item("OTEL_EXPORTER_OTLP_ENDPOINT", "Where serve sends traces, when the configuration says nothing.");
        out.flush();
        return ExitCode.OK;
    }

    private static void command(Page page, CommandSpec command) {
        if (command.usageMessage().hidden() || command.name().equals("help")) {
            return;
        }
        StringBuilder parameters = new StringBuilder();
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            parameters.append(' ').append(parameter.paramLabel());
        }
        page.command(command.qualifiedName(), parameters.toString());
        paragraphs(page, command.usageMessage().description());
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            page.item(parameter.paramLabel(), text(parameter));
        }
        for (OptionSpec option : command.options()) {
            if (!option.hidden() && !option.usageHelp() && !option.versionHelp()) {
                String label = option.arity().max() > 0 ? " " + option.paramLabel() : "";
                page.item(String.join(", ", option.names()) + label, text(option));
            }
        }
        paragraphs(page, command.usageMessage().footer());
        command.subcommands().values().forEach(each -> command(page, each.getCommandSpec()));
    }

    private static String text(ArgSpec argument) {
        return String.join(" ", argument.description()).replace("%%", "%");
    }

    private static void paragraphs(Page page, String[] texts) {
        for (String text : texts) {
            page.paragraph(text.replace("%n", "\n").replace("%%", "%"));
        }
    }

    /** The form that {@code man} reads. */
    private static final class Roff implements Page {
        private final PrintWriter out;

        Roff(PrintWriter out) {
            this.out = out;
            out.println(".TH MANICULE 1 \"\" \"Manicule " + escaped(Manicule.version()) + "\"");
            section("Name");
            out.println("manicule \\- messages, and actions on messages, stored and delivered live");
            section("Synopsis");
            out.println(".B manicule\n.I COMMAND\n[\\fIOPTION\\fR...]");
        }

        @Override
        public void section(String title) {
            out.println(".SH " + title.toUpperCase(java.util.Locale.ROOT));
        }

        @Override
        public void command(String name, String parameters) {
            out.println(".SS " + escaped(name + parameters));
        }

        @Override
        public void paragraph(String text) {
            out.println(".PP\n" + escaped(text));
        }

        @Override
        public void item(String term, String text) {
            out.println(".TP\n.B " + escaped(term) + "\n" + escaped(text));
        }

        /** Escapes what roff would interpret: backslashes, hyphens that are none, a dot at the beginning. */
        private static String escaped(String text) {
            String plain = text.replace("\\", "\\e").replace("-", "\\-");
            return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
        }
    }

    /** The form of the documentation. */
    private record Markdown(PrintWriter out) implements Page {
        @Override
        public void section(String title) {
            out.println("## " + title + "\n");
        }

        @Override
        public void command(String name, String parameters) {
            out.println("\n### " + name + "\n\n`" + name + parameters + "`");
        }

        @Override
        public void paragraph(String text) {
            out.println("\n" + text + "\n");
        }

        @Override
        public void item(String term, String text) {
            out.println("- `" + term + "`: " + text);
        }
    }
}
