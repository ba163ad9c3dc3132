/** Everything that can go wrong with a machine, under load, again and again. */
@NullMarked
package dev.manicule.acceptance.faults;

import org.jspecify.annotations.NullMarked;
