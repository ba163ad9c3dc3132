/** What who runs the server gets to see of it: figures, lines of log, spans of traces. */
@org.jspecify.annotations.NullMarked
package dev.manicule.server.telemetry;
