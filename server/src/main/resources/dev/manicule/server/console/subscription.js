// What arrives on some channels, in order: over a WebSocket, or by polls where a proxy lets no WebSocket through.
import { Refused } from "./api.js";
import { isLater } from "./page.js";

const FIRST_DELAY = 500;
const LONGEST_DELAY = 10_000;
const OPENING_MILLIS = 10_000;
/** A WebSocket that is dead says nothing: a request finds out. */
const CHECK_EVERY_MILLIS = 25_000;
const CHECK_MILLIS = 10_000;
/** Later checks than this mean that the machine, or the tab, has slept: its connections may be dead. */
const SLEPT_MILLIS = 120_000;
/** A WebSocket that lasts no longer than this counts as one that did not open. */
const SHORT_MILLIS = 1000;
/** After so many that did not open, polls alone follow until the network changes. */
const MOST_MISSES = 3;

/**
 * Dispatches "envelope"; "state" with { state, error }: connecting, connected, lost (it goes on trying) or refused (it does
 * not); "gap" when the server can't tell all that has happened; "narrowed" with the channels that the token does not allow, and
 * that are left out; without the first channel, nothing is watched.
 */
export class Subscription extends EventTarget {
  #api;
  #channels = [];
  /** By channel: what happened up to this timetoken is none of the subscription's. */
  #since = new Map();
  #cursor = null;
  #abort = null;
  #misses = 0;
  /** Ends the stream that is open; null when none is. */
  #hangUp = null;
  #wake = () => {};
  #checkedAt = Date.now();

  constructor(api) {
    super();
    this.#api = api;
    addEventListener("online", () => this.#networkChanged());
    addEventListener("offline", () => this.#hangUp?.());
    document.addEventListener("visibilitychange", () => document.hidden || this.#check());
  }

  /**
   * Watches these channels from now on, and no others.
   *
   * @return settles when the subscription has its cursor: what is read from then on has no gap to what arrives. Also when
   *     it can't have one for now.
   */
  watch(channels) {
    const wanted = [...new Set(channels)];
    this.pause();
    this.#channels = wanted;
    for (const name of this.#since.keys()) {
      if (!wanted.includes(name)) {
        this.#since.delete(name);
      }
    }
    if (this.#since.size === 0) {
      this.#cursor = null;
    }
    return this.resume();
  }

  /** Ends the connection, and remembers how far it came. */
  pause() {
    this.#abort?.abort();
    this.#abort = null;
  }

  /** Ends it, and forgets how far it came: the keyset is another one. */
  forget() {
    this.pause();
    this.#channels = [];
    this.#since.clear();
    this.#cursor = null;
  }

  /** Goes on where it was paused. */
  resume() {
    this.pause();
    if (this.#channels.length === 0) {
      return Promise.resolve();
    }
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    return new Promise((settled) => {
      signal.addEventListener("abort", settled);
      this.#run(this.#channels, signal, settled);
    });
  }

  async #run(channels, signal, settled) {
    let names = channels;
    let delay = FIRST_DELAY;
    this.#state("connecting");
    while (!signal.aborted) {
      try {
        this.#begin(names, await this.#api.handshake(names, signal));
        this.#state("connected");
        settled();
        delay = FIRST_DELAY;
        await this.#listen(names, signal);
      } catch (e) {
        if (signal.aborted) {
          return;
        }
        const left = names.filter((name) => !e.channels?.includes(name));
        if (e.status === 403 && left.length < names.length && left.includes(channels[0])) {
          this.#dispatch("narrowed", { channels: e.channels });
          names = left;
          continue;
        }
        const isRefused = e instanceof Refused && !e.isPassing;
        this.#state(isRefused ? "refused" : "lost", e);
        settled();
        if (isRefused) {
          return;
        }
        await this.#pauseFor(Math.max(delay * (0.5 + Math.random() / 2), e.retryMillis ?? 0), signal);
        delay = Math.min(delay * 2, LONGEST_DELAY);
      }
    }
  }

  /** New channels begin at the cursor of now; known ones go on where they are. */
  #begin(names, now) {
    for (const name of names) {
      if (!this.#since.has(name)) {
        this.#since.set(name, now.t);
      }
    }
    this.#cursor ??= now;
  }

  /** Takes what arrives: until a stream ends, or poll after poll. */
  async #listen(names, signal) {
    while (!signal.aborted) {
      if (this.#misses < MOST_MISSES) {
        const wasOpen = await this.#stream(names, signal);
        if (signal.aborted) {
          return; // which says nothing of streams
        }
        this.#misses = wasOpen ? 0 : this.#misses + 1;
        if (wasOpen) {
          return;
        }
      }
      await this.#poll(names, signal);
    }
  }

