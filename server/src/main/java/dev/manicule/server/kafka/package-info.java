/** The log on Apache Kafka, shared by the nodes of a cluster. It knows nothing of what an entry means. */
@NullMarked
package dev.manicule.server.kafka;

import org.jspecify.annotations.NullMarked;
