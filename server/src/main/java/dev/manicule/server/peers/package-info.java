/** Nodes of a cluster among themselves: which nodes are there, and how a node gets the tables of another. */
@NullMarked
package dev.manicule.server.peers;

import org.jspecify.annotations.NullMarked;
