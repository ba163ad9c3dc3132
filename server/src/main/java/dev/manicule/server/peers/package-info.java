/** Nodes of a cluster among themselves: who is there, and how one gets the tables of another. */
@NullMarked
package dev.manicule.server.peers;

import org.jspecify.annotations.NullMarked;
