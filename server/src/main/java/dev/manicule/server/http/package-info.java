/** HTTP over Netty: requests in, answers out, limits, hang-ups. */
@NullMarked
package dev.manicule.server.http;

import org.jspecify.annotations.NullMarked;
