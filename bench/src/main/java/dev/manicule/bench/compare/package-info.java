/** The scenarios of the comparison, in rounds, and the report. */
@NullMarked
package dev.manicule.bench.compare;

import org.jspecify.annotations.NullMarked;
