package dev.manicule.client;

/** What a {@link Status} is about. The codes are those of the protocol's Python clients. */
public enum Operation {
    SUBSCRIBE(1), UNSUBSCRIBE(2), PUBLISH(3), HISTORY(4), TIME(17), DELETE_MESSAGES(23), MESSAGE_COUNTS(
            24), ADD_MESSAGE_ACTION(42), GET_MESSAGE_ACTIONS(43), REMOVE_MESSAGE_ACTION(44), FETCH_MESSAGES(45);

    private final int code;

    Operation(int code) {
        this.code = code;
    }

    /** Its number, such as 42 for adding a message action. */
    public int code() {
        return code;
    }
}
