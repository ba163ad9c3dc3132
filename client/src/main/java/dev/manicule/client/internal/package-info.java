/**
 * How the client works: requests, connections, threads, the subscription. Not exported: programs that use the client
 * don't see it, and it changes without notice.
 */
@NullMarked
package dev.manicule.client.internal;

import org.jspecify.annotations.NullMarked;
