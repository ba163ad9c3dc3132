package dev.manicule.server.config;

import dev.manicule.server.config.ConfigNodes.Members;
import dev.manicule.server.model.PushDevice;
import dev.manicule.server.push.PushDelivery;
import dev.manicule.server.push.PushSettings;
import dev.manicule.server.push.SigningKey;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;

/** The settings of notifications to devices. */
final class PushSection {
    private PushSection() {}

    static PushSettings read(ConfigNodes nodes, Node node) throws ConfigException {
        Members members = nodes.members(node, List.of("fcm", "apns", "authorities"));
        PushSettings.Fcm fcm = members.get("fcm", each -> fcm(nodes, each));
        PushSettings.Apns apns = members.get("apns", each -> apns(nodes, each));
        Path authorities = members.get("authorities", each -> {
            Path path = nodes.path(each);
            nodes.check(each, PushDelivery.problem(path));
            return path;
        });
        if (fcm == null && apns == null) {
            throw nodes.at(node, "`push` needs `fcm` or `apns`: a gateway that takes notifications.");
        }
        return new PushSettings(fcm, apns, authorities);
    }

    private static PushSettings.Fcm fcm(ConfigNodes nodes, Node node) throws ConfigException {
        Members members = nodes.members(node, List.of("account", "endpoint"));
        PushSettings.ServiceAccount account = members.get("account", each -> account(nodes, each));
        if (account == null) {
            throw nodes.at(node, "`fcm` needs `account`: the JSON of a service account, as `file: PATH`.");
        }
        return new PushSettings.Fcm(account,
                members.get("endpoint", each -> endpoint(nodes, each), PushSettings.Fcm.USUAL));
    }

    private static PushSettings.ServiceAccount account(ConfigNodes nodes, Node node) throws ConfigException {
        try {
            return PushSettings.ServiceAccount.read(nodes.given(node, "the JSON of the service account"));
        } catch (IllegalArgumentException e) {
            throw nodes.at(node, "the service account has " + e.getMessage()
                    + ": expected the JSON file that Google's console makes for it.");
        }
    }

    private static PushSettings.Apns apns(ConfigNodes nodes, Node node) throws ConfigException {
        Members members = nodes.members(node,
                List.of("key", "keyId", "teamId", "topic", "environment", "endpoint", "developmentEndpoint"));
        SigningKey key = members.get("key", each -> key(nodes, each));
        String keyId = members.get("keyId", nodes::text);
        String teamId = members.get("teamId", nodes::text);
        if (key == null || keyId == null || teamId == null) {
            throw nodes.at(node, "`apns` needs `key`, the .p8 file of Apple's as `file: PATH`, its `keyId`, and the"
                    + " `teamId` of its owner.");
        }
        String topic = members.get("topic", each -> topic(nodes, each));
        boolean isProduction = members.get("environment", each -> isProduction(nodes, each), true);
        return new PushSettings.Apns(key, keyId, teamId,
                topic == null ? null : new PushSettings.App(topic, isProduction),
                members.get("endpoint", each -> endpoint(nodes, each), PushSettings.Apns.USUAL_PRODUCTION),
                members.get("developmentEndpoint", each -> endpoint(nodes, each),
                        PushSettings.Apns.USUAL_DEVELOPMENT));
    }

    private static SigningKey key(ConfigNodes nodes, Node node) throws ConfigException {
        try {
            return SigningKey.of(SigningKey.Algorithm.ES256, nodes.given(node, "the key of Apple's"));
        } catch (IllegalArgumentException e) {
            throw nodes.at(node, "this is " + e.getMessage() + ": expected the .p8 file that Apple makes once.");
        }
    }

    private static String topic(ConfigNodes nodes, Node node) throws ConfigException {
        String topic = nodes.text(node);
        if (!PushDevice.isTopic(topic)) {
            throw nodes.at(node,
                    "`" + topic + "` is no identifier of an app: expected something like com.example.app.");
        }
        return topic;
    }

    private static boolean isProduction(ConfigNodes nodes, Node node) throws ConfigException {
        return switch (nodes.text(node)) {
            case "production" -> true;
            case "development" -> false;
            default -> throw nodes.at(node, "expected production or development.");
        };
    }

    private static URI endpoint(ConfigNodes nodes, Node node) throws ConfigException {
        String text = nodes.text(node);
        URI endpoint = PushSettings.https(text);
        if (endpoint == null || !List.of("", "/").contains(endpoint.getRawPath())) {
            throw nodes.at(node, "`" + text + "` is no endpoint: expected something like https://gateway.example:443.");
        }
        return endpoint;
    }
}
