// One poll after the other over some channels, with what arrives handed on in order.

const FIRST_DELAY = 500;
const LONGEST_DELAY = 10_000;

export class Subscription extends EventTarget {
  #api;
  #channels = [];
  #cursor = null;
  #abort = null;

  constructor(api) {
    super();
    this.#api = api;
  }

  get channels() {
    return this.#channels;
  }

  /** Watches these channels from now on, and no others. */
  watch(channels) {
    const wanted = [...new Set(channels)];
    if (wanted.join() === this.#channels.join()) {
      return;
    }
    const left = this.#channels.filter((name) => !wanted.includes(name) && !name.endsWith("-pnpres"));
    if (left.length > 0) {
      this.#api.leave(left);
    }
    this.#channels = wanted;
    this.#abort?.abort();
    if (wanted.length > 0) {
      this.#abort = new AbortController();
      this.#run(this.#abort.signal);
    }
  }

  close() {
    this.watch([]);
  }

  async #run(signal) {
    const channels = this.#channels;
    let delay = FIRST_DELAY;
    let isFirst = true;
    while (!signal.aborted) {
      try {
        if (isFirst) {
          this.#state("connecting");
          const greeting = await this.#api.poll(channels, { t: 0 }, { signal, record: true });
          this.#cursor ??= greeting.t;
          isFirst = false;
          this.#state("connected");
        }
        const answer = await this.#api.poll(channels, this.#cursor, { signal, record: false });
        this.#cursor = answer.t;
        delay = FIRST_DELAY;
        this.#state("connected");
        for (const envelope of answer.m) {
          this.dispatchEvent(new CustomEvent("envelope", { detail: envelope }));
        }
      } catch (e) {
        if (signal.aborted) {
          return;
        }
        const isRefused = e.status >= 400 && e.status < 500 && e.status !== 429;
        this.#state(isRefused ? "refused" : "lost", e.message);
        if (isRefused) {
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, delay));
        delay = Math.min(delay * 2, LONGEST_DELAY);
      }
    }
  }

  #state(state, words) {
    this.dispatchEvent(new CustomEvent("state", { detail: { state, words } }));
  }
}
