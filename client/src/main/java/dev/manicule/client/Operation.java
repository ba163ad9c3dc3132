package dev.manicule.client;

/**
 * The operation that a {@link Status} is about. The codes are those of the protocol's Python clients;
 * what the protocol lacks has codes from 1001 on.
 *
 * @since 0.1
 */
public enum Operation {
    /** A poll of the subscription. */
    SUBSCRIBE(1),
    /** Leave channels. */
    UNSUBSCRIBE(2),
    /** {@link Publish}. */
    PUBLISH(3),
    /** {@link History}. */
    HISTORY(4),
    /** {@link WhereNow}. */
    WHERE_NOW(5),
    /** {@link SetPresenceState}. */
    SET_STATE(7),
    /** {@link ChangeChannelGroup}. */
    ADD_CHANNELS_TO_GROUP(8),
    /** {@link ChangeChannelGroup}. */
    REMOVE_CHANNELS_FROM_GROUP(9),
    /** {@link ManiculeClient#listAllChannelGroups()}. */
    CHANNEL_GROUPS(10),
    /** {@link ManiculeClient#deleteChannelGroup}. */
    REMOVE_GROUP(11),
    /** {@link ManiculeClient#listChannelsForChannelGroup}. */
    CHANNELS_FOR_GROUP(12),
    /** {@link ListPushChannels}. */
    LIST_PUSH_CHANNELS(13),
    /** {@link ManiculeClient#addPushChannels}. */
    ADD_PUSH_CHANNELS(14),
    /** {@link ManiculeClient#removePushChannels}. */
    REMOVE_PUSH_CHANNELS(15),
    /** {@link RemovePushDevice}. */
    REMOVE_PUSH_DEVICE(16),
    /** {@link Time}. */
    TIME(17),
    /** {@link HereNow}. */
    HERE_NOW(18),
    /** {@link GetPresenceState}. */
    GET_STATE(19),
    /** {@link DeleteMessages}. */
    DELETE_MESSAGES(23),
    /** {@link MessageCounts}. */
    MESSAGE_COUNTS(24),
    /** {@link ManiculeClient#fire}. */
    FIRE(25),
    /** {@link Signal}. */
    SIGNAL(26),
    /** {@link RevokeToken}. */
    REVOKE_TOKEN(40),
    /** {@link GrantToken}. */
    GRANT_TOKEN(41),
    /** {@link AddMessageAction}. */
    ADD_MESSAGE_ACTION(42),
    /** {@link GetMessageActions}. */
    GET_MESSAGE_ACTIONS(43),
    /** {@link RemoveMessageAction}. */
    REMOVE_MESSAGE_ACTION(44),
    /** {@link FetchMessages}. */
    FETCH_MESSAGES(45),
    /** {@link ListFiles}. */
    LIST_FILES(46),
    /** {@link DeleteFile}. */
    DELETE_FILE(47),
    /** {@link GetFileUrl}. */
    GET_FILE_URL(48),
    /** The first request of {@link SendFile}. */
    GENERATE_UPLOAD_URL(49),
    /** {@link DownloadFile}. */
    DOWNLOAD_FILE(50),
    /** The upload of {@link SendFile}. */
    SEND_FILE(51),
    /** {@link PublishFileMessage}, and the end of {@link SendFile}. */
    PUBLISH_FILE_MESSAGE(52),
    /** {@link SetUserMetadata}. */
    SET_USER_METADATA(53),
    /** {@link ManiculeClient#getUserMetadata}. */
    GET_USER_METADATA(54),
    /** {@link ManiculeClient#removeUserMetadata}. */
    REMOVE_USER_METADATA(55),
    /** {@link ManiculeClient#listUserMetadata}. */
    LIST_USER_METADATA(56),
    /** {@link SetChannelMetadata}. */
    SET_CHANNEL_METADATA(57),
    /** {@link ManiculeClient#getChannelMetadata}. */
    GET_CHANNEL_METADATA(58),
    /** {@link ManiculeClient#removeChannelMetadata}. */
    REMOVE_CHANNEL_METADATA(59),
    /** {@link ManiculeClient#listChannelMetadata}. */
    LIST_CHANNEL_METADATA(60),
    /** {@link ManiculeClient#getMembers}. */
    GET_MEMBERS(62),
    /** {@link ManiculeClient#changeMembers}. */
    CHANGE_MEMBERS(64),
    /** {@link ManiculeClient#getMemberships}. */
    GET_MEMBERSHIPS(66),
    /** {@link ManiculeClient#changeMemberships}. */
    CHANGE_MEMBERSHIPS(68),
    /** {@link GetActionSummaries}, which the protocol lacks. */
    GET_ACTION_SUMMARIES(1001),
    /** {@link GetActionsOn}, which the protocol lacks. */
    GET_ACTIONS_ON_MESSAGE(1002),
    /** {@link GetActionsBy}, which the protocol lacks. */
    GET_ACTIONS_BY_USER(1003),
    /** {@link ToggleMessageAction}, which the protocol lacks. */
    TOGGLE_MESSAGE_ACTION(1004),
    /** {@link RemoveMessageActionByValue}, which the protocol lacks. */
    REMOVE_MESSAGE_ACTION_BY_VALUE(1005),
    /** {@link SetMessageActions}, which the protocol lacks. */
    SET_MESSAGE_ACTIONS(1006),
    /** {@link RemoveMessageActions}, which the protocol lacks. */
    REMOVE_MESSAGE_ACTIONS(1007),
    /** {@link ChangeMessageActions}, which the protocol lacks. */
    CHANGE_MESSAGE_ACTIONS(1008),
    /** {@link GetActionRules}, which the protocol lacks. */
    GET_ACTION_RULES(1009),
    /** {@link MarkRead}, which the protocol lacks. */
    MARK_READ(1010),
    /** {@link GetReadMarks}, which the protocol lacks. */
    GET_READ_MARKS(1011),
    /** {@link GetUnreadCounts}, which the protocol lacks. */
    GET_UNREAD_COUNTS(1012);

    private final int code;

    Operation(int code) {
        this.code = code;
    }

    /**
     * Its number.
     *
     * @return such as 42 for adding a message action
     */
    public int code() {
        return code;
    }
}
