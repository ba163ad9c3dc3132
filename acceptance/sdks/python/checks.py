"""What an SDK has to do against the server. Written once for the three flavours of the Python SDK."""
import asyncio
import time

ACKNOWLEDGMENT, BAD_REQUEST, UNKNOWN = 2, 11, 1
CONNECTED, RECONNECTED = 6, 7
ADD, GET, REMOVE = 42, 43, 44

NAMES = ['чат', '聊天室', 'غرفة', 'कमरा', 'ห้อง', 'é☞😀👩‍👩‍👧', 'a:b', 'a.b.c', 'with space', 'a+b', 'a/b', '100%', "q?x=1&y='#\"\\"]


class Seen:
    """Counts what was looked at, and the faults of the SDK itself that showed."""

    def __init__(self):
        self.expectations = 0
        self.faults = []

    def expect(self, actual, expected, what):
        self.expectations += 1
        if actual != expected:
            raise AssertionError('%s: expected %r, got %r' % (what, expected, actual))

    def expect_in(self, part, whole, what):
        self.expectations += 1
        if part not in whole:
            raise AssertionError('%s: expected %r in %r' % (what, part, whole))

    def fault(self, text):
        if text not in self.faults:
            self.faults.append(text)


async def until(condition, what, seconds=25):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError('waited %d s for %s' % (seconds, what() if callable(what) else what))
        await asyncio.sleep(0.01)


def message_action(kind, value, message):
    from pubnub.models.consumer.message_actions import PNMessageAction

    action = PNMessageAction()
    action.type = kind
    action.value = value
    action.message_timetoken = str(message)
    return action


def fields(action):
    return action.type, action.value, action.uuid, action.message_timetoken, action.action_timetoken


def listener():
    from pubnub.callbacks import SubscribeCallback

    class Listener(SubscribeCallback):
        def __init__(self):
            self.events = []  # in the order of their announcement
            self.presences = []
            self.statuses = []
            self.objects = []

        def status(self, pubnub, status):
            self.statuses.append(status)

        def message(self, pubnub, message):
            self.events.append(('message', message.channel, message.message, message.publisher, message.timetoken))
            self.last = message

        def uuid(self, pubnub, event):
            self.objects.append(('uuid', event.event, event.data['id']))

        def channel(self, pubnub, event):
            self.objects.append(('channel', event.event, event.data['id']))

        def membership(self, pubnub, event):
            self.objects.append(('membership', event.event, event.data['channel']['id'], event.data['uuid']['id']))

        def message_action(self, pubnub, action):
            self.events.append(('action',) + fields(action))

        def signal(self, pubnub, signal):
            self.events.append(('signal', signal.channel, signal.message, signal.publisher, signal.timetoken))

        def presence(self, pubnub, event):
            self.presences.append((event.event, event.channel, event.uuid, event.occupancy, event.state))

        def has(self, category):
            return any(status.category == category for status in self.statuses)

    return Listener()


async def subscribed(client, channels, timetoken=None, groups=(), presence=False):
    heard = listener()
    client.add_listener(heard)
    builder = client.subscribe().channels(channels).channel_groups(list(groups))
    if presence:
        builder = builder.with_presence()
    if timetoken is not None:
        builder = builder.with_timetoken(timetoken)
    builder.execute()
    await until(lambda: heard.has(CONNECTED), 'the subscription to be up')
    return heard


async def publish(sdk, client, channel, message):
    return (await sdk.call(client.publish().channel(channel).message(message))).result.timetoken


async def add(sdk, client, channel, message, kind, value):
    builder = client.add_message_action().channel(channel).message_action(message_action(kind, value, message))
    return (await sdk.call(builder)).result


async def pages(sdk, client, channel, limit):
    """All actions of a channel, asked for page by page from the newest on, oldest first."""
    found, start = [], None
    while True:
        builder = client.get_message_actions().channel(channel).limit(sdk.limit(limit))
        if start is not None:
            builder = builder.start(start)
        page = (await sdk.call(builder)).result.actions
        if len(page) > limit:
            raise AssertionError('a page of %d' % len(page))
        if not page:
            return found
        found = page + found
        start = page[0].action_timetoken


async def actions(sdk, seen):
    """Add, get and remove, in every style, with every field of result and status."""
    alice = sdk.client('alice')

    def good(status, operation, what):
        if status is None:
            return  # a style without one
        seen.expect(status.operation, operation, what + ' operation')
        seen.expect(status.category, ACKNOWLEDGMENT, what + ' category')
        seen.expect(status.status_code, 200, what + ' status code')
        seen.expect(status.is_error(), False, what + ' error')
        seen.expect(status.error_data, None, what + ' error data')
        seen.expect(status.tls_enabled, False, what + ' tls_enabled')
        seen.expect(status.uuid, 'alice', what + ' uuid')
        seen.expect(status.auth_key, None, what + ' auth key')
        seen.expect(status.origin, sdk.origin.split(':')[0], what + ' origin')
        seen.fault('`status.origin` lacks the port')

    if sdk.async_fault is not None:
        seen.expect(sdk.async_fails(alice.time()), True, sdk.async_fault)
        seen.fault(sdk.async_fault)
    for style in sdk.styles:
        channel = sdk.channel()
        published = await publish(sdk, alice, channel, 'hello')
        for message in (str(int(time.time())), published):
            text = style.name + ' '
            builder = alice.add_message_action().channel(channel).message_action(
                message_action('reaction', 'smiley_face', message))
            added = await style.call(builder)
            seen.expect(added.error, None, text + 'add')
            good(added.status, ADD, text + 'add')
            seen.expect(fields(added.result)[:4], ('reaction', 'smiley_face', 'alice', str(message)), text + 'add')
            seen.expect(len(added.result.action_timetoken), 17, text + 'digits of the action timetoken')
            seen.expect(added.result.action_timetoken.isdigit(), True, text + 'digits of the action timetoken')

            got = await style.call(alice.get_message_actions().channel(channel))
            seen.expect(got.error, None, text + 'get')
            good(got.status, GET, text + 'get')
            seen.expect([fields(action) for action in got.result.actions], [fields(added.result)], text + 'get')

            builder = alice.remove_message_action().channel(channel).message_timetoken(int(message)) \
                .action_timetoken(int(added.result.action_timetoken))
            removed = await style.call(builder)
            seen.expect(removed.error, None, text + 'remove')
            good(removed.status, REMOVE, text + 'remove')
            seen.expect(removed.result, {}, text + 'remove')

            got = await style.call(alice.get_message_actions().channel(channel))
            seen.expect(got.result.actions, [], text + 'get after the removal')


