/** What clients asked of a store and were told, recorded, and whether a store that keeps its promises could have told that. */
@NullMarked
package dev.manicule.acceptance.history;

import org.jspecify.annotations.NullMarked;
