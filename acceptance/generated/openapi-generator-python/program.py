from manicule import ActionsError, ApiClient, Configuration, MessageActionInput, MessageActionsApi, PublishApi
from manicule.exceptions import ConflictException

with ApiClient(Configuration(host="http://127.0.0.1:8090")) as client:
    published = PublishApi(client).publish("demo", "demo", "chats.pydantic", {"text": "hello"}, uuid="alice")
    message = str(published[2])
    actions = MessageActionsApi(client)
    wave = MessageActionInput(type="reaction", value="wave")

    added = actions.add_message_action("demo", "chats.pydantic", message, "bob", wave)
    print(f"{added.data.uuid} added {added.data.value} as {added.data.action_timetoken}")

    try:
        actions.add_message_action("demo", "chats.pydantic", message, "bob", wave)
    except ConflictException as conflict:
        assert isinstance(conflict.data, ActionsError)
        print(f"{conflict.status}: {conflict.data.error.message}")

    page = actions.get_message_actions("demo", "chats.pydantic")
    print([f"{action.type} {action.value} on {action.message_timetoken}" for action in page.data])

    actions.remove_message_action("demo", "chats.pydantic", message, added.data.action_timetoken, "bob")
    page = actions.get_message_actions("demo", "chats.pydantic")
    print(f"{len(page.data)} actions are left")
