/** JSON as bytes: checked once on the way in, joined without decoding on the way out. */
@NullMarked
package dev.manicule.server.json;

import org.jspecify.annotations.NullMarked;
