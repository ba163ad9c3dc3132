/** How much is too much, and how often that was. */
@NullMarked
package dev.manicule.server.limits;

import org.jspecify.annotations.NullMarked;
