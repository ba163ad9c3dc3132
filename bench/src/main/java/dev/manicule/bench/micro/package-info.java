/** JMH benchmarks of the pieces that are hot. */
@NullMarked
package dev.manicule.bench.micro;

import org.jspecify.annotations.NullMarked;
