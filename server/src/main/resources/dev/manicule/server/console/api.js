// What this page asks of the server. Each request is on record, with how one would make it oneself.
import { recipes } from "./recipes.js";

const SDK = "Manicule-Console/1";
/** A request that is not answered within this time has failed. */
const TIMEOUT_MILLIS = 20_000;
/** The server answers a poll sooner, unless its configuration says otherwise. */
const POLL_MILLIS = 310_000;
const READ = "read";
const WRITE = "write";
const DELETE = "delete";
const MILLIS = 1000;

/** Where the server is: a proxy may serve it below a path. Ends with a slash. */
export const BASE = new URL(".", location.href);

/** A part of a path: all but unreserved characters encoded. */
const part = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

/** The server refused the request. */
export class Refused extends Error {
  /**
   * channels: those that a permission is missing on; retryMillis: the time to wait that the server names, or null;
   * existing: the action that is there already, or null.
   */
  constructor(status, message, { channels = [], retryMillis = null, existing = null } = {}) {
    super(message);
    this.status = status;
    this.channels = channels;
    this.retryMillis = retryMillis;
    this.existing = existing;
  }

  /** Whether the same request can succeed later. */
  get isPassing() {
    return this.status >= 500 || this.status === 408 || this.status === 429;
  }
}

/** No response came. Whether the request had an effect is unknown. */
export class Unanswered extends Error {}

export class Api extends EventTarget {
  /** settings: { subscribeKey, publishKey, uuid, auth } */
  constructor(settings) {
    super();
    this.settings = settings;
  }

