from manicule_client import Client
from manicule_client.api.message_actions import add_message_action, get_message_actions, remove_message_action
from manicule_client.api.publish import publish
from manicule_client.models import ActionsError, AddedMessageAction, MessageActionInput, MessageActions

with Client(base_url="http://127.0.0.1:8090") as client:
    published = publish.sync("demo", "demo", "chats.python", client=client, body={"text": "hello"}, uuid="alice")
    assert isinstance(published, list)
    message = str(published[2])
    wave = MessageActionInput(type_="reaction", value="wave")

    added = add_message_action.sync("demo", "chats.python", message, client=client, uuid="bob", body=wave)
    assert isinstance(added, AddedMessageAction)
    print(f"{added.data.uuid} added {added.data.value} as {added.data.action_timetoken}")

    again = add_message_action.sync_detailed("demo", "chats.python", message, client=client, uuid="bob", body=wave)
    assert isinstance(again.parsed, ActionsError)
    print(f"{again.status_code.value}: {again.parsed.error.message}")

    page = get_message_actions.sync("demo", "chats.python", client=client)
    assert isinstance(page, MessageActions)
    print([f"{action.type_} {action.value} on {action.message_timetoken}" for action in page.data])

    remove_message_action.sync(
        "demo", "chats.python", message, added.data.action_timetoken, client=client, uuid="bob"
    )
    page = get_message_actions.sync("demo", "chats.python", client=client)
    assert isinstance(page, MessageActions)
    print(f"{len(page.data)} actions are left")