async def errors(sdk, seen):
    """Errors come with the server's words, in every style."""
    alice, bob = sdk.client('alice'), sdk.client('bob')
    channel = sdk.channel()
    message = await publish(sdk, alice, channel, 'hello')
    action = await add(sdk, alice, channel, message, 'reaction', 'smiley_face')

    def bad(outcome, code, category, operation, words):
        seen.expect_in(words, outcome.error or 'no error', 'error')
        if outcome.status is not None:
            seen.expect(outcome.status.is_error(), True, 'error')
            seen.expect(outcome.status.status_code, code, 'status code')
            seen.expect(outcome.status.category, category, 'category')
            seen.expect(outcome.status.operation, operation, 'operation')

    def remove(client, action_timetoken):
        return client.remove_message_action().channel(channel).message_timetoken(message) \
            .action_timetoken(int(action_timetoken))

    for style in sdk.styles:
        twice = alice.add_message_action().channel(channel).message_action(
            message_action('reaction', 'smiley_face', message))
        bad(await style.call(twice), 409, UNKNOWN, ADD, 'Action Already Added')
        bad(await style.call(remove(bob, action.action_timetoken)), 400, BAD_REQUEST, REMOVE,
            'Not deleting message action: wrong uuid specified')
        bad(await style.call(remove(alice, 15610547826970050)), 400, BAD_REQUEST, REMOVE,
            'No matching message actions to delete')
    got = (await sdk.call(alice.get_message_actions().channel(channel))).result.actions
    seen.expect([fields(each) for each in got], [fields(action)], 'what is there afterwards')


async def storage(sdk, seen):
    """Publish, history, fetch, counts, deletion and time."""
    alice = sdk.client('alice')
    channel, other = sdk.channel(), sdk.channel()
    before = int((await sdk.call(alice.time())).result)
    sent = [{'text': 'hé ☞ 👍🏽', 'n': [1, 2.5, None, True], 'o': {}}, 'plain', 42, ['a', 'b']]
    timetokens = [await publish(sdk, alice, channel, message) for message in sent]
    seen.expect(timetokens, sorted(set(timetokens)), 'timetokens only rise')
    seen.expect(before < timetokens[0] < before + 600_000_000, True, 'the time is that of the server')
    posted = alice.publish().channel(channel).message({'by': 'post'}).meta({'lang': 'en'}).use_post(True)
    if sdk.has_compression:
        posted = posted.use_compression(True)
    outcome = await sdk.call(posted)
    seen.expect(outcome.status.operation, 3, 'operation of a publish')
    seen.expect(outcome.status.category, ACKNOWLEDGMENT, 'category of a publish')
    timetokens.append(outcome.result.timetoken)
    sent.append({'by': 'post'})
    await sdk.call(alice.publish().channel(channel).message('not kept').should_store(False))
    await publish(sdk, alice, other, 'elsewhere')
    action = await add(sdk, alice, channel, timetokens[1], 'receipt', 'read')

    history = (await sdk.call(alice.history().channel(channel).include_timetoken(True).include_meta(True))).result
    seen.expect([item.entry for item in history.messages], sent, 'history')
    seen.expect([item.timetoken for item in history.messages], timetokens, 'timetokens of the history')
    seen.expect([item.meta for item in history.messages], ['', '', '', '', {'lang': 'en'}], 'meta of the history')
    seen.expect((history.start_timetoken, history.end_timetoken), (timetokens[0], timetokens[-1]), 'its ends')
    history = (await sdk.call(alice.history().channel(channel).count(2))).result
    seen.expect([item.entry for item in history.messages], sent[-2:], 'the newest two')
    history = (await sdk.call(alice.history().channel(channel).count(2).reverse(True))).result
    seen.expect([item.entry for item in history.messages], sent[:2], 'the oldest two')
    history = (await sdk.call(alice.history().channel(channel).start(timetokens[3]).end(timetokens[1]))).result
    seen.expect([item.entry for item in history.messages], sent[1:3], 'from the second to before the fourth')

    def fetch(channels):
        return alice.fetch_messages().channels(channels).include_meta(True)

    if sdk.fetch_fault is None:
        fetched = (await sdk.call(fetch([channel]).include_uuid(True))).result.channels[channel]
        seen.expect([item.message for item in fetched], sent, 'fetch')
        seen.expect([int(item.timetoken) for item in fetched], timetokens, 'timetokens of the fetch')
        seen.expect({item.uuid for item in fetched}, {'alice'}, 'who published')
        seen.expect(fetched[-1].meta, {'lang': 'en'}, 'meta of the fetch')
        both = (await sdk.call(fetch([channel, other]))).result.channels
        seen.expect({name: len(items) for name, items in both.items()}, {channel: 5, other: 1}, 'two channels')
        fetched = (await sdk.call(fetch([channel]).include_message_actions(True))).result.channels[channel]
        seen.expect([item.actions for item in fetched], [{}, {'receipt': {'read': [
            {'uuid': 'alice', 'actionTimetoken': action.action_timetoken}]}}, {}, {}, {}], 'actions of the fetch')
    else:
        seen.expect(await sdk.fetch_fails(fetch([channel])), True, sdk.fetch_fault)
        seen.fault(sdk.fetch_fault)

    def counts(channels, since):
        return alice.message_counts().channel(channels).channel_timetokens(since)

    counted = (await sdk.call(counts([channel], [timetokens[1]]))).result.channels
    seen.expect(counted, {channel: 3}, 'messages after the second')
    counted = (await sdk.call(counts([channel, other], [timetokens[1], timetokens[-1] + 10_000_000]))).result.channels
    seen.expect(counted, {channel: 3, other: 0}, 'messages of two channels')

    def delete():
        return alice.delete_messages().channel(channel)

    seen.expect((await sdk.call(delete().start(timetokens[1] - 1).end(timetokens[1]))).result, {}, 'deletion of one')
    history = (await sdk.call(alice.history().channel(channel))).result
    seen.expect([item.entry for item in history.messages], sent[:1] + sent[2:], 'all but the second')
    got = (await sdk.call(alice.get_message_actions().channel(channel))).result.actions
    seen.expect(got, [], 'its action is gone with it')
    await sdk.call(delete())
    history = (await sdk.call(alice.history().channel(channel))).result
    seen.expect(history.messages, [], 'nothing is left')


