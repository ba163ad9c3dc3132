/** Measures Manicule, by itself and beside its peers. */
@NullMarked
package dev.manicule.bench;

import org.jspecify.annotations.NullMarked;
