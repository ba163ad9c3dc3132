// The actions on one message: reactions, which are buttons with their counts, and read receipts.
import { Refused } from "./api.js";
import { Counts } from "./counts.js";
import { element, namesOf } from "./page.js";

const REACTIONS = ["👍", "❤️", "😂", "🎉", "😮", "😢"];
const REACTION = "reaction";
const RECEIPT = "receipt";
const READ = "read";
const MOST_NAMES = 20;
const MOST_CHIPS = 60;
const MOST_TRIES = 3;

export class Actions {
  #api;
  #rules;
  #channel;
  #timetoken;
  #complain;
  #counts;
  /** By value: whether the user wants the reaction, while requests are under way. */
  #wishes = new Map();
  /** By value: the button. */
  #chips = new Map();
  #changed;
  #picker = this.#makePicker();
  element = element("div", { class: "reactions" }, this.#picker);

  /** changed: called when an action has come or gone. */
  constructor({ api, rules, channel, timetoken, complain, changed }) {
    this.#api = api;
    this.#rules = rules;
    this.#channel = channel;
    this.#timetoken = timetoken;
    this.#complain = complain;
    this.#changed = changed;
    this.#counts = new Counts(api.settings.uuid);
  }

  /** The counts of the server, at some moment. */
  summary(summary) {
    this.#counts.summary(summary);
    this.#show();
  }

  /** The envelope of an action that was added or removed. */
  take({ i: uuid, p: { t }, d }) {
    this.#counts.event(d, uuid, t);
    this.#show();
  }

  /** The counts of all types and values. */
  get counts() {
    return this.#counts;
  }

  /** How many other users have read the message, and the names of some. */
  readers() {
    const { count, others } = this.#counts.of(RECEIPT, READ, false);
    return { count, names: others };
  }

  /** Notes that the user has read the message, once. */
  async markRead() {
    if (this.#counts.mine(RECEIPT, READ) === null) {
      await this.#add(RECEIPT, READ);
      this.#show();
    }
  }

  #isOn(value) {
    return this.#counts.mine(REACTION, value) !== null;
  }

  /** A click adds or removes. The requests that follow go one after the other. */
  #toggle(value) {
    const wish = this.#wishes.get(value);
    if (wish) {
      wish.isOn = !wish.isOn;
      this.#show();
    } else {
      const begun = { isOn: !this.#isOn(value) };
      this.#wishes.set(value, begun);
      this.#show();
      this.#fulfil(value, begun);
    }
  }

  async #fulfil(value, wish) {
    try {
      let tries = 0;
      while (wish.isOn !== this.#isOn(value)) {
        const isOn = wish.isOn;
        tries++;
        if (tries > MOST_TRIES || !await (isOn ? this.#add(REACTION, value) : this.#remove(REACTION, value))) {
          return; // the events that arrive say how it is
        }
        if (isOn === this.#isOn(value)) {
          tries = 0;
        }
      }
    } catch (e) {
      this.#complain(e);
    } finally {
      this.#wishes.delete(value);
      this.#show();
    }
  }

  /** Whether the action is known then: another window of the same user may have been faster. */
  async #add(type, value) {
    try {
      const { actionTimetoken } = await this.#api.addAction(this.#channel, this.#timetoken, type, value);
      this.#counts.added(type, value, actionTimetoken);
    } catch (e) {
      if (!(e instanceof Refused && e.status === 409)) {
        throw e;
      }
      if (!e.existing) {
        return false;
      }
      this.#counts.added(type, value, e.existing.actionTimetoken);
    }
    return true;
  }

  async #remove(type, value) {
    const mine = this.#counts.mine(type, value);
    try {
      await this.#api.removeAction(this.#channel, this.#timetoken, mine);
    } catch (e) {
      if (!(e instanceof Refused && e.status === 400)) {
        throw e;
      } // else it is not there any more
    }
    this.#counts.removed(type, value, mine);
    return true;
  }

  /** By reaction: the count and the names, as they are once the user's wishes are fulfilled. */
  #byValue() {
    const byValue = new Map();
    for (const value of new Set([...this.#counts.values(REACTION), ...this.#wishes.keys()])) {
      const shown = this.#counts.of(REACTION, value, this.#wishes.get(value)?.isOn);
      if (shown.count > 0) {
        byValue.set(value, shown);
      }
    }
    return byValue;
  }

  /** Buttons stay the same elements, so that a click that is under way, and the focus, find them. */
  #show() {
    const byValue = new Map([...this.#byValue()].slice(0, MOST_CHIPS));
    for (const [value, chip] of this.#chips) {
      if (!byValue.has(value)) {
        if (chip === document.activeElement) {
          this.#picker.querySelector("summary").focus();
        }
        chip.remove();
        this.#chips.delete(value);
      }
    }
    for (const [value, { count, others, isOn }] of byValue) {
      if (!this.#chips.has(value)) {
        const made = element("button", { type: "button", class: "chip", onclick: () => this.#toggle(value) },
          element("bdi", { class: "value" }, value), " ", element("span", { class: "count" }));
        this.#chips.set(value, made);
        this.#picker.before(made);
      }
      const chip = this.#chips.get(value);
      const names = namesOf(isOn ? [this.#api.settings.uuid, ...others] : others, MOST_NAMES, count);
      chip.querySelector(".count").textContent = count;
      chip.title = `${value}: ${names}`;
      chip.setAttribute("aria-label", `${value} by ${names}`);
      chip.setAttribute("aria-pressed", String(isOn));
    }
    this.#changed();
  }

  /** Its choices are those of the keyset's rule as it is when the user opens it. */
  #makePicker() {
    const choices = element("div", { class: "choices" });
    const picker = element("details", { class: "picker" },
      element("summary", { "aria-label": "React", title: "React", onclick: () => {
        const words = this.#rules.words(REACTION);
        choices.replaceChildren(...(this.#rules.values(REACTION) ?? REACTIONS).map((value) => element("button", {
          type: "button", "aria-label": value, onclick: () => {
            picker.open = false;
            picker.querySelector("summary").focus();
            this.#toggle(value);
          },
        }, value)), ...words === "" ? [] : [element("p", { class: "rule" }, words)]);
      } }, "☞"), choices);
    picker.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !picker.contains(relatedTarget)) {
        picker.open = false;
      }
    });
    return picker;
  }
}
