// What this page asks of the server. Each request is on record, with how one would make it oneself.
import { recipes } from "./recipes.js";

const SDK = "Manicule-Console/1";

/** A part of a path: all but unreserved characters encoded. */
const part = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Api extends EventTarget {
  /** settings: { subscribeKey, publishKey, uuid, auth } */
  constructor(settings) {
    super();
    this.settings = settings;
  }

  publish(channel, message) {
    const { publishKey, subscribeKey } = this.settings;
    return this.#ask({
      method: "POST", path: `/publish/${part(publishKey)}/${part(subscribeKey)}/0/${part(channel)}/0`,
      body: message, recipe: recipes.publish(channel, message),
    }).then((answer) => answer[2]);
  }

  addAction(channel, messageTimetoken, type, value) {
    return this.#ask({
      method: "POST", path: `${this.#actions(channel)}/message/${messageTimetoken}`, body: { type, value },
      recipe: recipes.addAction(channel, messageTimetoken, type, value),
    }).then((answer) => answer.data);
  }

  removeAction(channel, messageTimetoken, actionTimetoken) {
    return this.#ask({
      method: "DELETE", path: `${this.#actions(channel)}/message/${messageTimetoken}/action/${actionTimetoken}`,
      recipe: recipes.removeAction(channel, messageTimetoken, actionTimetoken),
    });
  }

  /** Messages, ascending, each with { timetoken, message, uuid, actions: type to value to actors }. */
  async history(channel, { start, max = 25 } = {}) {
    const answer = await this.#ask({
      path: `/v3/history-with-actions/sub-key/${part(this.settings.subscribeKey)}/channel/${part(channel)}`,
      query: { max, start, include_uuid: true, encode_channels: false },
      recipe: recipes.history(channel, start, max),
    });
    return answer.channels[channel] ?? [];
  }

  /** How many messages there are after a timetoken. */
  async count(channel, timetoken) {
    const answer = await this.#ask({
      path: `/v3/history/sub-key/${part(this.settings.subscribeKey)}/message-counts/${part(channel)}`,
      query: { timetoken }, recipe: recipes.count(channel, timetoken),
    });
    return answer.channels[channel] ?? 0;
  }

  /** Who is on a channel. */
  async hereNow(channel) {
    const answer = await this.#ask({
      path: `/v2/presence/sub-key/${part(this.settings.subscribeKey)}/channel/${part(channel)}`,
      recipe: recipes.hereNow(channel),
    });
    return answer.uuids ?? [];
  }

  leave(channels) {
    const path = `/v2/presence/sub-key/${part(this.settings.subscribeKey)}/channel/${channels.map(part).join(",")}/leave`;
    const request = this.#request({ path });
    return fetch(request.url, { keepalive: true }).catch(() => {});
  }

  /** One poll. It is on record only when told so, since there is one after the other. */
  poll(channels, cursor, { signal, record }) {
    return this.#ask({
      path: `/v2/subscribe/${part(this.settings.subscribeKey)}/${channels.map(part).join(",")}/0`,
      query: { tt: cursor.t, tr: cursor.r, heartbeat: 60 },
      recipe: recipes.subscribe(channels), signal, record,
    });
  }

  #actions(channel) {
    return `/v1/message-actions/${part(this.settings.subscribeKey)}/channel/${part(channel)}`;
  }

  #request({ method = "GET", path, query = {}, body }) {
    const { uuid, auth } = this.settings;
    const all = Object.entries({ uuid, pnsdk: SDK, ...query, auth: auth || undefined })
      .filter(([, value]) => value !== undefined && value !== null);
    return {
      method, body: body === undefined ? undefined : JSON.stringify(body),
      url: path + "?" + all.map(([name, value]) => `${name}=${part(String(value))}`).join("&"),
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
    let answer;
    try {
      response = await fetch(request.url, {
        method: request.method, body: request.body, signal: call.signal, cache: "no-store",
        headers: request.body === undefined ? {} : { "Content-Type": "application/json" },
      });
      answer = await response.json();
    } catch (e) {
      entry.status = e.name === "AbortError" ? "ended" : "no answer";
      this.#tell("answer", entry);
      throw e;
    }
    entry.status = response.status;
    entry.millis = performance.now() - begin;
    this.#tell("answer", entry);
    if (!response.ok) {
      throw new Refused(response.status, wordsOf(answer, response.status));
    }
    return answer;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** What an error says, in whichever of the protocol's shapes it comes. */
function wordsOf(answer, status) {
  const words = answer?.error?.message ?? answer?.error_message ?? answer?.message ?? answer?.[1] ?? answer?.error;
  return typeof words === "string" ? words : `The server answered ${status}.`;
}
