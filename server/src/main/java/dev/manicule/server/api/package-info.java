/**
 * The wire: one class for each family of endpoints, which parses requests, runs them and responds in the protocol's
 * words.
 */
@NullMarked
package dev.manicule.server.api;

import org.jspecify.annotations.NullMarked;
