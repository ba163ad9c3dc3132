package dev.manicule.server.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Producers that fail when a test asks for it: before they send a record, or so that only the acknowledgement is lost. */
final class FailingProducers implements Supplier<Producer<byte[], byte[]>> {
    private final Supplier<Producer<byte[], byte[]>> producers;
    private volatile @Nullable Boolean failsInDoubt;

    FailingProducers(Supplier<Producer<byte[], byte[]>> producers) {
        this.producers = producers;
    }

    /** Has the records of the next append fail. */
    void failNext(boolean inDoubt) {
        failsInDoubt = inDoubt;
    }

    @Override
    @SuppressWarnings("unchecked") // a proxy of the one interface
    public Producer<byte[], byte[]> get() {
        Producer<byte[], byte[]> producer = producers.get();
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[]{Producer.class}, (_, method, arguments) -> {
                    Boolean fails = failsInDoubt;
                    if (method.getName().equals("send") && Boolean.FALSE.equals(fails)) {
                        failsInDoubt = null;
                        throw new TimeoutException("no record is sent, because of the test");
                    }
                    if (method.getName().equals("flush")) {
                        failsInDoubt = null;
                    }
                    Object result;
                    try {
                        result = method.invoke(producer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    return method.getName().equals("send") && fails != null
                            ? lost((Future<RecordMetadata>) result)
                            : result;
                });
    }

    /** The record arrives, and nobody hears of it. */
    private static Future<RecordMetadata> lost(Future<RecordMetadata> sent) {
        return new CompletableFuture<>() {
            @Override
            public RecordMetadata get() throws InterruptedException, ExecutionException {
                RecordMetadata _ = sent.get();
                throw new ExecutionException(new TimeoutException("the acknowledgement is lost, because of the test"));
            }
        };
    }
}
