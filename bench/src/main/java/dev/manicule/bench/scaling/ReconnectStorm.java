package dev.manicule.bench.scaling;

import java.util.Arrays;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A node dies, and its subscribers connect to the others. Each attempt waits in the queue of the node that the balancer
 * picks; a client that has waited for its timeout hangs up and comes again after a pause, and the node's work for the
 * attempt is wasted. Nodes are single queues that serve with a part of their cores; time goes in milliseconds.
 */
public final class ReconnectStorm {
    private static final long SEED = 19;
    private static final int SUBSCRIBERS = 100_000;
    /** The time after which a client hangs up, in milliseconds. */
    private static final int TIMEOUT = 10_000;
    /** The time after which the simulation is given up, in milliseconds. */
    static final int END = 600_000;

    /** How clients pause before they come: at first, and after attempt number n (from 0) that failed. */
    enum Pause {
        AT_ONCE("at once, again after 1 s") {
            @Override
            int millis(int failed, Random random) {
                return failed == 0 ? 0 : 1_000;
            }
        },
        DOUBLED("at once, then 1 s doubled to 32 s, random") {
            @Override
            int millis(int failed, Random random) {
                int most = failed == 0 ? 0 : 1_000 << Math.min(failed - 1, 5);
                return most / 2 + random.nextInt(most / 2 + 1);
            }
        },
        SPREAD("spread over 30 s, then doubled") {
            @Override
            int millis(int failed, Random random) {
                return failed == 0 ? random.nextInt(30_000) : DOUBLED.millis(failed, random);
            }
        };

        private final String words;

        Pause(String words) {
            this.words = words;
        }

        abstract int millis(int failed, Random random);
    }

    /**
     * The result of a simulation.
     *
     * @param half milliseconds until half of the clients were back
     * @param nearlyAll until 99 % were
     * @param attempts of a client in the mean
     */
    record Outcome(int half, int nearlyAll, double attempts) {}

    private ReconnectStorm() {}

    /** A table. */
    public static String table() {
        StringBuilder text = new StringBuilder(
                "A node with 100,000 subscribers dies. Each of the others takes 1,000, or "
                        + "5,000, attempts a second.\n");
        text.append(String.format(Locale.ROOT, "%-44s %5s %12s %10s %10s %10s%n", "clients come", "nodes",
                "a node takes", "half back", "99 % back", "attempts"));
        for (Pause pause : Pause.values()) {
            for (int nodes : new int[]{3, 10, 30}) {
                for (int perSecond : new int[]{1_000, 5_000}) {
                    Outcome outcome = run(pause, nodes, perSecond);
                    text.append(String.format(Locale.ROOT, "%-44s %5d %12s %10s %10s %10s%n", pause.words, nodes,
                            perSecond + "/s", seconds(outcome.half()), seconds(outcome.nearlyAll()),
                            String.format(Locale.ROOT, "%.1f", outcome.attempts())));
                }
            }
        }
        return text.toString().replaceAll(" +\n", "\n");
    }

    private static String seconds(int millis) {
        return millis >= END ? "never" : String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }

    private record Attempt(int client, int at) {}

    static Outcome run(Pause pause, int nodes, int perSecond) {
        double serviceMillis = 1_000.0 / perSecond;
        Random random = new Random(SEED);
        PriorityQueue<Attempt> coming = new PriorityQueue<>((a, b) -> a.at() == b.at()
                ? Integer.compare(a.client(), b.client())
                : Integer.compare(a.at(), b.at()));
        int[] failed = new int[SUBSCRIBERS];
        int[] back = new int[SUBSCRIBERS];
        Arrays.fill(back, END);
        for (int client = 0; client < SUBSCRIBERS; client++) {
            coming.add(new Attempt(client, pause.millis(0, random)));
        }
        double[] freeAt = new double[nodes - 1];
        long attempts = 0;
        while (!coming.isEmpty() && coming.peek().at() < END) {
            Attempt next = coming.remove();
            attempts++;
            int node = random.nextInt(freeAt.length);
            double done = Math.max(freeAt[node], next.at()) + serviceMillis;
            freeAt[node] = done; // also for a client that has hung up by then: the node detects it when it responds
            if (done - next.at() <= TIMEOUT) {
                back[next.client()] = (int) done;
            } else {
                failed[next.client()]++;
                coming.add(new Attempt(next.client(),
                        next.at() + TIMEOUT + pause.millis(failed[next.client()], random)));
            }
        }
        Arrays.sort(back);
        return new Outcome(back[SUBSCRIBERS / 2], back[SUBSCRIBERS / 100 * 99], (double) attempts / SUBSCRIBERS);
    }
}
