// The rules of the keyset for types of actions: what a click will do, in words, and a table of all.
import { byId, element } from "./page.js";

/** What a rule says of a second value of the same user on a message. */
const KINDS = {
  many: "",
  one: "One value of each user: another one replaces it.",
  once: "One value of each user: it stays, and another one is refused.",
  counter: "The same value of a user again adds to its amount.",
};

export class Rules {
  #api;
  #rules = [];

  constructor(api) {
    this.#api = api;
  }

  /** Reads them. They stay as they were when no answer comes. */
  async read() {
    try {
      this.#rules = await this.#api.rules();
    } catch {
      return; // the subscription says what is wrong
    }
    byId("rules-of").textContent = `Of the keyset ${this.#api.settings.subscribeKey}.`;
    byId("rules").replaceChildren(...this.#rules.length === 0 ? [element("tr", {},
      element("td", { colspan: 3, class: "hint" }, "None: users add and remove actions of any type and value."))] : this.#rules.map((rule) => element("tr", {},
      element("td", {}, element("code", {}, rule.type === "*" ? "* (all others)" : rule.type)),
      element("td", {}, rule.values === undefined ? "any" : rule.values.join(", ")),
      element("td", {}, wordsOf(rule) || "Any number of values of each user."))));
  }

  /** The values that a type may have; null for any. */
  values(type) {
    return this.#of(type)?.values ?? null;
  }

  /** What holds for the actions of a type, in sentences; empty when there is no rule. */
  words(type) {
    const rule = this.#of(type);
    return rule === undefined ? "" : wordsOf(rule);
  }

  #of(type) {
    return this.#rules.find((rule) => rule.type === type) ?? this.#rules.find((rule) => rule.type === "*");
  }
}

function wordsOf({ rule, mostValues, mostByUser, ttlSeconds, addedBy, removedBy }) {
  return [
    KINDS[rule] ?? `The rule is ${rule}.`,
    mostValues === undefined ? "" : `At most ${mostValues} different values on a message.`,
    mostByUser === undefined ? "" : `At most ${mostByUser} of each user on a message.`,
    ttlSeconds === undefined ? "" : `Each leaves after ${ttlSeconds} s.`,
    addedBy === "owner" ? "Only the owner of the keyset adds them." : "",
    removedBy === "owner" ? "Only the owner of the keyset removes them." : "",
  ].filter((sentence) => sentence !== "").join(" ");
}
