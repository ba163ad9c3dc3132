/** The load: requests in a closed loop, pools of subscribers, and the tools of the peers. */
@NullMarked
package dev.manicule.bench.load;

import org.jspecify.annotations.NullMarked;
