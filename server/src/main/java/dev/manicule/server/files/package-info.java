/**
 * Files and folders: their permissions, whether they are on the disk, how much room there is, and why one can't be
 * opened.
 */
@NullMarked
package dev.manicule.server.files;

import org.jspecify.annotations.NullMarked;
