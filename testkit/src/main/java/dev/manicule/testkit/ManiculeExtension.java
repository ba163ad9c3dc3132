package dev.manicule.testkit;

import dev.manicule.client.ManiculeClient;
import java.lang.reflect.Parameter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Implements {@link Manicule}. A server starts when a test first needs it. */
final class ManiculeExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(ManiculeExtension.class);

    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == ManiculeServer.class || type == ManiculeCluster.class || type == ManiculeClient.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Parameter wanted = parameter.getParameter();
        Manicule wish = wish(context);
        requireSense(wish, wanted.getType());
        Owned owned = owned(context, wish);
        return wanted.getType() == ManiculeClient.class ? owned.client(user(wanted)) : owned.server();
    }

    private static void requireSense(Manicule wish, Class<?> wanted) {
        if (wish.nodes() == 0 && wanted == ManiculeCluster.class) {
            throw new ParameterResolutionException("How many nodes? @Manicule(nodes = 3) makes a cluster of three.");
        }
        if (wish.nodes() != 0 && wanted == ManiculeServer.class) {
            throw new ParameterResolutionException("@Manicule(nodes = " + wish.nodes()
                    + ") makes no single server: ask for a ManiculeCluster, and it for node(0).");
        }
        if (wish.nodes() < 0 || wish.nodes() > ManiculeCluster.MOST_NODES) {
            throw new ExtensionConfigurationException("@Manicule(nodes = " + wish.nodes()
                    + ") is no cluster: expected 1 to " + ManiculeCluster.MOST_NODES
                    + " nodes, or 0 for a single server.");
        }
        if (wish.nodes() != 0 && wish.storage() != Storage.MEMORY) {
            throw new ExtensionConfigurationException("@Manicule(nodes = " + wish.nodes()
                    + ", storage = Storage.DISK) is not to be had: the log of a cluster for tests is in memory.");
        }
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

    /** The server or cluster of the test, or of its class where that is shared. */
    private static Owned owned(ExtensionContext context, Manicule wish) {
        ExtensionContext owner = context;
        while (wish.shared() && owner.getTestMethod().isPresent()) {
            owner = owner.getParent().orElseThrow();
        }
        if (!wish.shared() && context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException("Each test has a server of its own, so there is none for all of the "
                    + "class: @Manicule(shared = true) makes one.");
        }
        return stored(owner, wish);
    }

    /** Uses names that JUnit 5 has too, and has had for long. */
    @SuppressWarnings("deprecation")
    private static Owned stored(ExtensionContext owner, Manicule wish) {
        return Objects.requireNonNull(owner.getStore(NAMESPACE)
                .getOrComputeIfAbsent(Owned.class, key -> start(wish), Owned.class));
    }

    /** A server, or a cluster, in a store, which closes it at the end: JUnit 5 for the one type, JUnit 6 for the other. */
    @SuppressWarnings("deprecation")
    private record Owned(Object server, Function<String, ManiculeClient> clients, Runnable stop)
            implements
                ExtensionContext.Store.CloseableResource,
                AutoCloseable {
        ManiculeClient client(String uuid) {
            return clients.apply(uuid);
        }

        @Override
        public void close() {
            stop.run();
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

    private static Owned start(Manicule wish) {
        if (wish.nodes() == 0) {
            ManiculeServer.Builder builder = ManiculeServer.builder()
                    .storage(wish.storage())
                    .secretKey(wish.secretKey());
            ManiculeServer server = (wish.at().isEmpty() ? builder : builder.at(moment(wish.at()))).start();
            return new Owned(server, server::client, server::close);
        }
        ManiculeCluster.Builder builder = ManiculeCluster.builder().nodes(wish.nodes()).secretKey(wish.secretKey());
        ManiculeCluster cluster = (wish.at().isEmpty() ? builder : builder.at(moment(wish.at()))).start();
        return new Owned(cluster, cluster::client, cluster::close);
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
