/** How a cluster scales: what it costs to write and to deliver by one, two and three nodes. */
@NullMarked
package dev.manicule.bench.cluster;

import org.jspecify.annotations.NullMarked;
