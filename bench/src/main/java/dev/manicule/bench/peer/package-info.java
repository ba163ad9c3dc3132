/** The servers that are measured, each a process of its own on cores of its own. */
@NullMarked
package dev.manicule.bench.peer;

import org.jspecify.annotations.NullMarked;
