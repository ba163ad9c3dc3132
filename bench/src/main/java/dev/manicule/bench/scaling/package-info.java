/** Simulations of clusters that no machine here can hold. */
@NullMarked
package dev.manicule.bench.scaling;

import org.jspecify.annotations.NullMarked;
