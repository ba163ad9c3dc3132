package dev.manicule.testkit;

import java.io.UncheckedIOException;
import java.util.List;

/**
 * Where servers run: in this virtual machine, or in a process of a newer one. It takes the commands of the server's
 * {@code DevHost}. Any thread may use it.
 */
interface Host {
    /**
     * Executes a command.
     *
     * @param words the id of its subject, the verb, its arguments
     * @return the result; empty where there is none
     * @throws IllegalArgumentException when an argument is invalid
     * @throws IllegalStateException when the server does not start, the state of the subject forbids the command, or the
     *         process of the servers has ended
     * @throws UncheckedIOException when the disk fails
     */
    String call(List<String> words);

    /**
     * The host for a new server: the process of a JDK that the property {@value Jdks#PROPERTY} or the variable
     * {@value Jdks#VARIABLE} names, else this virtual machine where it is new enough, else the process of a JDK that is
     * found.
     *
     * @throws IllegalStateException when no JDK is found, or its process does not start
     */
    static Host present() {
        Jdks jdks = Jdks.ofThisMachine();
        return jdks.named()
                .map(OtherVm::of)
                .orElseGet(() -> Runtime.version().feature() >= Jdks.OLDEST
                        ? SameVm.host()
                        : OtherVm.of(jdks.find()));
    }
}
