/** The ledger stores: the tables on disk, the one place that changes them, and the reads. */
@NullMarked
package dev.manicule.server.ledger;

import org.jspecify.annotations.NullMarked;
