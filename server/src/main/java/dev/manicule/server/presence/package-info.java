/** Presence: who is on which channel, and telling those who want to know. In memory; a restart begins anew. */
@NullMarked
package dev.manicule.server.presence;

import org.jspecify.annotations.NullMarked;
