// Runs the checks with the JavaScript SDK against a server.
//
//     run.js ORIGIN CABLE CONTROL
//
// ORIGIN is the server's host and port, CABLE another way to it that CONTROL can cut (/cut) and mend (/mend).
// Every check is reported on standard output, as a line of JSON.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const PubNub = require('pubnub');

const [origin, cable, control] = process.argv.slice(2);
const NAMES = ['чат', '聊天室', 'غرفة', 'कमरा', 'ห้อง', 'é☞😀👩‍👩‍👧', 'a:b', 'a.b.c', 'with space', 'a+b', 'a/b', '100%', 'q?x=1&y=\'#"\\'];

// ---- what the checks are made of

/** Counts what was looked at, and keeps the faults of the SDK itself that showed. */
class Seen {
  expectations = 0;
  faults = [];

  expect(actual, expected, what) {
    this.expectations++;
    assert.deepEqual(actual, expected, `${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  }

  fault(text) {
    if (!this.faults.includes(text)) {
      this.faults.push(text);
    }
  }
}

/** The ways of a call. Each gives {result, status, error}: a promise has no status, but when it fails. */
const STYLES = [
  {
    name: 'promises',
    async call(client, method, parameters) {
      try {
        return { result: await client[method](parameters) };
      } catch (error) {
        return { status: error.status, error: error.message };
      }
    },
  },
  {
    name: 'callbacks',
    call: (client, method, parameters) => new Promise((done) => {
      client[method](parameters, (status, result) =>
        done({ status, result, error: status.error ? 'failed' : undefined }));
    }),
  },
];

let number = 0;
const channelOf = (name = 'chats') => `${name}-js-${Date.now()}-${number++}`;

/** A page has at most six connections to a host, and each client needs one for its poll: so each has a host in a page. */
const at = (where) => (globalThis.window ? where.replace('127.0.0.1', `c${number++}.localhost`) : where);

const clientOf = (uuid, where = origin, more = {}) =>
  new PubNub({ subscribeKey: 'demo', publishKey: 'demo', uuid, origin: at(where), ssl: false, ...more });

const sleep = (millis) => new Promise((done) => setTimeout(done, millis));

async function until(condition, what, seconds = 25) {
  const deadline = Date.now() + seconds * 1000;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`waited ${seconds} s for ${typeof what === 'function' ? what() : what}`);
    }
    await sleep(10);
  }
}

const flip = (what) => fetch(`http://${control}/${what}`, { method: 'POST', mode: 'no-cors' });

/** A client that listens and is connected, with all that it was told, in order. */
async function subscribed(client, channels, timetoken, more = {}) {
  const heard = { events: [], presences: [], statuses: [], objects: [] };
  client.addListener({
    status: (status) => heard.statuses.push(status),
    message: (m) => heard.events.push(['message', m.channel, m.message, m.publisher, m.timetoken, m.userMetadata]),
    signal: (s) => heard.events.push(['signal', s.channel, s.message, s.publisher, s.timetoken]),
    presence: (p) => heard.presences.push([p.action, p.channel, p.uuid, p.occupancy, p.state]),
    objects: (o) => heard.objects.push([o.message.type, o.message.event, o.message.data.channel?.id ?? o.message.data.id,
      o.message.data.uuid?.id]),
    messageAction: (a) => heard.events.push([a.event, a.channel, a.data, a.publisher]),
  });
  client.subscribe({ channels, timetoken, ...more });
  await until(() => heard.statuses.some((status) => status.category === 'PNConnectedCategory'), 'the subscription');
  return heard;
}

const publish = async (client, channel, message, more = {}) =>
  (await client.publish({ channel, message, ...more })).timetoken;

const add = async (client, channel, messageTimetoken, type, value) =>
  (await client.addMessageAction({ channel, messageTimetoken, action: { type, value } })).data;

/** All actions of a channel, asked for page by page from the newest on, oldest first. */
async function pages(client, channel, limit) {
  let found = [];
  let start;
  while (true) {
    const page = await client.getMessageActions({ channel, limit, start });
    assert(page.data.length <= limit);
    if (page.data.length === 0) {
      return found;
    }
    found = [...page.data, ...found];
    start = page.start;
  }
}

// ---- the checks

/** Add, get and remove, in every style, with every field of result and status. */
async function actions(seen) {
  const alice = clientOf('alice');
  for (const style of STYLES) {
    const good = (outcome, operation, what) => {
      seen.expect(outcome.error, undefined, what);
      if (outcome.status) {
        seen.expect(outcome.status, { error: false, operation, statusCode: 200 }, `${what} status`);
      }
    };
    const channel = channelOf();
    const published = await publish(alice, channel, 'hello');
    for (const messageTimetoken of [String(Math.floor(Date.now() / 1000)), published]) {
      const added = await style.call(alice, 'addMessageAction',
        { channel, messageTimetoken, action: { type: 'reaction', value: 'smiley_face' } });
      good(added, 'PNAddActionOperation', 'add');
      const { actionTimetoken, ...others } = added.result.data;
      seen.expect(others, { type: 'reaction', value: 'smiley_face', uuid: 'alice', messageTimetoken }, 'add');
      seen.expect(/^\d{17}$/.test(actionTimetoken), true, 'the action timetoken');

      const got = await style.call(alice, 'getMessageActions', { channel });
      good(got, 'PNGetMessageActionsOperation', 'get');
      seen.expect(got.result, { data: [added.result.data], start: actionTimetoken, end: actionTimetoken }, 'get');

      const removed = await style.call(alice, 'removeMessageAction', { channel, messageTimetoken, actionTimetoken });
      good(removed, 'PNRemoveMessageActionOperation', 'remove');
      seen.expect(removed.result, { data: {} }, 'remove');
      seen.expect((await style.call(alice, 'getMessageActions', { channel })).result.data, [], 'after the removal');
    }
  }
}

/** Errors come with the server's words, in every style. */
async function errors(seen) {
  const [alice, bob] = [clientOf('alice'), clientOf('bob')];
  const channel = channelOf();
  const messageTimetoken = await publish(alice, channel, 'hello');
  const action = await add(alice, channel, messageTimetoken, 'reaction', 'smiley_face');
  const bad = (outcome, statusCode, category, operation, words) => {
    seen.expect(outcome.error !== undefined, true, 'an error');
    seen.expect(outcome.status.error, true, 'error');
    seen.expect(outcome.status.statusCode, statusCode, 'status code');
    seen.expect(outcome.status.category, category, 'category');
    seen.expect(outcome.status.operation, operation, 'operation');
    seen.expect(outcome.status.errorData.error.message, words, 'words');
  };
  for (const style of STYLES) {
    bad(await style.call(alice, 'addMessageAction',
      { channel, messageTimetoken, action: { type: 'reaction', value: 'smiley_face' } }),
    409, 'PNUnknownCategory', 'PNAddActionOperation', 'Action Already Added');
    bad(await style.call(bob, 'removeMessageAction',
      { channel, messageTimetoken, actionTimetoken: action.actionTimetoken }),
    400, 'PNBadRequestCategory', 'PNRemoveMessageActionOperation', 'Not deleting message action: wrong uuid specified');
    bad(await style.call(alice, 'removeMessageAction',
      { channel, messageTimetoken, actionTimetoken: '15610547826970050' }),
    400, 'PNBadRequestCategory', 'PNRemoveMessageActionOperation', 'No matching message actions to delete');
  }
  seen.expect((await alice.getMessageActions({ channel })).data, [action], 'what is there afterwards');
}

/** Publish, history, fetch, counts, deletion and time. */
async function storage(seen) {
  const alice = clientOf('alice');
  const [channel, other] = [channelOf(), channelOf()];
  const before = (await alice.time()).timetoken;
  const sent = [{ text: 'hé ☞ 👍🏽', n: [1, 2.5, null, true], o: {} }, 'pl"ain', 42, ['a', 'b']];
  const timetokens = [];
  for (const message of sent) {
    timetokens.push(await publish(alice, channel, message));
  }
  seen.expect(timetokens, [...timetokens].sort(), 'timetokens only rise');
  const first = Number(timetokens[0]);
  seen.expect(before <= first && first < before + 600_000_000, true, 'the time is that of the server');
  for (const message of [0, false, '']) {
    await assert.rejects(publish(alice, channel, message), (error) => error.status.message === 'Missing Message');
  }
  seen.fault('`publish` refuses the messages `0`, `false` and `""`');
  sent.push({ by: 'post' });
  timetokens.push(await publish(alice, channel, sent[4], { sendByPost: true, meta: { lang: 'en' } }));
  await publish(alice, channel, 'not kept', { storeInHistory: false });
  await publish(alice, other, 'elsewhere');
  const action = await add(alice, channel, timetokens[1], 'receipt', 'read');

  const history = (parameters) => alice.history({ channel, stringifiedTimeToken: true, ...parameters });
  const whole = await history({ includeMeta: true });
  seen.expect(whole.messages.map((m) => m.entry), sent, 'history');
  seen.expect(whole.messages.map((m) => m.timetoken), timetokens, 'timetokens of the history');
  seen.expect(whole.messages.map((m) => m.meta), [undefined, undefined, undefined, undefined, { lang: 'en' }],
    'meta of the history');
  const entries = async (parameters) => (await history(parameters)).messages.map((m) => m.entry);
  seen.expect(await entries({ count: 2 }), sent.slice(-2), 'the newest two');
  seen.expect(await entries({ count: 2, reverse: true }), sent.slice(0, 2), 'the oldest two');
  seen.expect(await entries({ start: timetokens[3], end: timetokens[1] }), sent.slice(1, 3), 'a range');

  const fetched = (await alice.fetchMessages({ channels: [channel], includeMeta: true })).channels[channel];
  seen.expect(fetched.map((m) => m.message), sent, 'fetch');
  seen.expect(fetched.map((m) => m.timetoken), timetokens, 'timetokens of the fetch');
  seen.expect(fetched.map((m) => [m.uuid, m.messageType]), sent.map(() => ['alice', null]), 'who and what');
  seen.expect(fetched[4].meta, { lang: 'en' }, 'meta of the fetch');
  const both = (await alice.fetchMessages({ channels: [channel, other] })).channels;
  seen.expect(Object.entries(both).map(([name, items]) => [name, items.length]), [[channel, 5], [other, 1]], 'two');
  const withActions = await alice.fetchMessages({ channels: [channel], includeMessageActions: true });
  seen.expect(withActions.channels[channel].map((m) => m.actions), [undefined,
    { receipt: { read: [{ uuid: 'alice', actionTimetoken: action.actionTimetoken }] } }, undefined, undefined,
    undefined], 'actions of the fetch');

  seen.expect((await alice.messageCounts({ channels: [channel], channelTimetokens: [timetokens[1]] })).channels,
    { [channel]: 3 }, 'messages after the second');
  const later = `${BigInt(timetokens[4]) + 10_000_000n}`;
  seen.expect((await alice.messageCounts({ channels: [channel, other], channelTimetokens: [timetokens[1], later] }))
    .channels, { [channel]: 3, [other]: 0 }, 'messages of two channels');

  const justBefore = `${BigInt(timetokens[1]) - 1n}`;
  await alice.deleteMessages({ channel, start: justBefore, end: timetokens[1] });
  seen.expect(await entries({}), [sent[0], ...sent.slice(2)], 'all but the second');
  seen.expect((await alice.getMessageActions({ channel })).data, [], 'its action is gone with it');
  await alice.deleteMessages({ channel });
  seen.expect(await entries({}), [], 'nothing is left');
}

/** A second client sees what happens as it happens, in order; after an unsubscribe no more. */
async function live(seen) {
  const [alice, bob] = [clientOf('alice'), clientOf('bob')];
  const [channel, other] = [channelOf(), channelOf()];
  const heard = await subscribed(bob, [channel, other]);
  const expected = [];
  for (let round = 0; round < 5; round++) {
    const where = round === 3 ? other : channel;
    const timetoken = await publish(alice, where, { round }, { meta: { lang: 'en' } });
    expected.push(['message', where, { round }, 'alice', timetoken, { lang: 'en' }]);
    const action = await add(alice, where, timetoken, 'reaction', 'smiley_face');
    expected.push(['added', where, action, 'alice']);
    if (round % 2 === 0) {
      await alice.removeMessageAction(
        { channel: where, messageTimetoken: timetoken, actionTimetoken: action.actionTimetoken });
      expected.push(['removed', where, action, 'alice']);
    }
  }
  await until(() => heard.events.length >= expected.length, () => JSON.stringify(heard.events));
  seen.expect(heard.events, expected, 'what bob saw');

  bob.unsubscribe({ channels: [other] });
  await until(() => heard.statuses.some((status) => status.operation === 'PNUnsubscribeOperation'), 'the leave');
  await publish(alice, other, 'one more');
  const timetoken = await publish(alice, channel, 'still here');
  expected.push(['message', channel, 'still here', 'alice', timetoken, undefined]);
  await until(() => heard.events.length >= expected.length, 'the channel that stayed');
  bob.unsubscribeAll();
  await publish(alice, channel, 'and another');
  await sleep(500);
  seen.expect(heard.events, expected, 'after the unsubscribe');
}

/** After a cut connection, and from an old timetoken, nothing is missed. */
async function resume(seen) {
  const [alice, carol] = [clientOf('alice'), clientOf('carol', cable)];
  const channel = channelOf();
  const first = await publish(alice, channel, 'before');
  const heard = await subscribed(carol, [channel]);
  const expected = [];
  const say = async (message) =>
    expected.push(['message', channel, message, 'alice', await publish(alice, channel, message), undefined]);
  await say('live');
  await until(() => heard.events.length === 1, 'what is live');
  for (const how of ['hangup', 'cut']) { // the way a proxy ends an idle connection, and the way a network does
    const before = expected.length;
    heard.statuses.length = 0;
    await flip(how);
    if (how === 'cut') {
      await until(() => heard.statuses.some((status) => status.error), 'the error');
    }
    for (let n = 0; n < 150; n++) { // more than one answer holds
      await say({ n });
      if (n % 10 === 0) {
        expected.push(['added', channel, await add(alice, channel, expected.at(-1)[4], 'n', `${n}`), 'alice']);
      }
    }
    if (how === 'cut') {
      seen.expect(heard.events.length, before, 'what came over a cut cable');
      await flip('mend');
    }
    await until(() => heard.events.length >= expected.length, () => `${heard.events.length} of ${expected.length}`);
    seen.expect(heard.events, expected, `what carol saw after a ${how}`);
  }
  seen.expect(heard.statuses.some((status) => status.category === 'PNReconnectedCategory'), true, 'it is announced');

  const dave = await subscribed(clientOf('dave'), [channel], first);
  await until(() => dave.events.length >= expected.length, () => `${dave.events.length} of ${expected.length}`);
  await say('after');
  await until(() => dave.events.length >= expected.length, 'what is live after what was old');
  seen.expect(dave.events, expected, 'what dave saw from the old timetoken on');
}

/** 250 actions, page by page to the end. */
async function paging(seen) {
  const alice = clientOf('alice');
  const channel = channelOf();
  const messages = [];
  for (let n = 0; n < 5; n++) {
    messages.push(await publish(alice, channel, { n }));
  }
  const added = [];
  for (let n = 0; n < 250; n++) {
    added.push(await add(alice, channel, messages[n % 5], 'number', `${n}`));
  }
  for (const limit of [100, 25, 1000]) {
    seen.expect(await pages(alice, channel, limit), added, `pages of ${limit}`);
  }
  const [start, end] = [added[245].actionTimetoken, added[240].actionTimetoken];
  seen.expect((await alice.getMessageActions({ channel, start, end })).data, added.slice(240, 245), 'a range');
  const page = await alice.getMessageActions({ channel, limit: 100 });
  seen.expect(Object.keys(page), ['data', 'start', 'end'], 'a page with more behind it');
  seen.fault('`more` of a page of actions is not handed on; ask again with its `start`');
}

/** Channels, types and values of several scripts, and with all that needs an escape. */
async function names(seen) {
  const [alice, bob] = [clientOf('alice'), clientOf('bob')];
  const channels = NAMES.map(channelOf);
  const heard = await subscribed(bob, channels);
  const expected = [];
  for (const [index, channel] of channels.entries()) {
    const name = NAMES[index];
    const timetoken = await publish(alice, channel, { text: name });
    const action = await add(alice, channel, timetoken, name, name);
    expected.push(['message', channel, { text: name }, 'alice', timetoken, undefined]);
    expected.push(['added', channel, action, 'alice']);
    seen.expect((await alice.getMessageActions({ channel })).data, [action], `actions of ${channel}`);
    seen.expect((await alice.history({ channel })).messages.map((m) => m.entry), [{ text: name }], channel);
    seen.expect((await alice.messageCounts({ channels: [channel], channelTimetokens: ['1'] })).channels,
      { [channel]: 1 }, `count of ${channel}`);
    const fetched = await alice.fetchMessages({ channels: [channel], includeMessageActions: true });
    seen.expect(fetched.channels[channel][0].actions,
      { [name]: { [name]: [{ uuid: 'alice', actionTimetoken: action.actionTimetoken }] } }, `fetch of ${channel}`);
  }
  await until(() => heard.events.length >= expected.length, () => JSON.stringify(heard.events));
  seen.expect(heard.events, expected, 'what bob saw');
}

/** Signals and messages that are not stored are told; a fire is not. */
async function signals(seen) {
  const [alice, bob] = [clientOf('alice'), clientOf('bob')];
  const channel = channelOf();
  const heard = await subscribed(bob, [channel]);
  const signal = await alice.signal({ channel, message: 'typing' });
  const fired = await alice.fire({ channel, message: 'nobody hears' });
  seen.expect(fired.timetoken > signal.timetoken, true, 'a fire has a timetoken');
  const passing = await publish(alice, channel, 'passing', { storeInHistory: false });
  const kept = await publish(alice, channel, 'kept');
  await until(() => heard.events.length >= 3, () => JSON.stringify(heard.events));
  seen.expect(heard.events, [['signal', channel, 'typing', 'alice', signal.timetoken],
    ['message', channel, 'passing', 'alice', passing, undefined], ['message', channel, 'kept', 'alice', kept, undefined]],
  'what bob saw');
  seen.expect((await alice.history({ channel })).messages.map((m) => m.entry), ['kept'], 'what is kept');
  await assert.rejects(alice.signal({ channel, message: 'x'.repeat(63) }),
    (error) => error.status.statusCode === 400 && error.status.errorData[1] === 'Signal size too large');
}

/** Channel groups, wildcards and filters. */
async function groups(seen) {
  const [alice, bob, carol] = [clientOf('alice'), clientOf('bob'), clientOf('carol')];
  const [base, channelGroup, inside, late] = ['room', 'group', 'inside', 'late'].map(channelOf);
  const listing = async () => (await alice.channelGroups.listChannels({ channelGroup })).channels.sort();
  await alice.channelGroups.addChannels({ channels: [inside, `${base}.one`], channelGroup });
  seen.expect(await listing(), [inside, `${base}.one`].sort(), 'what is in the group');
  seen.expect((await alice.channelGroups.listGroups()).groups.includes(channelGroup), true, 'which groups there are');
  const heard = await subscribed(bob, [`${base}.*`, `plain-${base}`], undefined, { channelGroups: [channelGroup] });
  const expected = [];
  const say = async (where, what) =>
    expected.push(['message', where, what, 'alice', await publish(alice, where, what), undefined]);
  await say(`${base}.one`, 1);
  await say(`${base}.two.three`, 2);
  await say(inside, 3);
  await alice.channelGroups.addChannels({ channels: [late], channelGroup });
  await say(late, 4);
  await say(`plain-${base}`, 5);
  await until(() => heard.events.length >= 5, () => JSON.stringify(heard.events));
  await sleep(200);
  seen.expect(heard.events, expected, 'what bob saw, each once');
  await alice.channelGroups.removeChannels({ channels: [inside], channelGroup });
  await publish(alice, inside, 'gone');
  await say(late, 6);
  await until(() => heard.events.length >= 6, () => JSON.stringify(heard.events));
  seen.expect(heard.events, expected, 'after a channel was taken out');
  await alice.channelGroups.deleteGroup({ channelGroup });
  seen.expect(await listing(), [], 'after the group was deleted');

  carol.setFilterExpression("lang == 'en' && n > 1");
  const channel = channelOf();
  const filtered = await subscribed(carol, [channel]);
  for (const [n, lang] of [[1, 'en'], [2, 'de'], [3, 'en']]) {
    await publish(alice, channel, n, { meta: { lang, n } });
  }
  const action = await add(alice, channel, '1595634332', 'reaction', 'smiley_face');
  await until(() => filtered.events.length >= 2, () => JSON.stringify(filtered.events));
  seen.expect(filtered.events[0][2], 3, 'what passes the filter');
  seen.expect(filtered.events[1], ['added', channel, action, 'alice'], 'actions pass');
}

/** Who comes and goes is told and asked for, and what they say of themselves. */
async function presence(seen) {
  const [other, name] = [channelOf('alice'), channelOf('bob')];
  const [alice, bob] = [clientOf(other), clientOf(name)];
  const channel = channelOf();
  const heard = await subscribed(alice, [channel], undefined, { withPresence: true });
  await until(() => heard.presences.length === 1, 'alice to have joined');
  await subscribed(bob, [channel]);
  await until(() => heard.presences.length === 2, 'bob to have joined');
  await bob.setState({ channels: [channel], state: { mood: 'ok' } });
  seen.expect((await alice.getState({ channels: [channel], uuid: name })).channels, { [channel]: { mood: 'ok' } }, 'state');

  const here = await alice.hereNow({ channels: [channel], includeState: true });
  seen.expect([here.totalChannels, here.totalOccupancy], [1, 2], 'here now');
  const occupants = here.channels[channel].occupants.map((each) => [each.uuid, each.state ?? null]).sort();
  seen.expect(occupants, [[other, null], [name, { mood: 'ok' }]], 'who is here');
  const both = await alice.hereNow({ channels: [channel, `empty-${channel}`], includeUUIDs: false });
  seen.expect([Object.keys(both.channels), both.channels[channel].occupancy], [[channel], 2], 'two channels');
  seen.expect((await alice.whereNow({ uuid: name })).channels, [channel], 'where bob is');

  bob.unsubscribe({ channels: [channel] });
  await until(() => heard.presences.length === 4, () => JSON.stringify(heard.presences));
  seen.expect(heard.presences, [['join', channel, other, 1, undefined], ['join', channel, name, 2, undefined],
    ['state-change', channel, name, 2, { mood: 'ok' }], ['leave', channel, name, 1, { mood: 'ok' }]], 'what alice was told');
  seen.expect((await alice.whereNow({ uuid: name })).channels, [], 'where bob is afterwards');
}

/** Where the access manager is on: with nothing, with a token, with the secret key. */
async function access(seen) {
  const guarded = (uuid, more = {}) =>
    clientOf(uuid, origin, { subscribeKey: 'sub-c-1', publishKey: 'pub-c-1', ...more });
  const secretKey = 'sec-c-1';
  const owner = guarded('owner ~', { secretKey });
  const alice = guarded('alice');
  const channel = channelOf();
  const denied = async (client, method, parameters, what) => {
    for (const style of STYLES) {
      const outcome = await style.call(client, method, parameters);
      seen.expect([outcome.status.statusCode, outcome.status.category], [403, 'PNAccessDeniedCategory'], what);
    }
  };
  await denied(alice, 'publish', { channel, message: 'x' }, 'without a token');

  const grant = () => owner.grantToken({
    ttl: 15,
    resources: { channels: { [channel]: { read: true, write: true } }, groups: { group: { read: true } } },
    patterns: { channels: { 'news-.*': { read: true } } },
    meta: { role: 'é☞', level: 3 },
    authorized_uuid: 'alice',
  });
  const token = await grant();
  const read = owner.parseToken(token);
  seen.expect([read.version, read.ttl, read.authorized_uuid, read.meta],
    [2, 15, 'alice', { role: 'é☞', level: 3 }], 'what the token says');
  const allowed = read.resources.channels[channel];
  seen.expect([allowed.read, allowed.write, allowed.delete], [true, true, false], 'what it allows');
  seen.expect([read.patterns.channels['news-.*'].read, read.resources.groups.group.read], [true, true], 'the rest');

  alice.setToken(token);
  const heard = await subscribed(alice, [channel]);
  const messageTimetoken = await publish(alice, channel, 'hello');
  const action = await add(alice, channel, messageTimetoken, 'reaction', 'smiley_face');
  await until(() => heard.events.length === 2, () => JSON.stringify(heard.events));
  seen.expect((await pages(alice, channel, 10)).length, 1, 'what alice may read');
  const removal = { channel, messageTimetoken, actionTimetoken: action.actionTimetoken };
  await denied(alice, 'removeMessageAction', removal, 'alice may not remove');
  await denied(alice, 'publish', { channel: 'other', message: 1 }, 'nor publish elsewhere');
  await owner.removeMessageAction(removal);
  await until(() => heard.events.length === 3, () => JSON.stringify(heard.events));
  seen.expect(heard.events[2], ['removed', channel, action, 'alice'], 'whose action the owner has removed');

  // what the owner signs, with everything that is encoded in some way of its own
  const channelGroup = `g ü|.*$-${channel}`;
  await owner.channelGroups.addChannels({ channels: [channel, 'a b'], channelGroup });
  const members = (await owner.channelGroups.listChannels({ channelGroup })).channels;
  seen.expect(members.sort(), [channel, 'a b'].sort(), 'a group');
  await publish(owner, channel, { é: '☞ +&=~' }, { meta: { lang: 'en' }, sendByPost: true });
  await publish(owner, 'a b|ü~', ["it's", '(*)!'], { meta: { x: 'ü ~' } });
  await owner.setState({ channels: [channel], state: { mood: 'ü ☞ ~' } });
  await owner.hereNow({ channels: [channel], includeState: true });
  const listener = guarded('listener ~', { secretKey });
  listener.setFilterExpression("lang == 'en' && n > 1");
  const filtered = await subscribed(listener, [channel], undefined, { channelGroups: ['plain g'], withPresence: true });
  await publish(owner, channel, 1, { meta: { lang: 'en', n: 1 } });
  await publish(owner, channel, 2, { meta: { lang: 'en', n: 2 } });
  await until(() => filtered.events.length >= 1, () => JSON.stringify(filtered.events));
  seen.expect(filtered.events.map((event) => event[2]), [2], 'what passes the filter');

  await owner.revokeToken(token);
  await denied(alice, 'publish', { channel, message: 'x' }, 'with a revoked token');
  alice.setToken(await grant());
  await publish(alice, channel, 'again');
}

const USERS = ['+49 151 1234567', 'ann+tag@example.org', 'Zoë/ünï'];

/** Users whose names need an escape: where all is open, with a token for that user, with everything signed. */
async function users(seen) {
  const guarded = { subscribeKey: 'sub-c-1', publishKey: 'pub-c-1' };
  const signed = { ...guarded, secretKey: 'sec-c-1' };
  const owner = clientOf('owner', origin, signed);
  for (const name of USERS) {
    await user(seen, clientOf(name), clientOf('watcher'), name, channelOf());
    const channel = channelOf();
    const client = clientOf(name, origin, guarded);
    const all = { read: true, write: true, delete: true };
    client.setToken(await owner.grantToken({ ttl: 15, resources: { channels: { [channel]: all } }, authorized_uuid: name }));
    await user(seen, client, clientOf('watcher', origin, signed), name, channel);
    await user(seen, clientOf(name, origin, signed), clientOf('watcher', origin, signed), name, channelOf());
  }
}

async function user(seen, client, watcher, name, channel) {
  const heard = await subscribed(watcher, [channel], undefined, { withPresence: true });
  await until(() => heard.presences.length === 1, 'the watcher to have joined');
  await subscribed(client, [channel]);
  await until(() => heard.presences.length === 2, 'the user to have joined');
  const messageTimetoken = await publish(client, channel, 'hello');
  const action = await add(client, channel, messageTimetoken, 'reaction', 'wave');
  seen.expect(action.uuid, name, 'whose action it is');
  await until(() => heard.events.length === 2, () => JSON.stringify(heard.events));
  seen.expect([heard.events[0][3], heard.events[1][3]], [name, name], 'who published and added');
  await client.setState({ channels: [channel], state: { tel: '+49 1' } });
  seen.expect((await watcher.getState({ channels: [channel], uuid: name })).channels, { [channel]: { tel: '+49 1' } }, 'state');
  const here = (await client.hereNow({ channels: [channel] })).channels[channel].occupants.map((each) => each.uuid);
  seen.expect(here.sort(), [name, 'watcher'].sort(), 'who is here');
  seen.expect((await client.whereNow({ uuid: name })).channels.includes(channel), true, 'where the user is');
  await client.removeMessageAction({ channel, messageTimetoken, actionTimetoken: action.actionTimetoken });
  seen.expect((await client.getMessageActions({ channel })).data, [], 'after the user has removed the action');
  client.unsubscribe({ channels: [channel] });
  // a poll that the client had sent before may come after the leave, and is a join
  const left = () => heard.presences.find((each) => each[0] === 'leave');
  await until(() => left() !== undefined, () => JSON.stringify(heard.presences));
  seen.expect(left().slice(0, 3), ['leave', channel, name], 'who has left');
  watcher.unsubscribeAll();
}

/** Metadata of users and channels, memberships, members: set, get, list, page, sort, filter, remove; their events. */
async function objects(seen) {
  const name = channelOf('objects');
  const users = ['a', 'b', 'c'].map((letter) => `${name}-${letter}`);
  const rooms = [1, 2].map((n) => `${name}-room-${n}`);
  const client = clientOf(users[0]);
  const ann = client.objects;
  const heard = await subscribed(client, [users[0], rooms[0]]);
  for (const style of STYLES) {
    const call = async (method, parameters) => {
      const outcome = await style.call(ann, method, parameters);
      seen.expect(outcome.error, undefined, method);
      return outcome.result.data;
    };
    const data = { name: `${name} C`, email: 'a@example.com', externalId: '7', profileUrl: 'http://example.com/a', custom: { age: 30, on: true } };
    const { updated, eTag, status, type, ...made } = await call('setUUIDMetadata', { data, include: { customFields: true } });
    seen.expect(made, { id: users[0], ...data }, 'set a user');
    seen.expect([status ?? null, type ?? null], [null, null], 'what is not set'); // 4.37.0 does not ask for them
    seen.expect(await call('getUUIDMetadata', { uuid: users[0], include: { customFields: true } }), { ...made, updated, eTag, ...status === undefined ? {} : { status, type } }, 'get a user');
    const room = await call('setChannelMetadata', { channel: rooms[0], data: { name: 'Room', description: 'Talk', custom: { n: 1 } }, include: { customFields: true } });
    seen.expect([room.id, room.description, room.custom], [rooms[0], 'Talk', { n: 1 }], 'set a channel');
    seen.expect((await call('getChannelMetadata', { channel: rooms[0] })).eTag, room.eTag, 'get a channel');
  }
  await ann.setUUIDMetadata({ uuid: users[1], data: { name: `${name} A` } });
  await ann.setUUIDMetadata({ uuid: users[2], data: { name: `${name} B` } });
  const listed = (page) => ann.getAllUUIDMetadata({
    filter: `name LIKE '${name} *'`, sort: { name: 'asc' }, limit: 2, page, include: { totalCount: true } });
  const ids = (result, kind) => result.data.map((each) => (kind ? each[kind] : each).id);
  const first = await listed();
  seen.expect([ids(first), first.totalCount], [users.slice(1), 3], 'the first page of users');
  const second = await listed({ next: first.next });
  seen.expect([ids(second), second.next], [users.slice(0, 1), undefined], 'the second page of users');
  seen.expect(ids(await listed({ prev: second.prev })), users.slice(1), 'the page before');
  seen.expect(ids(await ann.getAllChannelMetadata({ filter: `id == '${rooms[0]}'` })), [rooms[0]], 'channels');

  const include = { customFields: true, channelFields: true, customChannelFields: true };
  const joined = await ann.setMemberships({ channels: [{ id: rooms[0], custom: { role: 'x' } }, rooms[1]], include });
  seen.expect(joined.data.map((each) => [each.channel.id, each.custom]), [[rooms[0], { role: 'x' }], [rooms[1], null]], 'set memberships');
  seen.expect(joined.data[0].channel.custom, { n: 1 }, 'custom fields of the channel');
  await ann.removeMemberships({ channels: [rooms[1]] });
  const left = await ann.getMemberships({ include: { ...include, totalCount: true } });
  seen.expect([ids(left, 'channel'), left.totalCount], [[rooms[0]], 1], 'get memberships');
  await ann.setChannelMembers({ channel: rooms[0], uuids: [users[1], { id: users[2], custom: { a: 1 } }] });
  const members = await ann.getChannelMembers({ channel: rooms[0], include: { customFields: true, UUIDFields: true } });
  seen.expect(members.data.map((each) => [each.uuid.id, each.uuid.name, each.custom]),
    [[users[0], `${name} C`, { role: 'x' }], [users[1], `${name} A`, null], [users[2], `${name} B`, { a: 1 }]], 'members');
  await ann.removeChannelMembers({ channel: rooms[0], uuids: [users[1], users[2]] });
  await ann.removeMemberships({ channels: [rooms[0]] });
  seen.expect((await ann.getChannelMembers({ channel: rooms[0] })).data, [], 'no members');
  if (client.fetchMemberships) { // not in 4.37.0
    seen.expect((await client.fetchMemberships({ userId: users[0], include: { customFields: true } })).data, [], 'no memberships, by the other name');
  }
  for (const uuid of users) {
    await ann.removeUUIDMetadata({ uuid });
  }
  await ann.removeChannelMetadata({ channel: rooms[0] });
  const gone = await STYLES[0].call(ann, 'getUUIDMetadata', {});
  seen.expect(gone.status.statusCode, 404, 'a user that is gone');
  const wanted = [['uuid', 'set', users[0], undefined], ['channel', 'set', rooms[0], undefined],
    ['membership', 'set', rooms[0], users[0]], ['membership', 'set', rooms[0], users[1]],
    ['membership', 'delete', rooms[0], users[2]], ['membership', 'delete', rooms[0], users[0]],
    ['uuid', 'delete', users[0], undefined], ['channel', 'delete', rooms[0], undefined]].map((each) => JSON.stringify(each));
  await until(() => wanted.every((each) => heard.objects.some((told) => JSON.stringify(told) === each)), () => JSON.stringify(heard.objects));
  seen.expect(heard.events, [], 'what is no message');
  client.unsubscribeAll();
}

/** Devices that get notifications: their channels. */
async function push(seen) {
  const client = clientOf('alice');
  const channels = ['a', 'b', 'c'].map(channelOf).sort();
  const apple = { device: Date.now().toString(16).padStart(64, '0'), pushGateway: 'apns2', topic: 'com.example.chat' };
  for (const device of [{ device: channelOf('device'), pushGateway: 'gcm' }, { ...apple, environment: 'development' },
    { ...apple, environment: 'production' }]) {
    const listed = async () => (await client.push.listChannels(device)).channels;
    seen.expect(await listed(), [], 'before it is registered');
    await client.push.addChannels({ ...device, channels });
    seen.expect(await listed(), channels, 'what was added');
    await client.push.removeChannels({ ...device, channels: channels.slice(0, 1) });
    seen.expect(await listed(), channels.slice(1), 'after a channel was taken off');
    await client.push.deleteDevice(device);
    seen.expect(await listed(), [], 'after the device was removed');
  }
  const refused = await client.push.addChannels({ device: 'nohex', pushGateway: 'apns', channels }).then(
    () => undefined, (error) => error.status.statusCode);
  seen.expect(refused, 400, 'a token that is none');
}

/** 20 clients, each adding 25 actions to one message and watching. */
async function crowd(seen) {
  const channel = channelOf();
  const clients = Array.from({ length: 20 }, (_, index) => clientOf(`user-${index}`));
  const message = await publish(clients[0], channel, 'which of these?');
  const heard = await Promise.all(clients.map((client) => subscribed(client, [channel])));
  await Promise.all(clients.map(async (client) => {
    for (let n = 0; n < 25; n++) {
      await add(client, channel, message, 'vote', `${n}`);
    }
  }));
  const stored = await pages(clients[0], channel, 500);
  seen.expect(stored.length, 500, 'actions stored');
  seen.expect(new Set(stored.map((action) => `${action.uuid} ${action.value}`)).size, 500, 'different actions');
  await until(() => heard.every((each) => each.events.length >= 500), () => heard.map((each) => each.events.length));
  const told = stored.map((action) => ['added', channel, action, action.uuid]);
  for (const each of heard) {
    seen.expect(each.events, told, 'what a client saw, in order');
  }
}

// ---- the run

/** Written at once: console.log may not have written all of it when the process exits. */
const report = (line) => fs.writeSync(1, `${JSON.stringify(line)}\n`);

(async () => {
  report({ sdk: 'JavaScript', version: new PubNub({ subscribeKey: 'k', uuid: 'u' }).getVersion?.()
    ?? require('pubnub/package.json').version, styles: STYLES.map((style) => style.name) });
  for (const check of [actions, errors, storage, live, resume, paging, names, signals, groups, presence, access, users, objects, push, crowd]) {
    const seen = new Seen();
    let error;
    const late = sleep(90_000).then(() => { throw new Error('not done after 90 s'); });
    try {
      await Promise.race([check(seen), late]);
    } catch (e) {
      error = `${e.stack.slice(0, 4000)}\n${JSON.stringify(e.status ?? '')}`;
    }
    late.catch(() => {});
    report({ check: check.name, passed: error === undefined, ...seen, error });
  }
  process.exit(0);
})();
