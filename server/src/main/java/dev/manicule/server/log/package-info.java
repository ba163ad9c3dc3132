/** The log: an ordered, durable sequence of entries, on the local disk or in memory. It knows nothing of what an entry means. */
@NullMarked
package dev.manicule.server.log;

import org.jspecify.annotations.NullMarked;
