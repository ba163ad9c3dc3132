// Taking part in a channel: being present on it, and telling what one has read. Off until the user switches it on.
import { byId } from "./page.js";

const BEAT_MILLIS = 50_000;
/** How long the user stays present when the page dies without a word. */
const PRESENT_SECONDS = 150;

export class Part {
  #api;
  #complain;
  #switch = byId("part");
  #timer = null;
  /** Where the user takes part, null for nowhere. */
  #channel = null;
  #changed;

  /** changed: called with true when the user begins to take part, and with false when that ends. */
  constructor(api, complain, channelOfRoom, changed) {
    this.#api = api;
    this.#complain = complain;
    this.#changed = changed;
    this.#switch.addEventListener("click", () => {
      if (this.isOn) {
        this.end();
      } else {
        this.#begin(channelOfRoom());
      }
    });
    // a tab out of sight may sleep for longer than the user stays present
    document.addEventListener("visibilitychange", () => document.hidden || this.resume());
  }

  get isOn() {
    return this.#channel !== null;
  }

  end() {
    if (this.isOn) {
      this.#api.leave(this.#channel);
      this.#channel = null;
      this.#show();
    }
  }

  /** The page goes away, and may come back. */
  pause() {
    clearInterval(this.#timer);
    if (this.isOn) {
      this.#api.leave(this.#channel);
    }
  }

  /** The page, or the server, is back. */
  resume() {
    if (this.isOn) {
      this.#beat();
    }
  }

  /** The data of a presence event of the room: another window of the same user may have left. */
  take({ action, uuid, leave = [], timeout = [] }) {
    const me = this.#api.settings.uuid;
    if (["leave", "timeout"].includes(action) && uuid === me || leave.includes(me) || timeout.includes(me)) {
      this.resume();
    }
  }

  #begin(channel) {
    this.#channel = channel;
    this.#beat();
    this.#show();
  }

  #beat() {
    clearInterval(this.#timer);
    const channel = this.#channel;
    const beat = () => this.#api.heartbeat(channel, PRESENT_SECONDS).catch((e) => {
      if (e.status === 403 && this.#channel === channel) {
        this.#complain(e);
        this.end();
      } // else the next one may succeed
    });
    this.#timer = setInterval(beat, BEAT_MILLIS);
    beat();
  }

  #show() {
    if (!this.isOn) {
      clearInterval(this.#timer);
    }
    this.#switch.setAttribute("aria-checked", String(this.isOn));
    this.#switch.title = this.isOn ? "Others see that you are here, and what you have read."
      : "You look on: others see neither that you are here nor what you have read.";
    this.#changed(this.isOn);
  }
}
