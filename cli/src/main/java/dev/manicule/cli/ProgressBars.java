package dev.manicule.cli;

import dev.manicule.server.ledger.Progress;
import java.io.Console;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Shows the progress of long work, with a bar for each part of it, on an interactive terminal. */
final class ProgressBars implements Progress, AutoCloseable {
    private static final int MILLIS = 200;

    @Option(names = "--quiet", description = "Show no progress.")
    private boolean quiet;

    private @Nullable ProgressBar bar;

    @Override
    public void begins(String what, long total) {
        close();
        boolean isSeen = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
        if (isSeen && !quiet) {
            bar = new ProgressBarBuilder().setTaskName(what)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                    .setUpdateIntervalMillis(MILLIS)
                    .build();
        }
    }

    @Override
    public void goesOn(long more) {
        if (bar != null) {
            bar.stepBy(more);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
