/** A server, its disk and its clients on one thread, in an order and a time that follow from a seed; and a checker of what came of it. */
@NullMarked
package dev.manicule.server.simulation;

import org.jspecify.annotations.NullMarked;
