/** A real server for each test. */
@NullMarked
package dev.manicule.testkit;

import org.jspecify.annotations.NullMarked;
