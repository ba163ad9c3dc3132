/** The limits, and how often each was reached. */
@NullMarked
package dev.manicule.server.limits;

import org.jspecify.annotations.NullMarked;
