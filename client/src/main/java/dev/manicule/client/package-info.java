/** A client for servers of this protocol; start at {@link dev.manicule.client.ManiculeClient}. */
@NullMarked
package dev.manicule.client;

import org.jspecify.annotations.NullMarked;
