package dev.manicule.server.journal;

import dev.manicule.server.command.ReportNode;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.PresenceNotice;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.KeyGrant;
import dev.manicule.server.model.Revocation;
import java.util.List;
import java.util.Set;

/** Receives each commit, in order, on the thread that applies the log. It must not block. */
@FunctionalInterface
public interface CommitListener {
    /** Called after a commit and before the outcomes of its commands are delivered. */
    void committed(Commit commit);

    /**
     * Some commands that were made durable together.
     *
     * @param events the events to deliver to subscribers, ascending by timetoken; never changed
     * @param groups the groups that were changed, as they are now
     * @param revocations the revoked tokens
     * @param ofNodes what concerns the nodes of a cluster
     * @param lastTimetoken all events up to it are committed now
     * @param erases whether events of this or an earlier commit were erased, so that copies of events must be dropped
     * @param keyGrants the permissions of auth keys that were set, in order
     */
    record Commit(List<Event> events, List<Members> groups, List<Revocation> revocations, NodeChanges ofNodes,
            long lastTimetoken, boolean erases, List<KeyGrant> keyGrants) {
        /** One that sets no permissions of auth keys. */
        public Commit(List<Event> events, List<Members> groups, List<Revocation> revocations, NodeChanges ofNodes,
                long lastTimetoken, boolean erases) {
            this(events, groups, revocations, ofNodes, lastTimetoken, erases, List.of());
        }
    }

    /**
     * What concerns the nodes of a cluster.
     *
     * @param removed the nodes that have lost leases because they were not seen any more
     * @param notices what requests about presence mean for nodes that did not get them
     * @param reports the reports of nodes on themselves, those that took effect
     */
    record NodeChanges(Set<Long> removed, List<PresenceNotice> notices, List<ReportNode> reports) {
        /** Nothing. */
        public static final NodeChanges NONE = new NodeChanges(Set.of(), List.of(), List.of());
    }
}