async def live(sdk, seen):
    """A second client sees what happens as it happens, in order; after an unsubscribe no more."""
    alice, bob = sdk.client('alice'), sdk.client('bob')
    channel, other = sdk.channel(), sdk.channel()
    heard = await subscribed(bob, [channel, other])
    expected = []
    for round_ in range(5):
        where = other if round_ == 3 else channel
        outcome = await sdk.call(alice.publish().channel(where).message({'round': round_}).meta({'lang': 'en'}))
        message = outcome.result.timetoken
        expected.append(('message', where, {'round': round_}, 'alice', message))
        action = await add(sdk, alice, where, message, 'reaction', 'smiley_face')
        expected.append(('action',) + fields(action))
        if round_ % 2 == 0:
            await sdk.call(alice.remove_message_action().channel(where).message_timetoken(message)
                           .action_timetoken(action.action_timetoken))
            expected.append(('action',) + fields(action))
    seen.fault('listeners are not told whether an action was added or removed')
    await until(lambda: len(heard.events) >= len(expected), lambda: 'all of %r' % (heard.events,))
    seen.expect(heard.events, expected, 'what bob saw')
    seen.expect(heard.last.subscription, None, 'subscription of a message')
    seen.expect(heard.last.user_metadata, None, 'meta of a message')
    seen.fault('`user_metadata` of a message stays `None`')

    bob.unsubscribe().channels([channel, other]).execute()
    await until(lambda: any(status.operation == 2 for status in heard.statuses), 'the leave')
    await asyncio.sleep(0.3)
    await publish(sdk, alice, channel, 'one more')
    await publish(sdk, alice, channel, 'and another')
    await asyncio.sleep(0.7)
    late = heard.events[len(expected):]
    if sdk.unsubscribe_fault is None:
        seen.expect(late, [], 'after the unsubscribe')
    else:
        seen.expect([event[2] for event in late], ['one more'], sdk.unsubscribe_fault)
        seen.fault(sdk.unsubscribe_fault)


async def resume(sdk, seen):
    """After a cut connection, and from an old timetoken, nothing is missed."""
    alice, carol = sdk.client('alice'), sdk.client('carol', sdk.cable)
    channel = sdk.channel()
    first = await publish(sdk, alice, channel, 'before')
    heard = await subscribed(carol, channel)
    expected = [('message', channel, 'live', 'alice', await publish(sdk, alice, channel, 'live'))]
    await until(lambda: len(heard.events) == 1, 'what is live')
    for how in ('hangup', 'cut'):  # the way a proxy ends an idle connection, and the way a network does
        heard.statuses.clear()
        await sdk.switch(how)
        if how == 'cut':
            await until(lambda: any(status.is_error() for status in heard.statuses), 'the error')
        missed = []
        for number in range(150):  # more than one answer holds
            message = await publish(sdk, alice, channel, number)
            missed.append(('message', channel, number, 'alice', message))
            if number % 10 == 0:
                missed.append(('action',) + fields(await add(sdk, alice, channel, message, 'n', str(number))))
        if how == 'cut':
            seen.expect(heard.events, expected, 'what came over a cut cable')
            await sdk.switch('mend')
        expected += missed
        await until(lambda: len(heard.events) >= len(expected), lambda: '%d events, not %d, after a %s' % (
            len(expected), len(heard.events), how))
        seen.expect(heard.events, expected, 'what carol saw after a ' + how)
    seen.expect(heard.has(RECONNECTED), True, 'the reconnection is announced')

    dave = await subscribed(sdk.client('dave'), channel, first)
    await until(lambda: len(dave.events) >= len(expected), lambda: '%d old events, not %d' % (
        len(expected), len(dave.events)))
    expected.append(('message', channel, 'after', 'alice', await publish(sdk, alice, channel, 'after')))
    await until(lambda: len(dave.events) >= len(expected), 'what is live after what was old')
    seen.expect(dave.events, expected, 'what dave saw from the old timetoken on')


