/** What a message, an action, a subscriber and the rest cost in memory and on disk. */
@NullMarked
package dev.manicule.bench.sizing;

import org.jspecify.annotations.NullMarked;
