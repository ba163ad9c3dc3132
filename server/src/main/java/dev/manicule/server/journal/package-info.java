/** The journal decides: it puts commands in one order and makes them durable. */
@NullMarked
package dev.manicule.server.journal;

import org.jspecify.annotations.NullMarked;
