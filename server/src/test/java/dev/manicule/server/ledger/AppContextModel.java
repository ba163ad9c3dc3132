package dev.manicule.server.ledger;

import dev.manicule.server.command.ChangeMemberships;
import dev.manicule.server.command.RemoveEntity;
import dev.manicule.server.command.SetEntity;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the ledger must do with metadata of users and channels, and with memberships: plain maps. */
@SuppressWarnings("NullAway") // what the maps hold is known
final class AppContextModel {
    /** As bytes of UTF-8. */
    static final Comparator<String> BY_NAME = (one, other) -> Arrays
            .compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));

    /** Metadata. */
    final Map<EntityId, Metadata> entities = new HashMap<>();
    /** Memberships. */
    final Map<Pair, Metadata> memberships = new HashMap<>();
    private final Events events;

    /** A user and a channel. */
    record Pair(String keyset, String user, String channel) {
        static Pair of(EntityId owner, String other) {
            return owner.kind() == EntityId.Kind.USER
                    ? new Pair(owner.keyset(), owner.name(), other)
                    : new Pair(owner.keyset(), other, owner.name());
        }

        boolean isOf(EntityId owner) {
            return keyset.equals(owner.keyset()) && owner.name().equals(nameOf(owner.kind()));
        }

        String nameOf(EntityId.Kind kind) {
            return kind == EntityId.Kind.USER ? user : channel;
        }
    }

    /** Takes events. */
    @FunctionalInterface
    interface Events {
        void happened(Channel channel, long timetoken);
    }

    AppContextModel(Events events) {
        this.events = events;
    }

    SetEntity.Outcome set(SetEntity set, long timetoken) {
        Metadata before = entities.get(set.entity());
        if (set.tag() != null && (before == null || !before.eTag().equals(set.tag()))) {
            return new SetEntity.OtherTag();
        }
        long count = entities.keySet()
                .stream()
                .filter(each -> each.kind() == set.entity().kind() && each.keyset().equals(set.entity().keyset()))
                .count();
        if (before == null && count >= set.most()) {
            return new SetEntity.TooManyEntities();
        }
        Metadata now = merged(before, set.patch(), timetoken);
        entities.put(set.entity(), now);
        events.happened(new Channel(set.entity().keyset(), set.entity().name()), timetoken);
        return new SetEntity.EntitySet(now);
    }

    private static Metadata merged(@Nullable Metadata before, Json patch, long timetoken) {
        TreeMap<String, Json> fields = new TreeMap<>(before == null ? Map.of() : before.members());
        JsonReader.parts(patch.utf8()).forEach((name, value) -> {
            fields.remove(name);
            if (!value.toString().equals("null")) {
                fields.put(name, value);
            }
        });
        return new Metadata(Metadata.object(fields), timetoken);
    }

    RemoveEntity.Outcome remove(RemoveEntity remove, long timetoken) {
        List<String> others = others(remove.entity());
        long next = timetoken;
        int removed = Math.min(others.size(), remove.mostMemberships());
        for (String other : others.subList(0, removed)) {
            next = end(Pair.of(remove.entity(), other), next);
        }
        if (removed > 0 && removed == remove.mostMemberships()) {
            return new RemoveEntity.MembershipsLeft();
        }
        if (entities.remove(remove.entity()) != null) {
            events.happened(new Channel(remove.entity().keyset(), remove.entity().name()), next);
        }
        return new RemoveEntity.EntityRemoved();
    }

    /** The names of the others in the memberships of an entity, in their order. */
    List<String> others(EntityId owner) {
        return memberships.keySet()
                .stream()
                .filter(each -> each.isOf(owner))
                .map(each -> each.nameOf(owner.kind().other()))
                .sorted(BY_NAME)
                .toList();
    }

    private long end(Pair pair, long timetoken) {
        if (memberships.remove(pair) == null) {
            return timetoken;
        }
        return told(pair, timetoken);
    }

    private long told(Pair pair, long timetoken) {
        events.happened(new Channel(pair.keyset(), pair.channel()), timetoken);
        if (!pair.channel().equals(pair.user())) {
            events.happened(new Channel(pair.keyset(), pair.user()), timetoken + 1);
        }
        return timetoken + 2;
    }

    ChangeMemberships.Outcome change(ChangeMemberships change, long timetoken) {
        EntityId owner = change.owner();
        if (change.isStrict() && !change.sets().isEmpty() && !entities.containsKey(owner)) {
            return new ChangeMemberships.NoSuchEntity(owner.name());
        }
        Set<String> added = new HashSet<>();
        for (ChangeMemberships.Member member : change.sets()) {
            EntityId other = owner.other(member.name());
            if (change.isStrict() && !entities.containsKey(other)) {
                return new ChangeMemberships.NoSuchEntity(member.name());
            }
            if (!memberships.containsKey(Pair.of(owner, member.name())) && added.add(member.name())
                    && others(other).size() >= change.most()) {
                return new ChangeMemberships.TooManyMemberships(member.name());
            }
        }
        if (!added.isEmpty() && others(owner).size() + added.size() > change.most()) {
            return new ChangeMemberships.TooManyMemberships(owner.name());
        }
        long next = timetoken;
        for (ChangeMemberships.Member member : change.sets()) {
            Pair pair = Pair.of(owner, member.name());
            memberships.put(pair, merged(memberships.get(pair), member.patch(), next));
            next = told(pair, next);
        }
        for (String name : change.removals()) {
            next = end(Pair.of(owner, name), next);
        }
        return new ChangeMemberships.MembershipsChanged();
    }
}
