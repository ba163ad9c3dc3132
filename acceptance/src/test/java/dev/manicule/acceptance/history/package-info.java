/** The operations of clients on a store, recorded, and whether a store that keeps its promises could have told that. */
@NullMarked
package dev.manicule.acceptance.history;

import org.jspecify.annotations.NullMarked;
