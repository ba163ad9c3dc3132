package dev.manicule.server.config;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Keysets;
import dev.manicule.server.access.Secret;
import dev.manicule.server.model.ActionRules;
import dev.manicule.server.config.ConfigNodes.Members;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The keysets. */
final class KeysetSection {
    private KeysetSection() {}

    static List<Keyset> all(ConfigNodes nodes, Node node) throws ConfigException {
        if (!(node instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
            throw nodes.at(node,
                    "`keysets` must be a list with at least one entry; leave it out to let every key work.");
        }
        List<Keyset> keysets = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Node entry : sequence.getValue()) {
            Keyset keyset = one(nodes, entry);
            if (!names.add(keyset.subscribeKey())) {
                throw nodes.at(entry,
                        "the subscribe key " + keyset.subscribeKey() + " is there twice; each names one keyset.");
            }
            keysets.add(keyset);
        }
        return keysets;
    }

    private static Keyset one(ConfigNodes nodes, Node node) throws ConfigException {
        Members members = nodes.members(node, List.of("subscribeKey", "publishKey", "secretKey", "accessManager",
                "strictParents", "retentionDays", "requestsPerSecond", "corsOrigins", "actions", "strictMemberships"));
        String subscribeKey = members.get("subscribeKey", nodes::text);
        String publishKey = members.get("publishKey", nodes::text);
        boolean accessManager = members.get("accessManager", nodes::truth, false);
        Keyset.Policy policy = new Keyset.Policy(members.get("strictParents", nodes::truth, false),
                members.get("retentionDays", each -> Duration.ofDays(nodes.number(each, 1, 36_500))),
                members.get("requestsPerSecond", each -> nodes.number(each, 0, 10_000_000), 0),
                members.get("corsOrigins", each -> nodes.texts(each, ConfigRules::origin), List.of()),
                members.get("actions", each -> ActionRulesSection.all(nodes, each), ActionRules.NONE),
                members.get("strictMemberships", nodes::truth, false));
        if (subscribeKey == null || publishKey == null) {
            throw nodes.at(node, "a keyset needs `subscribeKey` and `publishKey`.");
        }
        if (!Keysets.isName(subscribeKey) || !Keysets.isName(publishKey)) {
            throw nodes.at(node, "a subscribe key and a publish key have 1 to 255 bytes.");
        }
        List<String> otherKeys = List.of(subscribeKey, publishKey);
        Secret secretKey = members.get("secretKey", each -> secretKey(nodes, each, otherKeys));
        if (accessManager && secretKey == null) {
            throw nodes.at(node, "`accessManager` needs a `secretKey`: without one, no token can be granted.");
        }
        if (policy.actionRules().areSomeOfOwner() && secretKey == null) {
            throw nodes.at(node,
                    "`owner` in a rule for `actions` needs a `secretKey`: without one, no request is signed.");
        }
        return new Keyset(subscribeKey, publishKey, secretKey, accessManager, policy);
    }

    private static Secret secretKey(ConfigNodes nodes, Node node, List<String> otherKeys) throws ConfigException {
        String secret = nodes.given(node, "the secret key");
        nodes.check(node, ConfigRules.secretKey(secret, otherKeys));
        return new Secret(secret);
    }
}
