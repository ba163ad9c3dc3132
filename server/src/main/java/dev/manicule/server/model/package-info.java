/** The domain: channels, timetokens, messages, actions, and the commands, outcomes and events between the rooms. */
@NullMarked
package dev.manicule.server.model;

import org.jspecify.annotations.NullMarked;
