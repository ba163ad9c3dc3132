// Below a message: whether it is pinned, and the way into its thread.
import { element, namesOf } from "./page.js";

const PIN = "pin";
const REPLY = "reply";
const MOST_NAMES = 3;
const MOST_THREADS = 3;
/** The value of a reply is any user's text: one that names no channel opens none. */
const isChannel = (value) => /^[^,/*:]{1,92}$/.test(value);

export class Marks {
  #open;
  #pinned = element("span", { class: "mark", hidden: true });
  /** By channel: the button. */
  #threads = new Map();
  element = element("p", { class: "marks", hidden: true }, this.#pinned);

  /** open: opens a channel. */
  constructor(open) {
    this.#open = open;
  }

  /** Shows what the counts of a message say. Buttons stay the same elements. */
  show(counts) {
    const pins = counts.values(PIN).map((value) => counts.of(PIN, value)).filter(({ count }) => count > 0);
    const users = pins.reduce((sum, { count }) => sum + count, 0);
    this.#pinned.textContent = users === 0 ? "" : `📌 Pinned by ${this.#names(pins, users)}`;
    this.#pinned.hidden = users === 0;
    const replies = new Map(counts.values(REPLY).filter(isChannel).map((channel) => [channel, counts.of(REPLY, channel).count])
      .filter(([, count]) => count > 0).slice(0, MOST_THREADS));
    for (const [channel, button] of this.#threads) {
      if (!replies.has(channel)) {
        button.remove();
        this.#threads.delete(channel);
      }
    }
    for (const [channel, count] of replies) {
      if (!this.#threads.has(channel)) {
        const button = element("button", { type: "button", class: "thread", title: channel, onclick: () => this.#open(channel) });
        this.#threads.set(channel, button);
        this.element.append(button);
      }
      this.#threads.get(channel).textContent = `💬 ${count} replied`;
    }
    this.element.hidden = users === 0 && replies.size === 0;
  }

  #names(pins, users) {
    const names = new Set(pins.flatMap(({ others, isOn }) => isOn ? ["you", ...others] : others));
    return namesOf([...names], MOST_NAMES, Math.max(users, names.size));
  }
}