async def paging(sdk, seen):
    """250 actions, page by page to the end."""
    alice = sdk.client('alice')
    channel = sdk.channel()
    messages = [await publish(sdk, alice, channel, number) for number in range(5)]
    added = []
    for number in range(250):
        added.append(fields(await add(sdk, alice, channel, messages[number % 5], 'number', str(number))))
    for limit in (100, 25, 1000):
        got = [fields(action) for action in await pages(sdk, alice, channel, limit)]
        seen.expect(got, added, 'pages of %d' % limit)

    got = (await sdk.call(alice.get_message_actions().channel(channel).end(added[240][4]))).result.actions
    seen.expect([fields(action) for action in got], added[240:], 'from an action on')
    got = (await sdk.call(alice.get_message_actions().channel(channel).start(added[245][4]).end(added[240][4])))
    seen.expect(fields(got.result.actions[0]), added[145], 'start and end')
    seen.fault('`get_message_actions` drops `end` when `start` is given')


async def names(sdk, seen):
    """Channels, types and values of several scripts, and with all that needs an escape."""
    alice, bob = sdk.client('alice'), sdk.client('bob')
    channels = [sdk.channel(name) for name in NAMES]
    heard = await subscribed(bob, channels)
    expected = []
    for channel, name in zip(channels, NAMES):
        message = await publish(sdk, alice, channel, {'text': name})
        action = await add(sdk, alice, channel, message, name[:15], name)
        expected.append(('message', channel, {'text': name}, 'alice', message))
        expected.append(('action', name[:15], name, 'alice', str(message), action.action_timetoken))
        got = (await sdk.call(alice.get_message_actions().channel(channel))).result.actions
        seen.expect([fields(each) for each in got], [expected[-1][1:]], 'actions of ' + channel)
        history = (await sdk.call(alice.history().channel(channel))).result
        seen.expect([item.entry for item in history.messages], [{'text': name}], 'history of ' + channel)
        counted = (await sdk.call(alice.message_counts().channel([channel]).channel_timetokens([1]))).result.channels
        seen.expect(counted, {channel: 1}, 'count of ' + channel)
        if sdk.fetch_fault is None:
            fetched = (await sdk.call(alice.fetch_messages().channels([channel]).include_message_actions(True))).result
            seen.expect(fetched.channels[channel][0].actions, {name[:15]: {name: [
                {'uuid': 'alice', 'actionTimetoken': action.action_timetoken}]}}, 'fetch of ' + channel)
    await until(lambda: len(heard.events) >= len(expected), lambda: 'all of %r' % (heard.events,))
    seen.expect(heard.events, expected, 'what bob saw')


async def signals(sdk, seen):
    """Signals and messages that are not stored are told; a fire is not."""
    alice, bob = sdk.client('alice'), sdk.client('bob')
    channel = sdk.channel()
    heard = await subscribed(bob, channel)
    signal = await sdk.call(alice.signal().channel(channel).message('typing'))
    seen.expect(signal.status.operation, 26, 'operation of a signal')
    fired = await sdk.call(alice.fire().channel(channel).message('nobody hears'))
    seen.expect(int(fired.result.timetoken) > int(signal.result.timetoken), True, 'a fire has a timetoken')
    passing = await sdk.call(alice.publish().channel(channel).message('passing').should_store(False))
    kept = await publish(sdk, alice, channel, 'kept')
    expected = [('signal', channel, 'typing', 'alice', int(signal.result.timetoken)),
                ('message', channel, 'passing', 'alice', passing.result.timetoken),
                ('message', channel, 'kept', 'alice', kept)]
    await until(lambda: len(heard.events) >= 3, lambda: repr(heard.events))
    seen.expect(heard.events, expected, 'what bob saw')
    history = (await sdk.call(alice.history().channel(channel))).result
    seen.expect([item.entry for item in history.messages], ['kept'], 'what is kept')
    outcome = await sdk.styles[0].call(alice.signal().channel(channel).message('x' * 63))
    seen.expect_in('Signal size too large', outcome.error or 'no error', 'a signal of 65 bytes')


