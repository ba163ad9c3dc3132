package dev.manicule.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test a real server of its own, on a free port of this machine; stops it and deletes its data when the test
 * is over. A test accesses it by its parameters:
 *
 * <pre>{@code
 * @Manicule
 * class ReactionsTest {
 *     @Test
 *     void bobWaves(ManiculeClient alice, ManiculeClient bob) {
 *         long message = alice.publish("room", "hello").sync().orThrow().timetoken();
 *         bob.addMessageAction("room", MessageAction.of("reaction", "wave", message)).sync().orThrow();
 *         assertEquals(1, alice.getMessageActions("room").sync().orThrow().actions().size());
 *     }
 * }
 * }</pre>
 *
 * <ul>
 * <li>{@link ManiculeServer}: the server, with its time, its faults and its snapshots.
 * <li>{@link ManiculeCluster}, where {@link #nodes} says how many: several servers that share all writes.
 * <li>{@link dev.manicule.client.ManiculeClient ManiculeClient}: a client of it, for a user of the parameter's name (or the
 * one that {@link User} says), closed with the test.
 * </ul>
 *
 * <p>Parameters of constructors and of methods that run before and after each test get the same server and the same clients
 * as the test. The server runs in the virtual machine of the test where that is Java 25 or newer, else in a process of a
 * JDK 25 that is found on the machine.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ManiculeExtension.class)
public @interface Manicule {
    /**
     * How many nodes a cluster has for the test, from 1 to {@value ManiculeCluster#MOST_NODES}. 0, the
     * default: one server, and no cluster.
     */
    int nodes() default 0;

    /** Where it stores: by default in memory. A cluster always stores in memory. */
    Storage storage() default Storage.MEMORY;

    /**
     * The moment at which the server's clock stands, such as {@code 2026-01-01T00:00:00Z}, so that a test has the same
     * timetokens whenever it runs. Empty, the default: the clock runs.
     */
    String at() default "";

    /**
     * One server, or cluster, for all tests of the class, with all that they have stored, instead of one for each test.
     */
    boolean shared() default false;

    /**
     * A secret key, which turns the access manager on: then clients need a token, except those that
     * {@link ManiculeServer#owner()} and {@link ManiculeCluster#owner()} make. Empty, the default: every client may do
     * everything.
     */
    String secretKey() default "";
}
