/** Who may speak: keysets. */
@NullMarked
package dev.manicule.server.access;

import org.jspecify.annotations.NullMarked;
