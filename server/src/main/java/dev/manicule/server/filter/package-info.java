/** Filter expressions: which events of its channels a subscriber wants to receive. */
@NullMarked
package dev.manicule.server.filter;

import org.jspecify.annotations.NullMarked;
