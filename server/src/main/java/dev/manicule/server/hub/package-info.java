/** The hub tells: who waits for what, and how catch-up and live delivery meet without a gap. */
@NullMarked
package dev.manicule.server.hub;

import org.jspecify.annotations.NullMarked;
