/**
 * The Java client of Manicule.
 *
 * @since 0.1
 */
module dev.manicule.client {
    requires transitive com.fasterxml.jackson.databind;
    requires java.net.http;
    // for compilers and editors alone: a program does without
    requires static org.jspecify;
    requires static com.google.errorprone.annotations;

    exports dev.manicule.client;
}
