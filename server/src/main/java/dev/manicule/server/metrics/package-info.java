/** Figures that tell how the server is. */
@NullMarked
package dev.manicule.server.metrics;

import org.jspecify.annotations.NullMarked;
