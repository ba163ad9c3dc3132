/** The commands to the state machine, and its decisions: a file for each command, with its outcomes. */
@NullMarked
package dev.manicule.server.command;

import org.jspecify.annotations.NullMarked;
