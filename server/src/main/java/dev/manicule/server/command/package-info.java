/** What can be asked of the state machine, and what it can decide: a file for each command, with its outcomes. */
@NullMarked
package dev.manicule.server.command;

import org.jspecify.annotations.NullMarked;
