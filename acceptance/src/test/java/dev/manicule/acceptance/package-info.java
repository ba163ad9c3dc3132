/** What users see of Manicule, tried from outside: real sockets, real processes, real disks. */
@NullMarked
package dev.manicule.acceptance;

import org.jspecify.annotations.NullMarked;
