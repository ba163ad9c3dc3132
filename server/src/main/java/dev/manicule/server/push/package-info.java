/** Notifications to devices: a reader of the feed of all channels sends messages to the gateways of their makers. */
@NullMarked
package dev.manicule.server.push;

import org.jspecify.annotations.NullMarked;
