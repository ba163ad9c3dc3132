/**
 * A client for servers of this protocol; start at {@link dev.manicule.client.ManiculeClient}.
 *
 * <p>Calls, configurations, results and events are immutable, and any thread may use them; only
 * {@link dev.manicule.client.ActionCounts} changes, with the events that it receives. (JSON is
 * Jackson's; a program should not change that of an event, which all listeners share.) A call does nothing until it is sent; a compiler with Error Prone, and an editor that knows {@code @CheckReturnValue}, warns
 * where the sending was forgotten.
 */
@NullMarked
@CheckReturnValue
package dev.manicule.client;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
