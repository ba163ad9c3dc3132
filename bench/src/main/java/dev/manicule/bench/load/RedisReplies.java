package dev.manicule.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The replies of Redis to some commands sent at once: a number, a word, or a text of one line each. */
public final class RedisReplies implements ClosedLoop.Replies {
    private final int commands;
    private int linesLeft;
    private boolean atStart = true;
    private int begun;

    /** For requests of so many commands. */
    public RedisReplies(int commands) {
        this.commands = commands;
    }

    @Override
    public boolean read(ByteBuffer in) throws IOException {
        while (in.hasRemaining()) {
            byte next = in.get();
            if (atStart && linesLeft == 0) {
                if (next != ':' && next != '+' && next != '$') {
                    throw new IOException("a reply that begins with " + (char) next);
                }
                begun++;
                linesLeft = next == '$' ? 2 : 1; // the length of a text has a line of its own
            }
            atStart = next == '\n';
            if (atStart) {
                linesLeft--;
                if (linesLeft == 0 && begun == commands) {
                    begun = 0;
                    return true;
                }
            }
        }
        return false;
    }
}
