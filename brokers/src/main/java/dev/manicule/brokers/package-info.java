/**
 * Brokers of Apache Kafka for tests: real ones, in processes that can be killed, paused and started again, and
 * doors between them and their clients that can be cut, held and slowed.
 *
 * <p>Kafka's own jars are on no class path of ours; {@code brokers/kafka} puts them where the processes find them. The build
 * rehearses a start once, before the tests. What a start takes then, with Kafka 4.3.1 and JDK 25 on two cores, in seconds of processor
 * time, and of the clock when little else runs (twice as much and more on a busy machine):
 *
 * <table>
 * <caption>Starts of brokers</caption>
 * <tr><th>virtual machine</th><th>one broker</th><th>three brokers</th></tr>
 * <tr><td>as it comes</td><td>4.3 (2.5)</td><td>13.8 (7.7)</td></tr>
 * <tr><td>serial collector, first compiler only</td><td>2.3 (1.7)</td><td>7.7 (4.1)</td></tr>
 * <tr><td>and what was rehearsed</td><td>1.2 (0.8)</td><td>3.8 (2.2)</td></tr>
 * </table>
 *
 * <p>A broker takes about 150 MB of memory, 200 MB under load.
 */
@NullMarked
package dev.manicule.brokers;

import org.jspecify.annotations.NullMarked;
