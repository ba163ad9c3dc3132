package dev.manicule.testkit;

import dev.manicule.client.ManiculeClient;
import java.lang.reflect.Parameter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link Manicule} does. A server is started when a test first wants it. */
final class ManiculeExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(ManiculeExtension.class);

    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == ManiculeServer.class || type == ManiculeClient.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ManiculeServer server = server(context);
        return parameter.getParameter().getType() == ManiculeServer.class
                ? server
                : server.client(user(parameter.getParameter()));
    }

    private static String user(Parameter parameter) {
        User user = parameter.getAnnotation(User.class);
        if (user != null) {
            return user.value();
        }
        if (parameter.isNamePresent()) {
            return parameter.getName();
        }
        throw new ParameterResolutionException("For whom is this client? Annotate the parameter with @User(\"alice\"), "
                + "or have its name compiled in (javac -parameters).");
    }

    /** That of the test, or of its class where it is shared. */
    private static ManiculeServer server(ExtensionContext context) {
        Manicule wish = wish(context);
        ExtensionContext owner = context;
        while (wish.shared() && owner.getTestMethod().isPresent()) {
            owner = owner.getParent().orElseThrow();
        }
        if (!wish.shared() && context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException("Each test has a server of its own, so there is none for all of the "
                    + "class: @Manicule(shared = true) makes one.");
        }
        return owned(owner, wish).server();
    }

    /** By names that JUnit 5 has too, and has had for long. */
    @SuppressWarnings("deprecation")
    private static Owned owned(ExtensionContext owner, Manicule wish) {
        return Objects.requireNonNull(owner.getStore(NAMESPACE)
                .getOrComputeIfAbsent(Owned.class, key -> new Owned(start(wish)), Owned.class));
    }

    /** A server in a store, which closes it at the end. */
    @SuppressWarnings("deprecation")
    private record Owned(ManiculeServer server) implements ExtensionContext.Store.CloseableResource {
        @Override
        public void close() {
            server.close();
        }
    }

    private static Manicule wish(ExtensionContext context) {
        for (Class<?> type = context.getRequiredTestClass(); type != null; type = type.getEnclosingClass()) {
            var found = AnnotationSupport.findAnnotation(type, Manicule.class);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new ExtensionConfigurationException("@Manicule belongs on the class of the test.");
    }

    private static ManiculeServer start(Manicule wish) {
        ManiculeServer.Builder server = ManiculeServer.builder().storage(wish.storage()).secretKey(wish.secretKey());
        if (!wish.at().isEmpty()) {
            server.at(moment(wish.at()));
        }
        return server.start();
    }

    private static Instant moment(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new ExtensionConfigurationException(
                    "@Manicule(at = \"" + text + "\") is no moment: expected something like 2026-01-01T00:00:00Z.", e);
        }
    }
}
