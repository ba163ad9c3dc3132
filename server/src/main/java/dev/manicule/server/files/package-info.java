/** Files and folders: for whom they are, whether they are on the disk, how much room there is, and why one can't be had. */
@NullMarked
package dev.manicule.server.files;

import org.jspecify.annotations.NullMarked;
