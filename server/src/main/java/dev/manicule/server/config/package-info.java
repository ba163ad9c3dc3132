/** The configuration: its settings, the file that they come from, and the rules for their values. */
@NullMarked
package dev.manicule.server.config;

import org.jspecify.annotations.NullMarked;
