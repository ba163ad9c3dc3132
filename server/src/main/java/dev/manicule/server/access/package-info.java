/** Who may do what: keysets, signatures, tokens, and the one door, {@link dev.manicule.server.access.Access}. */
@NullMarked
package dev.manicule.server.access;

import org.jspecify.annotations.NullMarked;
