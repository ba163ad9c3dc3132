package dev.manicule.bench.micro;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.ledger.Actions;
import dev.manicule.server.model.MessageAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reads and writes the JSON of one request. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
public class JsonBenchmark {
    private final byte[] body = """
            {"type":"reaction","value":"smiley_face"}""".getBytes(StandardCharsets.UTF_8);
    private final byte[] message = """
            {"text":"Is anyone there? \\u263a ☞","mentions":["alice","bob"],"n":12}""".getBytes(StandardCharsets.UTF_8);
    private final MessageAction action = new MessageAction(17_952_278_541_784_315L, "reaction", "smiley_face", "bob",
            17_952_278_541_784_316L);

    /** The body of an add. */
    @Benchmark
    public @Nullable Map<String, Object> members() {
        return JsonReader.members(body);
    }

    /** A message, checked. */
    @Benchmark
    public @Nullable Json value() {
        return JsonReader.value(message);
    }

    /** An action, as it is stored and returned. */
    @Benchmark
    public byte[] row() {
        return Actions.row(action);
    }
}
