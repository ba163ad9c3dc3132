"""Calls every function of the client, each with the arguments that it requires, and expects that it knows the body."""

import functools
import inspect

import manicule
from manicule import ActionBatch, ActionBatchChange, ActionValues, ApiClient, Configuration
from manicule import FileUploadInput, ChannelMetadataInput, GrantedPermissions, GrantRequest, MemberInput, MembersInput, MembershipInput
from manicule import MembershipsInput, MessageActionInput, ObjectReference, ReadMarkInput, UserMetadataInput
from manicule.exceptions import ApiException, ForbiddenException, NotFoundException

CURSOR = "10000000000000000"
ARGUMENTS = {
    "publish_key": "demo", "subscribe_key": "demo", "channel": "all", "channels": "all,else", "group": "friends",
    "payload": '"hello"', "uuid": "ann", "state": '{"mood":"fine"}', "file": "console.js", "token": "none",
    "timetoken": CURSOR, "signature": "none", "timestamp": 1, "user": "ann", "device": "ab", "topic": "app",
    "type": "reaction", "value": "wave",
    "body": {"text": "hello"}, "message_action_input": MessageActionInput(type="reaction", value="wave"),
    "action_values": ActionValues(values=["wave"]),
    "action_batch": ActionBatch(changes=[
        ActionBatchChange(change="toggle", message_timetoken=CURSOR, type="tag", value="new")]),
    "read_mark_input": ReadMarkInput(timetoken=CURSOR),
    "file_upload_input": FileUploadInput(name="cat.png"), "file_id": "none", "file_name": "cat.png",
    "user_metadata_input": UserMetadataInput(name="Ann", custom={"age": 30}),
    "channel_metadata_input": ChannelMetadataInput(name="All", description=None),
    "memberships_input": MembershipsInput(set=[MembershipInput(channel=ObjectReference(id="all"))]),
    "members_input": MembersInput(set=[MemberInput(uuid=ObjectReference(id="ann"), status="new")]),
    "grant_request": GrantRequest(ttl=5, permissions=GrantedPermissions()),
}
OPTIONS = {
    "list_or_change_push_channels": {"type": "fcm"}, "remove_push_device": {"type": "fcm"},
    "subscribe": {"tt": CURSOR}, "count_messages": {"timetoken": CURSOR}, "here_now": {"state": "1"},
    "fetch_messages_with_actions": {"include_uuid": "true", "include_message_type": "true", "channels": "all"},
}
ENDLESS = {"stream_events"}
WITHOUT_SECRET = {"grant_token", "revoke_token", "grant_to_auth_keys", "list_auth_key_permissions"}
NOT_THERE = {"get_file_link", "delete_file"}
NOT_PARSED = {"get_open_api", "get_async_api"}
FIRST = ["publish", "add_message_action", "heartbeat", "set_presence_state", "set_user_metadata",
         "set_channel_metadata"]
LAST = ["remove_message_action", "remove_message_action_by_value", "remove_message_actions",
        "delete_messages", "remove_user_metadata", "remove_channel_metadata"]
ORDER = {name: at for at, name in enumerate([*FIRST, "others", *LAST])}


def functions(client):
    found = {}
    for api in [value for name, value in vars(manicule).items() if name.endswith("Api")]:
        for name, function in inspect.getmembers(api(client), inspect.ismethod):
            if not name.startswith("_") and not name.endswith(("_with_http_info", "_without_preload_content")):
                found[name] = function
    return sorted(found.items(), key=lambda item: ORDER.get(item[0], len(FIRST)))


called = 0
with ApiClient(Configuration(host="http://127.0.0.1:8090")) as client:
    for name, function in functions(client):
        if name in ENDLESS:
            continue
        parameters = inspect.signature(function).parameters.values()
        required = [parameter.name for parameter in parameters if parameter.default is inspect.Parameter.empty]
        arguments = {key: ARGUMENTS[key] for key in required}
        if name == "remove_message_action_by_value":
            add_again()
        try:
            result = function(**{**arguments, **OPTIONS.get(name, {})})
        except ForbiddenException as failure:
            assert name in WITHOUT_SECRET and failure.data is not None, f"{name}: {failure}"
        except NotFoundException as failure:
            assert name in NOT_THERE and failure.data is not None, f"{name}: {failure}"
        except ApiException as failure:
            assert name in NOT_PARSED and "application/yaml" in failure.reason, f"{name}: {failure}"
        else:
            assert result is not None and name not in WITHOUT_SECRET | NOT_THERE | NOT_PARSED, name
            if name == "publish":
                ARGUMENTS["message_timetoken"] = ARGUMENTS["messages"] = result[2]
            if name == "add_message_action":
                ARGUMENTS["action_timetoken"] = result.data.action_timetoken
                add_again = functools.partial(function, **arguments)
        called += 1
print(f"{called} functions called")