async def groups(sdk, seen):
    """Channel groups, wildcards and filters."""
    alice, bob = sdk.client('alice'), sdk.client('bob')
    base = sdk.channel('room')
    group, inside, late = sdk.channel('group'), sdk.channel('inside'), sdk.channel('late')

    def listing():
        return sdk.call(alice.list_channels_in_channel_group().channel_group(group))

    await sdk.call(alice.add_channel_to_channel_group().channels([inside, base + '.one']).channel_group(group))
    seen.expect(sorted((await listing()).result.channels), sorted([inside, base + '.one']), 'what is in the group')
    heard = await subscribed(bob, [base + '.*', 'plain-' + base], groups=[group])
    expected = []

    async def say(where, what):
        expected.append(('message', where, what, 'alice', await publish(sdk, alice, where, what)))

    await say(base + '.one', 1)
    await say(base + '.two.three', 2)
    await say(inside, 3)
    await sdk.call(alice.add_channel_to_channel_group().channels(late).channel_group(group))
    await say(late, 4)
    await say('plain-' + base, 5)
    await until(lambda: len(heard.events) >= 5, lambda: repr(heard.events))
    await asyncio.sleep(0.2)
    seen.expect(heard.events, expected, 'what bob saw, each once')
    await sdk.call(alice.remove_channel_from_channel_group().channels([inside]).channel_group(group))
    await publish(sdk, alice, inside, 'gone')
    await say(late, 6)
    await until(lambda: len(heard.events) >= 6, lambda: repr(heard.events))
    seen.expect(heard.events, expected, 'after a channel was taken out')
    await sdk.call(alice.remove_channel_group().channel_group(group))
    seen.expect((await listing()).result.channels, [], 'after the group was deleted')

    carol = sdk.client('carol')
    carol.config.filter_expression = "lang == 'en' && n > 1"
    channel = sdk.channel()
    heard = await subscribed(carol, channel)
    for number, lang in ((1, 'en'), (2, 'de'), (3, 'en')):
        await sdk.call(alice.publish().channel(channel).message(number).meta({'lang': lang, 'n': number}))
    action = await add(sdk, alice, channel, 1595634332, 'reaction', 'smiley_face')
    await until(lambda: len(heard.events) >= 2, lambda: repr(heard.events))
    seen.expect([event[2] for event in heard.events], [3, 'smiley_face'], 'what passes the filter')
    seen.expect(heard.events[1][1:], fields(action), 'actions pass')


async def presence(sdk, seen):
    """Who comes and goes is told and asked for, and what they say of themselves."""
    alice, bob = sdk.client('alice-' + sdk.channel()), sdk.client('bob-' + sdk.channel())
    name, other = bob.config.uuid, alice.config.uuid
    channel = sdk.channel()
    heard = await subscribed(alice, channel, presence=True)
    await until(lambda: len(heard.presences) == 1, 'alice to have joined')
    await subscribed(bob, channel)
    await until(lambda: len(heard.presences) == 2, 'bob to have joined')
    await sdk.call(bob.set_state().channels(channel).state({'mood': 'ok'}))
    state = (await sdk.call(alice.get_state().channels(channel).uuid(name))).result.channels
    seen.expect(state[channel], {'mood': 'ok'}, 'state')

    here = (await sdk.call(alice.here_now().channels(channel).include_state(True))).result
    seen.expect((here.total_channels, here.total_occupancy), (1, 2), 'here now')
    occupants = sorted((each.uuid, each.state) for each in here.channels[0].occupants)
    seen.expect(occupants, [(other, None), (name, {'mood': 'ok'})], 'who is here')
    here = (await sdk.call(alice.here_now().channels([channel, 'empty-' + channel]).include_uuids(False))).result
    seen.expect([(each.channel_name, each.occupancy) for each in here.channels], [(channel, 2)], 'two channels')
    seen.expect((await sdk.call(alice.where_now().uuid(name))).result.channels, [channel], 'where bob is')

    bob.unsubscribe().channels(channel).execute()
    await until(lambda: len(heard.presences) == 4, lambda: 'bob to have left: %r' % (heard.presences,))
    seen.expect(heard.presences, [('join', channel, other, 1, None), ('join', channel, name, 2, None),
                                  ('state-change', channel, name, 2, {'mood': 'ok'}),
                                  ('leave', channel, name, 1, {'mood': 'ok'})], 'what alice was told')
    seen.expect((await sdk.call(alice.where_now().uuid(name))).result.channels, [], 'where bob is afterwards')


GUARDED = {'subscribe_key': 'sub-c-1', 'publish_key': 'pub-c-1'}  # the access manager is on there
SECRET = 'sec-c-1'


async def granted(sdk, owner, seen, channel):
    """A token for alice to read and write."""
    if not sdk.has_tokens:
        seen.fault('there is no `grant_token` for tokens of the third kind: a token granted elsewhere goes into `auth_key`')
        return await sdk.in_a_thread(lambda: granted_by_hand(sdk.origin, channel))
    from pubnub.models.consumer.v3.channel import Channel
    from pubnub.models.consumer.v3.group import Group

    grant = owner.grant_token().ttl(15).authorized_uuid('alice').meta({'role': 'é☞', 'level': 3})
    grant = grant.channels([Channel.id(channel).read().write(), Channel.pattern('news-.*').read()])
    token = (await sdk.call(grant.groups([Group.id('group').read()]))).result.token
    read = owner.parse_token(token)
    seen.expect((read['version'], read['ttl'], read['authorized_uuid'], read['meta']),
                (2, 15, 'alice', {'role': 'é☞', 'level': 3}), 'what the token says')
    allowed = read['resources']['channels'][channel]
    seen.expect((allowed['read'], allowed['write'], allowed['delete']), (True, True, False), 'what it allows')
    seen.expect(read['patterns']['channels']['news-.*']['read'], True, 'its patterns')
    seen.expect(read['resources']['groups']['group']['read'], True, 'its groups')
    return token


