// Runs every network call of the JavaScript SDK once: calls.js RECORDER NUMBER
//
// RECORDER is the host and port of a proxy in front of the server that records what a call sends; it gets the name
// of each call before the call is made. NUMBER is that of the keyset. Standard output lists the calls that the SDK has and
// this program does not run.
'use strict';

const fs = require('node:fs');
const PubNub = require('pubnub');

const [recorder, number] = process.argv.slice(2);
const client = new PubNub({ subscribeKey: `sub-c-${number}`, publishKey: `pub-c-${number}`, secretKey: `sec-c-${number}`,
  uuid: 'Ann', origin: recorder, ssl: false, autoNetworkDetection: false, heartbeatInterval: 30 });
const CHANNEL = 'Room';
const channelGroup = 'Group';
const done = new Set();

/** What needs no server. */
const LOCAL = new Set(['File', 'encryptFile', 'decryptFile', 'disconnect', 'reconnect', 'getSubscribedChannels',
  'getSubscribedChannelGroups', 'destroy', 'addListener', 'removeListener', 'removeAllListeners', 'parseToken', 'setToken',
  'getToken', 'stop', 'encrypt', 'decrypt', 'getAuthKey', 'setAuthKey', 'setCipherKey', 'getUUID', 'setUUID', 'getUserId',
  'setUserId', 'getFilterExpression', 'setFilterExpression', 'setHeartbeatInterval', 'setProxy']);

const sleep = (millis) => new Promise((passed) => setTimeout(passed, millis));

/** Runs one, if this version has it. What it sends counts, not what the SDK makes of the response. */
async function call(row, name, ...parameters) {
  const [owner, method] = name.includes('.') ? [client[name.split('.')[0]], name.split('.')[1]] : [client, name];
  if (typeof owner[method] !== 'function') {
    return undefined;
  }
  done.add(name);
  await fetch(`http://${recorder}/-/${encodeURIComponent(row)}/${name}`);
  try {
    return await Promise.race([owner[method](...parameters), sleep(5000)]);
  } catch (error) {
    fs.writeSync(2, `${name}: ${error.message} ${JSON.stringify(error.status ?? '')}\n`);
    return undefined;
  }
}

async function messages() {
  const message = 'hello';
  const channel = CHANNEL;
  const channels = [CHANNEL];
  const published = await call('publish', 'publish', { channel, message });
  await call('fire', 'fire', { channel, message });
  await call('signal', 'signal', { channel, message });
  await call('subscribe', 'subscribe', { channels });
  await sleep(500);
  await call('subscribe', 'handshake', { channels, channelGroups: [] });
  await call('subscribe', 'receiveMessages', { channels, channelGroups: [], timetoken: '1', region: 1,
    abortSignal: { subscribe: () => () => {}, throwIfAborted: () => {} } });
  await call('here now', 'hereNow', { channels });
  await call('where now', 'whereNow', { uuid: 'Ann' });
  await call('set state', 'setState', { channels, state: { mood: 'ok' } });
  await call('set state', 'setPresenceState', { channels, state: { mood: 'ok' } });
  await call('get state', 'getState', { channels });
  await call('heartbeat', 'presence', { channels, connected: true });
  await sleep(500);
  await call('heartbeat', 'iAmHere', { channels, channelGroups: [] });
  await call('unsubscribe', 'iAmAway', { channels, channelGroups: [] });
  await call('unsubscribe', 'unsubscribe', { channels });
  await sleep(500);
  client.subscribe({ channels });
  await sleep(500);
  await call('unsubscribe', 'unsubscribeAll');
  client.presence({ channels, connected: false });
  await sleep(500);
  await call('time', 'time');
  await call('history', 'history', { channel });
  await call('fetch messages', 'fetchMessages', { channels });
  await call('count messages', 'messageCounts', { channels, channelTimetokens: ['1'] });
  const messageTimetoken = published.timetoken;
  const added = await call('add an action', 'addMessageAction',
    { channel, messageTimetoken, action: { type: 'reaction', value: 'smile' } });
  await call('get actions', 'getMessageActions', { channel });
  await call('remove an action', 'removeMessageAction',
    { channel, messageTimetoken, actionTimetoken: added.data.actionTimetoken });
  await call('delete messages', 'deleteMessages', { channel });
  await call('add channels to a group', 'channelGroups.addChannels', { channels, channelGroup });
  await call('list channels of a group', 'channelGroups.listChannels', { channelGroup });
  await call('list groups', 'channelGroups.listGroups');
  await call('remove channels from a group', 'channelGroups.removeChannels', { channels, channelGroup });
  await call('delete a group', 'channelGroups.deleteGroup', { channelGroup });
}

async function access() {
  const channels = [CHANNEL];
  await call('grant to auth keys', 'grant', { channels, authKeys: ['Key'], read: true, ttl: 5 });
  await call('audit of auth keys', 'audit', { channel: CHANNEL, authKeys: ['Key'] });
  const token = await call('grant a token', 'grantToken',
    { ttl: 5, resources: { channels: { [CHANNEL]: { read: true } } } });
  await call('revoke a token', 'revokeToken', token);
}

