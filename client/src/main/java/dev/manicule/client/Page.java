package dev.manicule.client;

import org.jspecify.annotations.Nullable;

/**
 * The continuation of a result that was cut: the same call with these bounds returns the next older page.
 *
 * @param start the upper bound, excluded, in 100-nanosecond steps since 1970
 * @param end the lower bound, included, in 100-nanosecond steps since 1970; null for none
 * @param limit how many entries the page had at most
 * @since 0.1
 */
public record Page(long start, @Nullable Long end, int limit) {}
