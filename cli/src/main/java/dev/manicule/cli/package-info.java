/** The command line. */
@NullMarked
package dev.manicule.cli;

import org.jspecify.annotations.NullMarked;
