/**
 * The way of each request to its endpoint: {@link dev.manicule.server.routing.Router} lists the steps in order, and the
 * families of endpoints are in {@code api}.
 */
@NullMarked
package dev.manicule.server.routing;

import org.jspecify.annotations.NullMarked;
