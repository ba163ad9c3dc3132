package dev.manicule.client;

/** The operation that a {@link Status} is about. The codes are those of the protocol's Python clients. */
public enum Operation {
    SUBSCRIBE(1), UNSUBSCRIBE(2), PUBLISH(3), HISTORY(4), WHERE_NOW(5), SET_STATE(7), ADD_CHANNELS_TO_GROUP(8), //
    REMOVE_CHANNELS_FROM_GROUP(9), CHANNEL_GROUPS(10), REMOVE_GROUP(11), CHANNELS_FOR_GROUP(12), TIME(17), //
    HERE_NOW(18), GET_STATE(19), DELETE_MESSAGES(23), MESSAGE_COUNTS(24), FIRE(25), SIGNAL(26), //
    ADD_MESSAGE_ACTION(42), GET_MESSAGE_ACTIONS(43), REMOVE_MESSAGE_ACTION(44), FETCH_MESSAGES(45), //
    GRANT_TOKEN(41), REVOKE_TOKEN(40);

    private final int code;

    Operation(int code) {
        this.code = code;
    }

    /** Its number, such as 42 for adding a message action. */
    public int code() {
        return code;
    }
}
