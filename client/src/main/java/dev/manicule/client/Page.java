package dev.manicule.client;

import org.jspecify.annotations.Nullable;

/**
 * The continuation of a result that was cut: the same call with these bounds returns the next older page.
 *
 * @param start the upper bound, excluded
 * @param end the lower bound, included; null for none
 * @param limit how many entries the page had at most
 */
public record Page(long start, @Nullable Long end, int limit) {}
