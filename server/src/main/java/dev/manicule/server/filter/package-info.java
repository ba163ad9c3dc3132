/** Filter expressions: what of its channels a subscriber wants to be told. */
@NullMarked
package dev.manicule.server.filter;

import org.jspecify.annotations.NullMarked;
