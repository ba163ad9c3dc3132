package dev.manicule.acceptance;

import static org.awaitility.Awaitility.await;

import dev.manicule.client.Category;
import dev.manicule.client.Listener;
import dev.manicule.client.MessageActionEvent;
import dev.manicule.client.MessageEvent;
import dev.manicule.client.PresenceEvent;
import dev.manicule.client.ReadMarkEvent;
import dev.manicule.client.SignalEvent;
import dev.manicule.client.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Keeps all that it is told. */
class Recorder implements Listener {
    final List<MessageEvent> messages = Collections.synchronizedList(new ArrayList<>());
    final List<MessageActionEvent> actions = Collections.synchronizedList(new ArrayList<>());
    final List<SignalEvent> signals = Collections.synchronizedList(new ArrayList<>());
    final List<PresenceEvent> presence = Collections.synchronizedList(new ArrayList<>());
    final List<ReadMarkEvent> readMarks = Collections.synchronizedList(new ArrayList<>());
    final List<Category> statuses = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void status(Status status) {
        statuses.add(status.category());
    }

    @Override
    public void message(MessageEvent message) {
        messages.add(message);
    }

    @Override
    public void signal(SignalEvent signal) {
        signals.add(signal);
    }

    @Override
    public void presence(PresenceEvent event) {
        presence.add(event);
    }

    @Override
    public void messageAction(MessageActionEvent event) {
        actions.add(event);
    }

    @Override
    public void readMark(ReadMarkEvent event) {
        readMarks.add(event);
    }

    void awaitConnected() {
        await().atMost(Duration.ofSeconds(10)).until(() -> statuses.contains(Category.CONNECTED));
    }
}
