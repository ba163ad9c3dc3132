/** Presence: which user is on which channel, and its announcements to subscribers. In memory; a restart starts over. */
@NullMarked
package dev.manicule.server.presence;

import org.jspecify.annotations.NullMarked;
