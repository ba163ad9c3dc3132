/** What message actions are used for. */
@NullMarked
package dev.manicule.examples;

import org.jspecify.annotations.NullMarked;