  /** The timetoken of the message. However often it is called with one key, the message is stored once. */
  publish(channel, message, key) {
    const { publishKey, subscribeKey } = this.settings;
    return this.#ask({
      method: "POST", path: `publish/${part(publishKey)}/${part(subscribeKey)}/0/${part(channel)}/0`,
      body: message, headers: { "Idempotency-Key": key }, needs: WRITE, recipe: recipes.publish(channel, message),
    }).then((answer) => answer[2]);
  }

  addAction(channel, messageTimetoken, type, value) {
    return this.#ask({
      method: "POST", path: `${this.#actions(channel)}/message/${messageTimetoken}`, body: { type, value },
      needs: WRITE, recipe: recipes.addAction(channel, messageTimetoken, type, value),
    }).then((answer) => answer.data);
  }

  removeAction(channel, messageTimetoken, actionTimetoken) {
    return this.#ask({
      method: "DELETE", path: `${this.#actions(channel)}/message/${messageTimetoken}/action/${actionTimetoken}`,
      needs: DELETE, recipe: recipes.removeAction(channel, messageTimetoken, actionTimetoken),
    });
  }

  /**
   * A page of messages, ascending, each { timetoken, message, uuid, summary, effective }, and whether older ones are left. The
   * newest page, or the one before the timetoken start. The summary has the counts of the actions on the message; effective
   * is what an edit or a deletion made of it.
   */
  page(channel, { start, max = 25 } = {}) {
    return this.#history("history", channel, { max, start, include_action_summary: true, include_effective: true },
      recipes.page(channel, start, max), (entry) => ({ ...entry, summary: entry.action_summary }));
  }

  /** One message of a channel, as on a page; undefined when it is not there. */
  async message(channel, timetoken) {
    const start = String(BigInt(timetoken) + 1n);
    const { messages } = await this.#history("history", channel,
      { max: 1, start, end: timetoken, include_action_summary: true, include_effective: true },
      recipes.page(channel, start, 1), (entry) => ({ ...entry, summary: entry.action_summary }));
    return messages[0];
  }

  /** The same as a page with all actions instead of their counts: actions: [{ type, value, uuid, actionTimetoken }]. */
  history(channel, { start, max = 25 } = {}) {
    return this.#history("history-with-actions", channel, { max, start, include_effective: true }, recipes.history(channel, start, max),
      (entry) => ({ ...entry, actions: actionsOf(entry.actions ?? {}) }));
  }

  async #history(kind, channel, query, recipe, read) {
    const answer = await this.#ask({
      path: `v3/${kind}/sub-key/${part(this.settings.subscribeKey)}/channel/${part(channel)}`,
      query: { ...query, include_uuid: true, encode_channels: false }, needs: READ, recipe,
    });
    const messages = (answer.channels[channel] ?? []).map(read);
    return { messages, hasMore: messages.length >= query.max || Boolean(answer.more) }; // a page of large messages is short
  }

  /** How many messages there are after a timetoken. */
  async count(channel, timetoken) {
    const answer = await this.#ask({
      path: `v3/history/sub-key/${part(this.settings.subscribeKey)}/message-counts/${part(channel)}`,
      query: { timetoken }, needs: READ, recipe: recipes.count(channel, timetoken),
    });
    return answer.channels[channel] ?? 0;
  }

  /** The rules of the keyset for types of actions, as the server lists them. */
  rules() {
    return this.#ask({
      path: `v1/message-actions/${part(this.settings.subscribeKey)}/rules`, recipe: recipes.rules(),
    }).then((answer) => answer.data);
  }

  /** The furthest read marks of a channel, each { uuid, timetoken, markedAt }, and whether there are others. */
  async readMarks(channel, limit) {
    const { data, more } = await this.#ask({
      path: `v1/read-marks/${part(this.settings.subscribeKey)}/channel/${part(channel)}`,
      query: { order: "newest", limit }, needs: READ, recipe: recipes.readMarks(channel, limit),
    });
    return { marks: data, hasMore: more !== undefined };
  }

  /** A page of the list of a channel's members, { uuids, occupancy }: those after the first so many. */
  async hereNow(channel, offset) {
    const { uuids = [], occupancy = uuids.length } = await this.#ask({
      path: `v2/presence/sub-key/${part(this.settings.subscribeKey)}/channel/${part(channel)}`,
      query: { offset: offset || undefined }, needs: READ, recipe: recipes.hereNow(channel),
    });
    return { uuids, occupancy };
  }

  /** Makes the user a member of a channel for so many seconds. */
  heartbeat(channel, seconds) {
    return this.#ask({
      path: `v2/presence/sub-key/${part(this.settings.subscribeKey)}/channel/${part(channel)}/heartbeat`,
      query: { heartbeat: seconds }, needs: READ, record: false,
    });
  }

  /** Ends the membership, also while the page closes. */
  leave(channel) {
    const request = this.#request({
      path: `v2/presence/sub-key/${part(this.settings.subscribeKey)}/channel/${part(channel)}/leave`,
    });
    return fetch(request.url, { keepalive: true }).catch(() => {});
  }

  /** The cursor of now. */
  async handshake(channels, signal) {
    const answer = await this.#ask(this.#subscription(channels, { tt: 0 }, { signal }));
    return answer.t;
  }

  /** One poll. It is not on record, since there is one after the other. */
  poll(channels, cursor, signal) {
    return this.#ask(this.#subscription(channels, { tt: cursor.t, tr: cursor.r }, { signal, record: false, millis: POLL_MILLIS }));
  }

  /** A WebSocket of a subscription. A browser opens many of them to one server, and but six connections of other kinds. */
  stream(channels, cursor) {
    const { url } = this.#request({
      path: `v2/stream/${part(this.settings.subscribeKey)}/${channels.map(part).join(",")}`,
      query: { tt: cursor.t, tr: cursor.r, observe: 1, "read-marks": true },
    });
    return new WebSocket(url.replace(/^http/, "ws"));
  }

  /** Fails unless the server answers within so many milliseconds. */
  alive(millis) {
    return this.#ask({ path: "time/0", record: false, millis });
  }

  #subscription(channels, cursor, options) {
    return {
      path: `v2/subscribe/${part(this.settings.subscribeKey)}/${channels.map(part).join(",")}/0`,
      query: { ...cursor, observe: 1, "read-marks": true }, needs: READ, recipe: recipes.subscribe(channels), ...options,
    };
  }

  #actions(channel) {
    return `v1/message-actions/${part(this.settings.subscribeKey)}/channel/${part(channel)}`;
  }

  #request({ method = "GET", path, query = {}, body }) {
    const { uuid, auth } = this.settings;
    const all = Object.entries({ uuid, pnsdk: SDK, ...query, auth: auth || undefined })
      .filter(([, value]) => value !== undefined && value !== null);
    return {
      method, body: body === undefined ? undefined : JSON.stringify(body),
      url: BASE + path + "?" + all.map(([name, value]) => `${name}=${part(String(value))}`).join("&"),
    };
  }

  async #ask(call) {
    const request = this.#request(call);
    const begin = performance.now();
    const entry = { ...request, recipe: call.recipe, at: new Date(), status: null };
    if (call.record !== false) {
      this.#tell("request", entry);
    }
    let response;
    let text;
    try {
      const timeout = AbortSignal.timeout(call.millis ?? TIMEOUT_MILLIS);
      response = await fetch(request.url, {
        method: request.method, body: request.body, cache: "no-store",
        signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
        headers: request.body === undefined ? {} : { "Content-Type": "application/json", ...call.headers },
      });
      text = await response.text();
    } catch (e) {
      entry.status = e.name === "AbortError" ? "ended" : "no answer";
      this.#tell("answer", entry);
      throw e.name === "AbortError" ? e : new Unanswered("The server does not answer.", { cause: e });
    }
    entry.status = response.status;
    entry.millis = performance.now() - begin;
    this.#tell("answer", entry);
    const answer = jsonOf(text);
    if (!response.ok || answer === undefined) {
      throw this.#refusal(response, answer, call.needs);
    }
    return answer;
  }

  #refusal(response, answer, needs) {
    const channels = answer?.payload?.channels ?? [];
    const seconds = Number(response.headers.get("Retry-After"));
    const said = wordsOf(answer) ?? `The server, or a proxy before it, answered ${response.status}.`;
    const words = channels.length === 0 ? said : `${said}: ${this.settings.auth ? "the token does not grant" : "this takes a token that grants"}`
      + ` ${needs} on ${channels.map((name) => `“${name}”`).join(", ")}.`;
    return new Refused(response.status, words, { channels, retryMillis: seconds > 0 ? seconds * MILLIS : null, existing: answer?.data ?? null });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The value of a JSON text, undefined for any other text: a proxy answers in HTML. */
function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an error says, in whichever of the protocol's shapes it comes; undefined when it says nothing. */
function wordsOf(answer) {
  const words = answer?.error?.message ?? answer?.error_message ?? answer?.message ?? answer?.[1] ?? answer?.error;
  return typeof words === "string" ? words : undefined;
}

/** Actions grouped by type and value, as history has them, as a list. */
const actionsOf = (types) => Object.entries(types).flatMap(([type, values]) =>
  Object.entries(values).flatMap(([value, actors]) => actors.map((actor) => ({ type, value, ...actor }))));
