package dev.manicule.server.routing;

import dev.manicule.server.journal.TimetokenClock;
import dev.manicule.server.limits.Workers;
import java.util.List;

/**
 * The steps that requests take, and what the steps have in common.
 *
 * @param steps in order; the last one responds
 * @param timeline the present timetoken
 * @param workers the threads for work that may take long
 */
record Pipeline(List<Step> steps, TimetokenClock timeline, Workers workers) {}
