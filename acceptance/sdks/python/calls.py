"""Runs every network call of the Python SDK once: calls.py RECORDER NUMBER

RECORDER is the host and port of a proxy in front of the server that records what a call sends; it gets the name of
each call before the call is made. NUMBER is that of the keyset. Standard output lists the calls that the SDK has and
this program does not run.
"""
import io
import os
import sys
import time
import urllib.parse
import urllib.request
import warnings

warnings.simplefilter('ignore')
os.environ['PN_ENABLE_ENTITIES'] = 'True'

from pubnub.enums import PNPushEnvironment, PNPushType
from pubnub.models.consumer.message_actions import PNMessageAction
from pubnub.models.consumer.objects_v2.channel_members import PNUUID
from pubnub.models.consumer.objects_v2.memberships import PNChannelMembership
from pubnub.pnconfiguration import PNConfiguration
from pubnub.pubnub import PubNub

recorder, number = sys.argv[1:]
config = PNConfiguration()
config.subscribe_key, config.publish_key, config.secret_key = (key + number for key in ('sub-c-', 'pub-c-', 'sec-c-'))
config.uuid = 'Ann'
config.origin, config.ssl = recorder, False
client = PubNub(config)
CHANNEL, GROUP, OTHER = 'Room', 'Group', 'Bob'
done = set()

# What needs no server, and what others of the list are made of.
LOCAL = {'add_listener', 'decrypt', 'encrypt', 'get_subscribed_channel_groups', 'get_subscribed_channels',
         'merge_in_params', 'parse_token', 'reconnect', 'remove_listener', 'request_async', 'request_deferred',
         'request_future', 'request_sync', 'sdk_platform', 'set_request_handler', 'set_token', 'stop', 'timestamp',
         'get_token', 'get_token_by_resource', 'get_tokens', 'get_tokens_by_resource', 'set_tokens'}


def call(row, name, run):
    """Runs one, if this version has it. What it sends counts, not what the SDK makes of the response."""
    if not hasattr(client, name):
        return None
    done.add(name)
    urllib.request.urlopen('http://%s/-/%s/%s' % (recorder, urllib.parse.quote(row), name)).read()
    try:
        return run(getattr(client, name))
    except Exception as error:
        print('%s: %s' % (name, error), file=sys.stderr)
        return None


def simple(row, name, build):
    envelope = call(row, name, lambda method: build(method()).sync())
    return envelope.result if envelope is not None else None


def action(message):
    made = PNMessageAction()
    made.type, made.value, made.message_timetoken = 'reaction', 'smile', str(message)
    return made


published = simple('publish', 'publish', lambda b: b.channel(CHANNEL).message('hello'))
simple('fire', 'fire', lambda b: b.channel(CHANNEL).message('hello'))
simple('signal', 'signal', lambda b: b.channel(CHANNEL).message('hello'))
call('subscribe', 'subscribe', lambda method: (method().channels([CHANNEL]).execute(), time.sleep(1)))
simple('here now', 'here_now', lambda b: b.channels([CHANNEL]))
simple('where now', 'where_now', lambda b: b.uuid('Ann'))
simple('set state', 'set_state', lambda b: b.channels([CHANNEL]).state({'mood': 'ok'}))
simple('get state', 'get_state', lambda b: b.channels([CHANNEL]).uuid('Ann'))
simple('heartbeat', 'heartbeat', lambda b: b.channels([CHANNEL]))
call('unsubscribe', 'unsubscribe', lambda method: (method().channels([CHANNEL]).execute(), time.sleep(1)))
call('unsubscribe', 'unsubscribe_all', lambda method: (
    client.subscribe().channels([CHANNEL]).execute(), time.sleep(1), method(), time.sleep(1)))
simple('time', 'time', lambda b: b)
simple('history', 'history', lambda b: b.channel(CHANNEL))
simple('fetch messages', 'fetch_messages', lambda b: b.channels([CHANNEL]))
simple('count messages', 'message_counts', lambda b: b.channel([CHANNEL]).channel_timetokens([1]))
added = simple('add an action', 'add_message_action',
               lambda b: b.channel(CHANNEL).message_action(action(published.timetoken)))
simple('get actions', 'get_message_actions', lambda b: b.channel(CHANNEL))
simple('remove an action', 'remove_message_action', lambda b: b.channel(CHANNEL)
       .message_timetoken(int(published.timetoken)).action_timetoken(int(added.action_timetoken)))
simple('delete messages', 'delete_messages', lambda b: b.channel(CHANNEL))
simple('add channels to a group', 'add_channel_to_channel_group', lambda b: b.channels([CHANNEL]).channel_group(GROUP))
simple('list channels of a group', 'list_channels_in_channel_group', lambda b: b.channel_group(GROUP))
simple('remove channels from a group', 'remove_channel_from_channel_group',
       lambda b: b.channels([CHANNEL]).channel_group(GROUP))
simple('delete a group', 'remove_channel_group', lambda b: b.channel_group(GROUP))

simple('grant to auth keys', 'grant', lambda b: b.channels([CHANNEL]).auth_keys(['Key']).read(True).ttl(5))
simple('audit of auth keys', 'audit', lambda b: b.channels([CHANNEL]).auth_keys(['Key']))
simple('revoke from auth keys', 'revoke', lambda b: b.channels([CHANNEL]).auth_keys(['Key']))