async function objects() {
  const [uuid, channel] = ['Ann', CHANNEL];
  const [channels, uuids, data] = [[channel], ['Bob'], { name: 'A name' }];
  await call('set user metadata', 'objects.setUUIDMetadata', { uuid, data });
  await call('get user metadata', 'objects.getUUIDMetadata', { uuid });
  await call('list user metadata', 'objects.getAllUUIDMetadata');
  await call('set channel metadata', 'objects.setChannelMetadata', { channel, data });
  await call('get channel metadata', 'objects.getChannelMetadata', { channel });
  await call('list channel metadata', 'objects.getAllChannelMetadata');
  await call('set memberships', 'objects.setMemberships', { uuid, channels });
  await call('get memberships', 'objects.getMemberships', { uuid });
  await call('remove memberships', 'objects.removeMemberships', { uuid, channels });
  await call('set channel members', 'objects.setChannelMembers', { channel, uuids });
  await call('get channel members', 'objects.getChannelMembers', { channel });
  await call('remove channel members', 'objects.removeChannelMembers', { channel, uuids });
  const [userId, spaceId] = [uuid, channel];
  if (client.fetchUser) { // other names of the same
    await call('set user metadata', 'createUser', { userId, data });
    await call('set user metadata', 'updateUser', { userId, data });
    await call('get user metadata', 'fetchUser', { userId });
    await call('list user metadata', 'fetchUsers', {});
    await call('set channel metadata', 'createSpace', { spaceId, data });
    await call('set channel metadata', 'updateSpace', { spaceId, data });
    await call('get channel metadata', 'fetchSpace', { spaceId });
    await call('list channel metadata', 'fetchSpaces', {});
    await call('set memberships', 'addMemberships', { userId, spaces: [spaceId] });
    await call('set memberships', 'updateMemberships', { userId, spaces: [spaceId] });
    await call('get memberships', 'fetchMemberships', { userId, include: {} });
    await call('remove memberships', 'removeMemberships', { userId, spaceIds: [spaceId] });
    await call('remove channel metadata', 'removeSpace', { spaceId });
    await call('remove user metadata', 'removeUser', { userId });
  } else {
    const [user, space] = [{ id: userId, name: 'A name' }, { id: spaceId, name: 'A name' }];
    const [users, spaces] = [[{ id: 'Bob' }], [{ id: spaceId }]];
    await call('first App Context', 'createUser', user);
    await call('first App Context', 'updateUser', user);
    await call('first App Context', 'getUser', { userId });
    await call('first App Context', 'getUsers', {});
    await call('first App Context', 'createSpace', space);
    await call('first App Context', 'updateSpace', space);
    await call('first App Context', 'getSpace', { spaceId });
    await call('first App Context', 'getSpaces', {});
    await call('first App Context', 'addMembers', { spaceId, users });
    await call('first App Context', 'updateMembers', { spaceId, users });
    await call('first App Context', 'getMembers', { spaceId });
    await call('first App Context', 'removeMembers', { spaceId, users: ['Bob'] });
    await call('first App Context', 'joinSpaces', { userId, spaces });
    await call('first App Context', 'updateMemberships', { userId, spaces });
    await call('first App Context', 'getMemberships', { userId });
    await call('first App Context', 'leaveSpaces', { userId, spaces: [spaceId] });
    await call('first App Context', 'deleteSpace', spaceId);
    await call('first App Context', 'deleteUser', userId);
  }
  await call('remove channel metadata', 'objects.removeChannelMetadata', { channel });
  await call('remove user metadata', 'objects.removeUUIDMetadata', { uuid });
}

async function files() {
  const channel = CHANNEL;
  const sent = await call('send a file', 'sendFile',
    { channel, file: { data: Buffer.from('a note'), name: 'Note.txt', mimeType: 'text/plain' } });
  const file = { channel, id: sent?.id ?? 'ID', name: 'Note.txt' };
  await call('list files', 'listFiles', { channel });
  await call('get the address of a file', 'getFileUrl', file);
  await call('download a file', 'downloadFile', file);
  await call('publish a file message', 'publishFile', { channel, fileId: file.id, fileName: file.name });
  await call('delete a file', 'deleteFile', file);
}

async function push() {
  const ways = [{ pushGateway: 'gcm' }, { pushGateway: 'apns' },
    { pushGateway: 'apns2', environment: 'development', topic: 'org.example.app' }];
  for (const way of ways) {
    const device = '0'.repeat(64);
    const parameters = { channels: [CHANNEL], device, ...way };
    await call('add push channels', 'push.addChannels', parameters);
    await call('list push channels', 'push.listChannels', { device, ...way });
    await call('remove push channels', 'push.removeChannels', parameters);
    await call('remove a push device', 'push.deleteDevice', { device, ...way });
  }
}

(async () => {
  for (const part of [messages, access, objects, files, push]) {
    await part();
  }
  const isCall = (owner, name) => typeof owner[name] === 'function' && !LOCAL.has(name);
  const names = Object.keys(client).filter((name) => isCall(client, name));
  for (const owner of ['channelGroups', 'push', 'objects']) {
    names.push(...Object.keys(client[owner]).map((name) => `${owner}.${name}`));
  }
  names.filter((name) => !done.has(name)).forEach((name) => fs.writeSync(1, `missed ${name}\n`));
  process.exit(0);
})();