def granted_by_hand(origin, channel, user='alice', mask=3):
    import base64
    import hashlib
    import hmac
    import json
    import urllib.request

    body = json.dumps({'ttl': 15, 'permissions': {'resources': {'channels': {channel: mask}}, 'uuid': user}})
    path, query = '/v3/pam/sub-c-1/grant', 'timestamp=%d' % time.time()
    text = '\n'.join(['POST', 'pub-c-1', path, query, body])
    hashed = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()
    signature = 'v2.' + base64.urlsafe_b64encode(hashed).decode().rstrip('=')
    request = urllib.request.Request('http://%s%s?%s&signature=%s' % (origin, path, query, signature), body.encode())
    return json.load(urllib.request.urlopen(request, timeout=10))['data']['token']


async def access(sdk, seen):
    """Where the access manager is on: with nothing, with a token, with the secret key."""
    owner = sdk.client('owner', secret_key=SECRET, **GUARDED)
    channel = sdk.channel()
    nobody = sdk.client('nobody', **GUARDED)
    for style in sdk.styles:
        refused = await style.call(nobody.publish().channel(channel).message('x'))
        seen.expect_in('403' if sdk.has_tokens else 'Forbidden', refused.error, 'without a token')

    token = await granted(sdk, owner, seen, channel)
    alice = sdk.client('alice', auth_key=token, **GUARDED)
    heard = await subscribed(alice, channel)
    message = await publish(sdk, alice, channel, 'hello')
    action = await add(sdk, alice, channel, message, 'reaction', 'smiley_face')
    await until(lambda: len(heard.events) == 2, lambda: repr(heard.events))
    seen.expect(heard.events[0][2], 'hello', 'what alice hears')
    seen.expect(len(await pages(sdk, alice, channel, 10)), 1, 'what alice may read')
    history = (await sdk.call(alice.history().channel(channel))).result.messages
    seen.expect([entry.entry for entry in history], ['hello'], 'history')

    def removal(client):
        return client.remove_message_action().channel(channel).message_timetoken(message).action_timetoken(
            int(action.action_timetoken))

    seen.expect((await sdk.styles[0].call(removal(alice))).error is not None, True, 'alice may not remove')
    seen.expect((await sdk.styles[0].call(alice.publish().channel('other').message(1))).error is not None, True,
                'nor publish elsewhere')
    await sdk.call(removal(owner))
    await until(lambda: len(heard.events) == 3, lambda: repr(heard.events))
    seen.expect(heard.events[2][1:], fields(action), 'whose action the owner has removed')

    # what the owner signs, with everything that is encoded in some way of its own
    group, member = 'g%sü|.*$-%s' % (sdk.space, channel), 'a%sb' % sdk.space
    if sdk.space != ' ':
        seen.fault('a space in a uuid, in the name of a channel group, or of a channel in it, goes into the request line as it is')
    await sdk.call(owner.add_channel_to_channel_group().channels([channel, member]).channel_group(group))
    seen.expect(sorted((await sdk.call(owner.list_channels_in_channel_group().channel_group(group))).result.channels),
                sorted([channel, member]), 'a group')
    await sdk.call(owner.publish().channel(channel).message({'é': '☞ +&=~'}).meta({'lang': 'en'}).use_post(True))
    await sdk.call(owner.publish().channel('a b|ü~').message(["it's", '(*)!']).meta({'x': 'ü ~'}))
    await sdk.call(owner.set_state().channels(channel).state({'mood': 'ü ☞ ~'}))
    await sdk.call(owner.here_now().channels(channel).include_state(True))
    listening = sdk.client('listener%s~' % sdk.space, secret_key=SECRET, filter_expression="lang == 'en' && n > 1", **GUARDED)
    heard = await subscribed(listening, [channel], groups=['plain-group'], presence=True)
    for number in (1, 2):
        await sdk.call(owner.publish().channel(channel).message(number).meta({'lang': 'en', 'n': number}))
    await until(lambda: len(heard.events) >= 1, lambda: repr(heard.events))
    seen.expect([event[2] for event in heard.events], [2], 'what passes the filter')

    if sdk.has_tokens:
        revoked = (await sdk.call(owner.revoke_token(token))).status
        seen.expect(revoked.status_code, 200, 'revoke')
        refused = await sdk.styles[0].call(alice.publish().channel(channel).message('x'))
        seen.expect_in('403', refused.error, 'with a revoked token')
        alice.set_token(await granted(sdk, owner, seen, channel))
        await publish(sdk, alice, channel, 'again')


USERS = ['+49 151 1234567', 'ann+tag@example.org', 'Zoë/ünï']


async def users(sdk, seen):
    """Users whose names need an escape: where all is open, with a token for that user, with everything signed."""
    for name in USERS:
        await user(sdk, seen, name, {}, {})
        channel = sdk.channel()
        token = await sdk.in_a_thread(lambda: granted_by_hand(sdk.origin, channel, name, 11))
        signed = dict(GUARDED, secret_key=SECRET)
        await user(sdk, seen, name, dict(GUARDED, auth_key=token), signed, channel)
        await user(sdk, seen, name, signed, signed)