if hasattr(client, 'revoke_token'):
    from pubnub.models.consumer.v3.channel import Channel

    granted = simple('grant a token', 'grant_token', lambda b: b.ttl(5).channels([Channel.id(CHANNEL).read()]))
    call('revoke a token', 'revoke_token', lambda method: method(granted.get_token()).sync())
else:  # of the time before tokens had channels
    from pubnub.models.consumer.v3.user import User

    simple('grant a token', 'grant_token', lambda b: b.ttl(5).users([User.id('Ann').read()]))

simple('set user metadata', 'set_uuid_metadata', lambda b: b.uuid('Ann').set_name('Ann'))
simple('get user metadata', 'get_uuid_metadata', lambda b: b.uuid('Ann'))
simple('list user metadata', 'get_all_uuid_metadata', lambda b: b)
simple('set channel metadata', 'set_channel_metadata', lambda b: b.channel(CHANNEL).set_name('Room'))
simple('get channel metadata', 'get_channel_metadata', lambda b: b.channel(CHANNEL))
simple('list channel metadata', 'get_all_channel_metadata', lambda b: b)
one = [PNChannelMembership.channel(CHANNEL)]
simple('set memberships', 'set_memberships', lambda b: b.uuid('Ann').channel_memberships(one))
simple('get memberships', 'get_memberships', lambda b: b.uuid('Ann'))
simple('manage memberships', 'manage_memberships', lambda b: b.uuid('Ann').set(one).remove([]))
if hasattr(client, 'create_user'):
    call('remove memberships', 'remove_memberships',
         lambda method: method().uuid('Ann').channel_memberships(one).sync())
else:
    simple('remove memberships', 'remove_memberships', lambda b: b.uuid('Ann').channel_memberships(one))
two = [PNUUID.uuid(OTHER)]
simple('set channel members', 'set_channel_members', lambda b: b.channel(CHANNEL).uuids(two))
simple('get channel members', 'get_channel_members', lambda b: b.channel(CHANNEL))
simple('manage channel members', 'manage_channel_members', lambda b: b.channel(CHANNEL).set(two).remove([]))
simple('remove channel members', 'remove_channel_members', lambda b: b.channel(CHANNEL).uuids(two))

if hasattr(client, 'create_user'):  # other names of the same
    from pubnub.models.consumer.entities.space import Space
    from pubnub.models.consumer.entities.user import User

    def entity(row, method_name, **arguments):
        call(row, method_name, lambda method: method(sync=True, **arguments))

    entity('set user metadata', 'create_user', user_id='Ann', name='Ann')
    entity('set user metadata', 'update_user', user_id='Ann', name='Ann')
    entity('get user metadata', 'fetch_user', user_id='Ann')
    entity('list user metadata', 'fetch_users')
    entity('set channel metadata', 'create_space', space_id=CHANNEL, name='Room')
    entity('set channel metadata', 'update_space', space_id=CHANNEL, name='Room')
    entity('get channel metadata', 'fetch_space', space_id=CHANNEL)
    entity('list channel metadata', 'fetch_spaces')
    entity('set memberships', 'add_memberships', user_id='Ann', spaces=[Space(space_id=CHANNEL)])
    entity('set memberships', 'update_memberships', user_id='Ann', spaces=[Space(space_id=CHANNEL)])
    entity('get memberships', 'fetch_memberships', user_id='Ann')
    entity('remove memberships', 'remove_memberships', user_id='Ann', spaces=[Space(space_id=CHANNEL)])
    entity('set channel members', 'add_memberships', space_id=CHANNEL, users=[User(user_id='Ann')])
    entity('get channel members', 'fetch_memberships', space_id=CHANNEL)
    entity('remove channel metadata', 'remove_space', space_id=CHANNEL)
    entity('remove user metadata', 'remove_user', user_id='Ann')
simple('remove channel metadata', 'remove_channel_metadata', lambda b: b.channel(CHANNEL))
simple('remove user metadata', 'remove_uuid_metadata', lambda b: b.uuid('Ann'))

sent = simple('send a file', 'send_file',
              lambda b: b.channel(CHANNEL).file_name('Note.txt').file_object(io.BytesIO(b'a note')).message('a note'))
file_id = sent.file_id if sent is not None else 'ID'


def file(b):
    return b.channel(CHANNEL).file_id(file_id).file_name('Note.txt')


simple('list files', 'list_files', lambda b: b.channel(CHANNEL))
simple('get the address of a file', 'get_file_url', file)
simple('download a file', 'download_file', file)
simple('publish a file message', 'publish_file_message', file)
simple('delete a file', 'delete_file', file)

for kind in (PNPushType.GCM, PNPushType.APNS, PNPushType.APNS2):
    token = '0' * 64

    def push(b):
        b = b.push_type(kind).device_id(token)
        if kind == PNPushType.APNS2:
            b = b.topic('org.example.app').environment(PNPushEnvironment.DEVELOPMENT)
        return b

    simple('add push channels', 'add_channels_to_push', lambda b: push(b).channels([CHANNEL]))
    simple('list push channels', 'list_push_channels', push)
    simple('remove push channels', 'remove_channels_from_push', lambda b: push(b).channels([CHANNEL]))
    simple('remove a push device', 'remove_device_from_push', push)

for name in dir(PubNub):
    if not name.startswith('_') and callable(getattr(PubNub, name)) and name not in LOCAL | done:
        print('missed ' + name)
sys.stdout.flush()
os._exit(0)  # the threads of the SDK would go on for a while
