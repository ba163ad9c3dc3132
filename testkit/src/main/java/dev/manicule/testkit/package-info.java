/** A real server, or several that are a cluster, for each test. */
@NullMarked
package dev.manicule.testkit;

import org.jspecify.annotations.NullMarked;
