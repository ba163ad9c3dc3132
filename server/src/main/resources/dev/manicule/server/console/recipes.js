// How one would do the same with the command curl, the Java client and the Python SDK.

const java = (value) => JSON.stringify(value);

function javaMessage(message) {
  if (message !== null && typeof message === "object" && !Array.isArray(message)) {
    const members = Object.entries(message).map(([name, value]) => `${java(name)}, ${javaMessage(value)}`);
    return `Map.of(${members.join(", ")})`;
  }
  return Array.isArray(message) ? `List.of(${message.map(javaMessage).join(", ")})` : java(message);
}

function python(value) {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([name, each]) => `${python(name)}: ${python(each)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

export const recipes = {
  publish: (channel, message) => ({
    title: "Publish",
    java: `client.publish(${java(channel)}, ${javaMessage(message)}).sync();`,
    python: `pubnub.publish().channel(${python(channel)}).message(${python(message)}).sync()`,
  }),
  addAction: (channel, timetoken, type, value) => ({
    title: "Add an action",
    java: `client.addMessageAction(${java(channel)},\n        MessageAction.of(${java(type)}, ${java(value)}, ${timetoken}L)).sync();`,
    python: `action = PNMessageAction({"type": ${python(type)}, "value": ${python(value)}, "messageTimetoken": ${python(String(timetoken))}})\n`
      + `pubnub.add_message_action().channel(${python(channel)}).message_action(action).sync()`,
  }),
  removeAction: (channel, timetoken, actionTimetoken) => ({
    title: "Remove an action",
    java: `client.removeMessageAction(${java(channel)}, ${timetoken}L, ${actionTimetoken}L).sync();`,
    python: `pubnub.remove_message_action().channel(${python(channel)}) \\\n    .message_timetoken(${timetoken}).action_timetoken(${actionTimetoken}).sync()`,
  }),
  history: (channel, start, max) => ({
    title: "History with actions",
    java: `client.fetchMessages().channels(${java(channel)}).maximumPerChannel(${max})${start ? `.start(${start}L)` : ""}\n`
      + "        .includeMessageActions(true).includeEffective(true).includeUuid(true).sync();",
    python: `pubnub.fetch_messages().channels(${python(channel)}).maximum_per_channel(${max})${start ? `.start(${start})` : ""} \\\n`
      + "    .include_message_actions(True).include_uuid(True).sync()",
  }),
  page: (channel, start, max) => ({
    title: "History with counts",
    java: `client.fetchMessages().channels(${java(channel)}).maximumPerChannel(${max})${start ? `.start(${start}L)` : ""}\n`
      + "        .includeActionSummary(true).includeEffective(true).includeUuid(true).sync();",
    python: "# without the counts and edits, which this client does not know\n"
      + `pubnub.fetch_messages().channels(${python(channel)}).maximum_per_channel(${max})${start ? `.start(${start})` : ""} \\\n`
      + "    .include_uuid(True).sync()",
  }),
  count: (channel, timetoken) => ({
    title: "Count messages",
    java: `client.messageCounts(${java(channel)}, ${timetoken}L).sync();`,
    python: `pubnub.message_counts().channel(${python(channel)}).channel_timetokens([${timetoken}]).sync()`,
  }),
  hereNow: (channel) => ({
    title: "Who is here",
    java: `client.hereNow(${java(channel)}).sync();`,
    python: `pubnub.here_now().channels(${python(channel)}).include_uuids(True).sync()`,
  }),
  rules: () => ({
    title: "Rules for actions",
    java: "client.getActionRules().sync();",
    python: "# this client does not know rules; curl shows the request",
  }),
  readMarks: (channel, limit) => ({
    title: "Read marks",
    java: `client.getReadMarks(${java(channel)}).newestFirst().limit(${limit}).sync();`,
    python: "# this client does not know read marks; curl shows the request",
  }),
  subscribe: (channels) => ({
    title: "Subscribe",
    java: `client.addListener(listener);\nclient.subscribe(${channels.map(java).join(", ")});`,
    python: `pubnub.add_listener(listener)\npubnub.subscribe().channels([${channels.map(python).join(", ")}]).execute()`,
  }),
};

/** The command curl for a request. */
export function curl({ method, url, body }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const verb = method === "GET" ? "" : ` -X ${method}`;
  const data = body === undefined ? "" : ` \\\n    -H 'Content-Type: application/json' -d ${quoted(body)}`;
  return `curl${verb} ${quoted(url)}${data}`;
}
