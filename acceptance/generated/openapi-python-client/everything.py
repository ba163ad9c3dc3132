"""Calls every function of the client, each with the arguments that it requires, and expects that it knows the body."""

import functools
import importlib
import inspect
import pkgutil

import manicule_client.api
from manicule_client import Client
from manicule_client.models import ActionBatch, ActionBatchChange, ActionValues
from manicule_client.models import FileUploadInput, ChannelMetadataInput, GrantedPermissions, GrantRequest, MemberInput, MembersInput
from manicule_client.models import MembershipInput, MembershipsInput, MessageActionInput, ObjectReference, ReadMarkInput
from manicule_client.models import UserMetadataInput

CURSOR = "10000000000000000"
ARGUMENTS = {
    "publish_key": "demo", "subscribe_key": "demo", "channel": "all", "channels": "all,else", "group": "friends",
    "payload": '"hello"', "uuid": "ann", "state": '{"mood":"fine"}', "file": "console.js", "token": "none",
    "timetoken": CURSOR, "signature": "none", "timestamp": 1, "user": "ann", "device": "ab", "topic": "app",
    "type_": "reaction", "value": "wave", "file_id": "none", "file_name": "cat.png",
}
BODIES = {
    "add_message_action": MessageActionInput(type_="reaction", value="wave"),
    "set_message_actions": ActionValues(values=["wave"]),
    "change_message_actions": ActionBatch(changes=[
        ActionBatchChange(change="toggle", message_timetoken=CURSOR, type_="tag", value="new")]),
    "mark_read": ReadMarkInput(timetoken=CURSOR),
    "generate_upload_url": FileUploadInput(name="cat.png"),
    "set_user_metadata": UserMetadataInput(name="Ann", custom={"age": 30}),
    "set_channel_metadata": ChannelMetadataInput(name="All", description=None),
    "change_memberships": MembershipsInput(set_=[MembershipInput(channel=ObjectReference(id="all"))]),
    "change_members": MembersInput(set_=[MemberInput(uuid=ObjectReference(id="ann"), status="new")]),
    "grant_token": GrantRequest(ttl=5, permissions=GrantedPermissions()),
}
OPTIONS = {
    "list_or_change_push_channels": {"type_": "fcm"}, "remove_push_device": {"type_": "fcm"},
    "subscribe": {"tt": CURSOR}, "count_messages": {"timetoken": CURSOR}, "here_now": {"state": "1"},
    "fetch_messages_with_actions": {"include_uuid": "true", "include_message_type": "true", "channels": "all"},
}
ENDLESS = {"stream_events"}
NOT_PARSED = {"get_open_api", "get_async_api"}
NOT_THERE = {"get_file_link", "delete_file"}
WITHOUT_SECRET = {"grant_token", "revoke_token", "grant_to_auth_keys", "list_auth_key_permissions"}
FIRST = ["publish", "add_message_action", "heartbeat", "set_presence_state", "set_user_metadata",
         "set_channel_metadata"]
LAST = ["remove_message_action", "remove_message_action_by_value", "remove_message_actions",
        "delete_messages", "remove_user_metadata", "remove_channel_metadata"]
ORDER = {name: at for at, name in enumerate([*FIRST, "others", *LAST])}


def functions():
    modules = {}
    for tag in pkgutil.iter_modules(manicule_client.api.__path__):
        package = importlib.import_module(f"manicule_client.api.{tag.name}")
        for module in pkgutil.iter_modules(package.__path__):
            modules[module.name] = importlib.import_module(f"{package.__name__}.{module.name}")
    return sorted(modules.items(), key=lambda item: ORDER.get(item[0], len(FIRST)))


called = 0
with Client(base_url="http://127.0.0.1:8090") as client:
    for name, module in functions():
        if name in ENDLESS:
            continue
        parameters = inspect.signature(module.sync_detailed).parameters.values()
        required = [parameter.name for parameter in parameters if parameter.default is inspect.Parameter.empty]
        arguments = {key: ARGUMENTS[key] for key in required if key not in ("client", "body")}
        if "body" in required:
            arguments["body"] = BODIES.get(name, {"text": "hello"})
        if name == "remove_message_action_by_value":
            add_again()
        response = module.sync_detailed(client=client, **{**arguments, **OPTIONS.get(name, {})})
        assert response.status_code == (403 if name in WITHOUT_SECRET else 404 if name in NOT_THERE else 200), f"{name}: {response}"
        assert response.parsed is not None or name in NOT_PARSED, f"{name}: {response.content!r} is not parsed"
        if name == "publish":
            ARGUMENTS["message_timetoken"] = ARGUMENTS["messages"] = response.parsed[2]
        if name == "add_message_action":
            ARGUMENTS["action_timetoken"] = response.parsed.data.action_timetoken
            add_again = functools.partial(module.sync_detailed, client=client, **arguments)
        called += 1
print(f"{called} functions called")
