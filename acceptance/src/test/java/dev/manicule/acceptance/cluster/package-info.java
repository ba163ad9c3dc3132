/** Several servers that share a log in Apache Kafka: real brokers, real processes, and everything that can go wrong with them. */
@NullMarked
package dev.manicule.acceptance.cluster;

import org.jspecify.annotations.NullMarked;
