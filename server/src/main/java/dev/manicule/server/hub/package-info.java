/**
 * The hub delivers events: it knows which polls wait for which topics, and joins catch-up and live delivery without a
 * gap.
 */
@NullMarked
package dev.manicule.server.hub;

import org.jspecify.annotations.NullMarked;
