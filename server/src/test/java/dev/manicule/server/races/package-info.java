/** Real threads of the server, scheduled one step at a time, in many orders. */
@NullMarked
package dev.manicule.server.races;

import org.jspecify.annotations.NullMarked;
