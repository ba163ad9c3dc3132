/**
 * The Java client of Manicule.
 *
 * @since 0.1
 */
module dev.manicule.client {
    requires transitive com.fasterxml.jackson.databind;
    requires java.net.http;
    requires static transitive org.jspecify;
    requires static transitive com.google.errorprone.annotations;

    exports dev.manicule.client;
}
