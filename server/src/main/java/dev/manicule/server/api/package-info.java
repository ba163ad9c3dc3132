/** The wire: one class a family of endpoints, each parses, asks and answers in the protocol's words. */
@NullMarked
package dev.manicule.server.api;

import org.jspecify.annotations.NullMarked;
