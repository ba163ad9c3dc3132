/** Telemetry for the operator: metrics, log lines, spans of traces. */
@org.jspecify.annotations.NullMarked
package dev.manicule.server.telemetry;
