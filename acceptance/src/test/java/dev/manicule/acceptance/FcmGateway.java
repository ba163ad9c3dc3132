package dev.manicule.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Firebase Cloud Messaging as its documentation describes it: access tokens for a signed account, and messages over TLS. */
final class FcmGateway extends PushGateway {
    private final ObjectMapper mapper = new ObjectMapper();
    private final KeyPair keys;
    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    /** What the accounts that wanted a token have said. */
    private final List<JsonNode> claims = new CopyOnWriteArrayList<>();

    FcmGateway(TestCertificate certificate) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.serving()));
        server.createContext("/token", this::token);
        server.createContext("/v1/projects/chat-1/messages:send", this::message);
        server.setExecutor(threads);
        server.start();
    }

    /** The file of an account of it. */
    String account() {
        return mapper.createObjectNode()
                .put("type", "service_account")
                .put("project_id", "chat-1")
                .put("client_email", "sender@chat-1.example")
                .put("private_key", TestCertificate.pem("PRIVATE KEY", keys.getPrivate().getEncoded()))
                .put("token_uri", "https://localhost:" + port() + "/token")
                .toString();
    }

    List<JsonNode> claims() {
        return new ArrayList<>(claims);
    }

    @Override
    int port() {
        return server.getAddress().getPort();
    }

    private void token(HttpExchange exchange) throws IOException {
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> members = new TreeMap<>();
        for (String each : form.split("&", -1)) {
            String[] parts = each.split("=", 2);
            members.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        JsonNode said = verified(String.valueOf(members.get("assertion")));
        if (said == null || !"urn:ietf:params:oauth:grant-type:jwt-bearer".equals(members.get("grant_type"))) {
            respond(exchange, PushGateway.Reply.of(400, "{\"error\":\"invalid_grant\"}"));
            return;
        }
        claims.add(said);
        respond(exchange, PushGateway.Reply.of(200,
                "{\"access_token\":\"access-" + claims.size() + "\",\"expires_in\":3599,\"token_type\":\"Bearer\"}"));
    }

    /** The claims of a token that the account has signed; null when it has not. */
    private @Nullable JsonNode verified(String token) throws IOException {
        String[] parts = token.split("\\.", -1);
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(keys.getPublic());
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            boolean isSigned = signature.verify(Base64.getUrlDecoder().decode(parts[2]))
                    && mapper.readTree(Base64.getUrlDecoder().decode(parts[0])).get("alg").asText().equals("RS256");
            return isSigned ? mapper.readTree(Base64.getUrlDecoder().decode(parts[1])) : null;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private void message(HttpExchange exchange) throws IOException {
        Map<String, String> fields = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> fields.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Sent sent = new Sent(exchange.getRequestURI().getPath(), fields, body, System.nanoTime());
        if (!("Bearer access-" + claims.size()).equals(fields.get("authorization"))) {
            respond(exchange, Reply.of(401, "{\"error\":{\"code\":401,\"status\":\"UNAUTHENTICATED\"}}"));
            return;
        }
        Reply reply = reply(sent);
        if (reply != null) {
            respond(exchange, reply);
        }
    }

    private static void respond(HttpExchange exchange, Reply reply) throws IOException {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        reply.fields().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(reply.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        var _ = threads.shutdownNow();
    }
}