  /** Whether it was open for a while. */
  #stream(names, signal) {
    return new Promise((resolve) => {
      let socket;
      try {
        socket = this.#api.stream(names, this.#cursor);
      } catch { // a browser's rules forbid it
        resolve(false);
        return;
      }
      const ended = new AbortController();
      let openedAt = null;
      const end = () => { // without waiting for the server's word, which may never come
        ended.abort();
        socket.close();
        clearTimeout(patience);
        clearInterval(checks);
        this.#hangUp = null;
        resolve(openedAt !== null && performance.now() - openedAt > SHORT_MILLIS);
      };
      const patience = setTimeout(end, OPENING_MILLIS);
      const checks = setInterval(() => this.#check(), CHECK_EVERY_MILLIS);
      const options = { signal: ended.signal };
      signal.addEventListener("abort", end, options);
      socket.addEventListener("close", end, options);
      socket.addEventListener("open", () => {
        openedAt = performance.now();
        clearTimeout(patience);
        this.#hangUp = end;
        this.#checkedAt = Date.now();
      }, options);
      socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(data)), options);
    });
  }

  /** A tab out of sight ends its poll, so that many tabs leave connections for others; in sight, it catches up. */
  async #poll(names, signal) {
    const hidden = new AbortController();
    const look = () => document.hidden && hidden.abort();
    document.addEventListener("visibilitychange", look);
    try {
      look();
      if (!hidden.signal.aborted) {
        this.#take(await this.#api.poll(names, this.#cursor, AbortSignal.any([signal, hidden.signal])));
        return;
      }
    } catch (e) {
      if (!hidden.signal.aborted) {
        throw e;
      }
    } finally {
      document.removeEventListener("visibilitychange", look);
    }
    if (document.hidden) {
      await this.#pauseFor(Infinity, signal);
    }
  }

  #take(answer) {
    this.#cursor = answer.t;
    if (answer.recovered === false) {
      this.#dispatch("gap");
    }
    for (const envelope of answer.m ?? []) {
      const since = this.#since.get(envelope.b);
      if (since === undefined || isLater(envelope.p.t, since)) {
        this.#dispatch("envelope", envelope);
      }
    }
  }

  /** Ends a stream that leads nowhere, and the wait of a subscription that is not connected. */
  async #check() {
    this.#wake();
    const hasSlept = Date.now() - this.#checkedAt > SLEPT_MILLIS;
    this.#checkedAt = Date.now();
    const hangUp = this.#hangUp;
    if (hasSlept) {
      hangUp?.();
    } else if (hangUp !== null) {
      await this.#api.alive(CHECK_MILLIS).catch((e) => e instanceof Refused || hangUp());
    }
  }

  #networkChanged() {
    this.#misses = 0;
    this.#hangUp?.();
    this.#wake();
  }

  #pauseFor(millis, signal) {
    return new Promise((resolve) => {
      const timer = millis === Infinity ? null : setTimeout(resolve, millis);
      this.#wake = resolve;
      signal.addEventListener("abort", resolve, { once: true });
    });
  }

  #state(state, error) {
    this.#dispatch("state", { state, error });
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
