package dev.manicule.server.config;

import dev.manicule.server.presence.PresenceSettings;
import dev.manicule.server.push.PushSettings;

/**
 * How users are reached.
 *
 * @param presence how presence is delivered
 * @param push how notifications to devices are delivered
 */
public record DeliverySettings(PresenceSettings presence, PushSettings push) {
    /** The defaults of presence, no notifications. */
    public static final DeliverySettings DEFAULT = new DeliverySettings(PresenceSettings.DEFAULT, PushSettings.NONE);
}
