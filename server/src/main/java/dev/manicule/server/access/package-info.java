/**
 * Access control: keysets, signatures, tokens, and the one place that decides,
 * {@link dev.manicule.server.access.Access}.
 */
@NullMarked
package dev.manicule.server.access;

import org.jspecify.annotations.NullMarked;
