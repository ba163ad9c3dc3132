// The actions on one message: reactions, which are buttons, and read receipts.
import { Refused } from "./api.js";
import { element, isLater, namesOf } from "./page.js";

const REACTIONS = ["👍", "❤️", "😂", "🎉", "😮", "😢"];
const REACTION = "reaction";
const RECEIPT = "receipt";
const READ = "read";
const MOST_NAMES = 20;
const MOST_CHIPS = 60;
const MOST_TRIES = 3;
/** Statuses by which the server says that an action is there already, or is not there any more. */
const OUTDATED = [400, 404, 409];

export class Actions {
  #api;
  #channel;
  #timetoken;
  #complain;
  /** By type, value and uuid. */
  #there = new Map();
  /** By the same: the timetoken of the last one that was removed. Of the same or earlier ones nothing more is heeded. */
  #gone = new Map();
  /** By value: whether the user wants the reaction, while requests are under way. */
  #wishes = new Map();
  /** By value: the button. */
  #chips = new Map();
  #changed;
  #picker = this.#makePicker();
  element = element("div", { class: "reactions" }, this.#picker);

  /** changed: called when an action has come or gone. */
  constructor({ api, channel, timetoken, complain, changed }) {
    this.#api = api;
    this.#channel = channel;
    this.#timetoken = timetoken;
    this.#complain = complain;
    this.#changed = changed;
  }

  added(action) {
    if (this.#isNews(action)) {
      this.#there.set(keyOf(action), action);
      this.#show();
    }
  }

  removed(action) {
    if (this.#isNews(action)) {
      this.#gone.set(keyOf(action), action.actionTimetoken);
      const there = this.#there.get(keyOf(action));
      if (there && !isLater(there.actionTimetoken, action.actionTimetoken)) {
        this.#there.delete(keyOf(action));
      }
      this.#show();
    }
  }

  /** The uuids that have read the message. */
  readers() {
    return [...this.#there.values()].filter(({ type, value }) => type === RECEIPT && value === READ).map(({ uuid }) => uuid);
  }

  /** Notes that the user has read the message, once. */
  async markRead() {
    if (!this.#there.has(this.#mine(RECEIPT, READ))) {
      try {
        this.added(await this.#api.addAction(this.#channel, this.#timetoken, RECEIPT, READ));
      } catch (e) {
        if (e.status !== 409) { // which says that another window was faster
          throw e;
        }
      }
    }
  }

  #isNews(action) {
    const gone = this.#gone.get(keyOf(action));
    return gone === undefined || isLater(action.actionTimetoken, gone);
  }

  #mine(type, value) {
    return keyOf({ type, value, uuid: this.#api.settings.uuid });
  }

  /** A click adds or removes. The requests that follow go one after the other. */
  #toggle(value) {
    const wish = this.#wishes.get(value);
    if (wish) {
      wish.isOn = !wish.isOn;
      this.#show();
    } else {
      const begun = { isOn: !this.#there.has(this.#mine(REACTION, value)) };
      this.#wishes.set(value, begun);
      this.#show();
      this.#fulfil(value, begun);
    }
  }

  async #fulfil(value, wish) {
    const key = this.#mine(REACTION, value);
    try {
      for (let tries = 1; wish.isOn !== this.#there.has(key);) {
        try {
          await this.#ask(value, key, wish.isOn);
          tries = 1;
        } catch (e) {
          const all = e instanceof Refused && OUTDATED.includes(e.status) && tries < MOST_TRIES
            ? await this.#api.actionsOn(this.#channel, this.#timetoken)
            : null;
          if (all === null) {
            throw e;
          }
          this.#correct(key, all);
          tries++;
        }
      }
    } catch (e) {
      this.#complain(e);
    } finally {
      this.#wishes.delete(value);
      this.#show();
    }
  }

  /** By what is stored: another window of the same user was faster. */
  #correct(key, stored) {
    if (!stored.some((action) => keyOf(action) === key)) {
      this.#there.delete(key);
    }
    stored.forEach((action) => this.added(action));
  }

  async #ask(value, key, isOn) {
    if (isOn) {
      this.added(await this.#api.addAction(this.#channel, this.#timetoken, REACTION, value));
    } else {
      const there = this.#there.get(key);
      await this.#api.removeAction(this.#channel, this.#timetoken, there.actionTimetoken);
      this.removed(there);
    }
  }

  /** The uuids by reaction, as they are once the user's wishes are fulfilled. */
  #byValue() {
    const me = this.#api.settings.uuid;
    const byValue = new Map();
    for (const { type, value, uuid } of this.#there.values()) {
      if (type === REACTION && (uuid !== me || this.#wishes.get(value)?.isOn !== false)) {
        byValue.set(value, [...byValue.get(value) ?? [], uuid]);
      }
    }
    for (const [value, { isOn }] of this.#wishes) {
      if (isOn && !this.#there.has(this.#mine(REACTION, value))) {
        byValue.set(value, [...byValue.get(value) ?? [], me]);
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
    for (const [value, uuids] of byValue) {
      if (!this.#chips.has(value)) {
        const made = element("button", { type: "button", class: "chip", onclick: () => this.#toggle(value) },
          element("bdi", { class: "value" }, value), " ", element("span", { class: "count" }));
        this.#chips.set(value, made);
        this.#picker.before(made);
      }
      const chip = this.#chips.get(value);
      const names = namesOf(uuids, MOST_NAMES);
      chip.querySelector(".count").textContent = uuids.length;
      chip.title = `${value}: ${names}`;
      chip.setAttribute("aria-label", `${value} by ${names}`);
      chip.setAttribute("aria-pressed", String(uuids.includes(this.#api.settings.uuid)));
    }
    this.#changed();
  }

  #makePicker() {
    const picker = element("details", { class: "picker" },
      element("summary", { "aria-label": "React", title: "React" }, "☞"),
      element("div", { class: "choices" }, ...REACTIONS.map((value) => element("button", {
        type: "button", "aria-label": value, onclick: () => {
          picker.open = false;
          picker.querySelector("summary").focus();
          this.#toggle(value);
        },
      }, value))));
    picker.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !picker.contains(relatedTarget)) {
        picker.open = false;
      }
    });
    return picker;
  }
}

const keyOf = ({ type, value, uuid }) => JSON.stringify([type, value, uuid]);
