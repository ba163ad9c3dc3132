/** The server, put together. */
@NullMarked
package dev.manicule.server;

import org.jspecify.annotations.NullMarked;
