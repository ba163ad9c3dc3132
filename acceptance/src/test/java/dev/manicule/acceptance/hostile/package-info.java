/**
 * Attacks on a server in a process of its own, with a small heap and the default limits, while innocent clients publish,
 * read and listen. {@link dev.manicule.acceptance.hostile.Siege} says what has to hold and how the suite is run.
 */
@NullMarked
package dev.manicule.acceptance.hostile;

import org.jspecify.annotations.NullMarked;
