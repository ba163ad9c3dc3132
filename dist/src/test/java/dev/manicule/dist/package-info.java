/** The packages, as a stranger would use them. */
@NullMarked
package dev.manicule.dist;

import org.jspecify.annotations.NullMarked;