async def user(sdk, seen, name, settings, others, channel=None):
    channel = channel or sdk.channel()
    client, watcher = sdk.client(name, **settings), sdk.client('watcher', **others)
    heard = await subscribed(watcher, channel, presence=True)
    await until(lambda: len(heard.presences) == 1, 'the watcher to have joined')
    await subscribed(client, channel)
    await until(lambda: len(heard.presences) == 2, 'the user to have joined')
    message = await publish(sdk, client, channel, 'hello')
    action = await add(sdk, client, channel, message, 'reaction', 'wave')
    seen.expect(action.uuid, name, 'whose action it is')
    await until(lambda: len(heard.events) == 2, lambda: repr(heard.events))
    seen.expect([event[3] for event in heard.events], [name, name], 'who published and added')
    await sdk.call(client.set_state().channels(channel).state({'tel': '+49 1'}))
    state = (await sdk.call(watcher.get_state().channels(channel).uuid(name))).result.channels
    seen.expect(state[channel], {'tel': '+49 1'}, 'state')
    here = (await sdk.call(client.here_now().channels(channel))).result.channels[0].occupants
    seen.expect(sorted(each.uuid for each in here), sorted([name, 'watcher']), 'who is here')
    where = (await sdk.call(client.where_now().uuid(name))).result.channels
    seen.expect_in(channel, where, 'where the user is')
    await sdk.call(client.remove_message_action().channel(channel).message_timetoken(message)
                   .action_timetoken(int(action.action_timetoken)))
    got = (await sdk.call(client.get_message_actions().channel(channel))).result.actions
    seen.expect(got, [], 'after the user has removed the action')
    client.unsubscribe().channels(channel).execute()
    await until(lambda: any(event[0] == 'leave' for event in heard.presences), lambda: repr(heard.presences))
    seen.expect([event[2] for event in heard.presences if event[0] == 'leave'], [name], 'who has left')
    watcher.unsubscribe().channels(channel).execute()


async def objects(sdk, seen):
    """Metadata of users and channels, memberships, members: set, get, list, page, sort, filter, remove; their events."""
    from pubnub.endpoints.objects_v2.objects_endpoint import ChannelIncludeEndpoint, UUIDIncludeEndpoint
    from pubnub.models.consumer.objects_v2.channel_members import PNUUID
    from pubnub.models.consumer.objects_v2.memberships import PNChannelMembership
    from pubnub.models.consumer.objects_v2.sort import PNSortKey, PNSortKeyValue

    name = sdk.channel('objects')
    users = ['%s-%s' % (name, letter) for letter in 'abc']
    rooms = ['%s-room-%d' % (name, number) for number in (1, 2)]
    ann = sdk.client(users[0])
    heard = await subscribed(ann, [users[0], rooms[0]])
    for style in sdk.styles:
        made = await style.call(ann.set_uuid_metadata().set_name(name + ' C').email('a@example.com')
                                .external_id('7').profile_url('http://example.com/a').custom({'age': 30, 'on': True})
                                .include_custom(True))
        seen.expect(made.error, None, 'set a user')
        data = made.result.data
        seen.expect((data['id'], data['name'], data['email'], data['externalId'], data['profileUrl'], data['custom']),
                    (users[0], name + ' C', 'a@example.com', '7', 'http://example.com/a', {'age': 30, 'on': True}),
                    'the metadata of the user')
        got = await style.call(ann.get_uuid_metadata().uuid(users[0]).include_custom(True))
        seen.expect((got.result.data['eTag'], got.result.data['custom']), (data['eTag'], data['custom']), 'get a user')
        room = await style.call(ann.set_channel_metadata().channel(rooms[0]).set_name('Room').description('Talk')
                                .custom({'n': 1}).include_custom(True))
        seen.expect((room.result.data['id'], room.result.data['description'], room.result.data['custom']),
                    (rooms[0], 'Talk', {'n': 1}), 'set a channel')
        got = await style.call(ann.get_channel_metadata().channel(rooms[0]))
        seen.expect((got.result.data['name'], got.result.data['eTag']), ('Room', room.result.data['eTag']),
                    'get a channel')
    for user, letter in ((users[1], 'A'), (users[2], 'B')):
        await sdk.call(ann.set_uuid_metadata().uuid(user).set_name('%s %s' % (name, letter)))
    mine = "name LIKE '%s *'" % name

    def listed(page=None):
        builder = ann.get_all_uuid_metadata().filter(mine).sort(PNSortKey.asc(PNSortKeyValue.NAME)).limit(2) \
            .include_total_count(True)
        return builder if page is None else builder.page(page)

    first = (await sdk.call(listed())).result
    seen.expect([each['id'] for each in first.data], users[1:], 'the first page of users')
    seen.expect(first.total_count, 3, 'how many users')
    if sdk.page_fault:
        seen.expect_in('not callable', (await sdk.styles[1].call(listed(first.next))).error, 'the second page')
        seen.fault(sdk.page_fault)
    else:
        second = (await sdk.call(listed(first.next))).result
        seen.expect([each['id'] for each in second.data], users[:1], 'the second page of users')
        seen.expect(second.next, None, 'no third page')
        back = (await sdk.call(listed(second.prev))).result
        seen.expect([each['id'] for each in back.data], users[1:], 'the page before')
    all_rooms = (await sdk.call(ann.get_all_channel_metadata().filter("id == '%s'" % rooms[0]))).result.data
    seen.expect([each['name'] for each in all_rooms], ['Room'], 'channels')

    joined = (await sdk.call(ann.set_memberships().include_custom(True)
                             .include_channel(ChannelIncludeEndpoint.CHANNEL_WITH_CUSTOM)
                             .channel_memberships([PNChannelMembership.channel_with_custom(rooms[0], {'role': 'x'}),
                                                   PNChannelMembership.channel(rooms[1])]))).result.data
    seen.expect([(each['channel']['id'], each['custom']) for each in joined],
                [(rooms[0], {'role': 'x'}), (rooms[1], None)], 'set memberships')
    seen.expect(joined[0]['channel']['custom'], {'n': 1}, 'custom fields of the channel')
    await sdk.call(ann.manage_memberships().set([PNChannelMembership.channel(rooms[0])])
                   .remove([PNChannelMembership.channel(rooms[1])]))
    left = (await sdk.call(ann.get_memberships().include_custom(True).include_total_count(True))).result
    seen.expect([(each['channel']['id'], each['custom']) for each in left.data], [(rooms[0], {'role': 'x'})],
                'get memberships')
    seen.expect(left.total_count, 1, 'how many memberships')
    await sdk.call(ann.set_channel_members().channel(rooms[0])
                   .uuids([PNUUID.uuid(users[1]), PNUUID.uuid_with_custom(users[2], {'a': 1})]))
    members = (await sdk.call(ann.get_channel_members().channel(rooms[0]).include_custom(True)
                              .include_uuid(UUIDIncludeEndpoint.UUID_WITH_CUSTOM))).result.data
    seen.expect([(each['uuid']['id'], each['uuid']['name'][-1], each['custom']) for each in members],
                [(users[0], 'C', {'role': 'x'}), (users[1], 'A', None), (users[2], 'B', {'a': 1})], 'members')
    await sdk.call(ann.manage_channel_members().channel(rooms[0]).set([PNUUID.uuid(users[1])])
                   .remove([PNUUID.uuid(users[2])]))
    await sdk.call(ann.remove_channel_members().channel(rooms[0]).uuids([PNUUID.uuid(users[1])]))
    await sdk.call(ann.remove_memberships().channel_memberships([PNChannelMembership.channel(rooms[0])]))
    seen.expect((await sdk.call(ann.get_channel_members().channel(rooms[0]))).result.data, [], 'no members')
    for user in users:
        await sdk.call(ann.remove_uuid_metadata().uuid(user))
    await sdk.call(ann.remove_channel_metadata().channel(rooms[0]))
    gone = await sdk.styles[0].call(ann.get_uuid_metadata())
    seen.expect_in('404', str(gone.error), 'a user that is gone')
    wanted = [('uuid', 'set', users[0]), ('channel', 'set', rooms[0]), ('membership', 'set', rooms[0], users[0]),
              ('membership', 'set', rooms[0], users[1]), ('membership', 'delete', rooms[0], users[2]),
              ('membership', 'delete', rooms[0], users[0]), ('uuid', 'delete', users[0]),
              ('channel', 'delete', rooms[0])]
    await until(lambda: all(each in heard.objects for each in wanted), lambda: repr(heard.objects))
    seen.expect(heard.events, [], 'what is no message')
    ann.unsubscribe_all()


async def push(sdk, seen):
    """Devices that get notifications: their channels."""
    from pubnub.enums import PNPushEnvironment, PNPushType

    client = sdk.client('alice')
    channels = sorted(sdk.channel(name) for name in ('a', 'b', 'c'))
    fcm = {'push_type': PNPushType.GCM, 'device_id': sdk.channel('device').replace(' ', '-')}
    apple = {'push_type': PNPushType.APNS2, 'device_id': '%064x' % time.time_ns(), 'topic': 'com.example.chat'}
    production = dict(apple, environment=PNPushEnvironment.PRODUCTION)
    for device in (fcm, dict(apple, environment=PNPushEnvironment.DEVELOPMENT), production):
        def of(builder):
            for name, value in device.items():
                builder = getattr(builder, name)(value)
            return builder

        async def listed():
            return (await sdk.call(of(client.list_push_channels()))).result.channels

        seen.expect(await listed(), [], 'before it is registered')
        await sdk.call(of(client.add_channels_to_push()).channels(channels))
        seen.expect(await listed(), channels, 'what was added')
        await sdk.call(of(client.remove_channels_from_push()).channels(channels[:1]))
        seen.expect(await listed(), channels[1:], 'after a channel was taken off')
        await sdk.call(of(client.remove_device_from_push()))
        seen.expect(await listed(), [], 'after the device was removed')
    refused = await sdk.styles[0].call(client.add_channels_to_push().push_type(PNPushType.APNS)
                                       .device_id('nohex').channels(channels))
    seen.expect_in('400', refused.error, 'a token that is none')


async def crowd(sdk, seen):
    """20 clients, each adding 25 actions to one message and watching."""
    channel = sdk.channel()
    clients = [sdk.client('user-%d' % number) for number in range(20)]
    message = await publish(sdk, clients[0], channel, 'which of these?')
    heard = await asyncio.gather(*[subscribed(client, channel) for client in clients])

    async def vote(client):
        for number in range(25):
            await add(sdk, client, channel, message, 'vote', str(number))

    await asyncio.gather(*[vote(client) for client in clients])
    stored = [fields(action) for action in await pages(sdk, clients[0], channel, 500)]
    seen.expect(len(stored), 500, 'actions stored')
    seen.expect(len({(action[2], action[1]) for action in stored}), 500, 'different actions')
    await until(lambda: all(len(each.events) >= 500 for each in heard),
                lambda: 'all 500 events: %r' % [len(each.events) for each in heard])
    for each in heard:
        seen.expect([event[1:] for event in each.events], stored, 'what a client saw, in order')


ALL = [actions, errors, storage, live, resume, paging, names, signals, groups, presence, access, users, objects, push, crowd]
