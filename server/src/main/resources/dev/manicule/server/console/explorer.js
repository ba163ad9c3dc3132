// What is stored on a channel: messages with the actions on them, a page at a time.
import { byId, element, jsonOf, moment } from "./page.js";

const PAGE = 25;
const MOST_COUNTED = 10_000;

export class Explorer {
  #api;
  #complain;
  #rows = byId("explorer-rows");
  #older = byId("explorer-older");
  #channel = "";
  #oldest = null;

  constructor(api, complain) {
    this.#api = api;
    this.#complain = complain;
    this.#older.addEventListener("click", () => this.#page());
  }

  async look(channel) {
    this.#channel = channel;
    this.#oldest = null;
    this.#rows.replaceChildren();
    byId("explorer-count").textContent = "";
    await this.#page();
    try {
      const count = await this.#api.count(channel, "1");
      if (this.#channel === channel) {
        byId("explorer-count").textContent = count >= MOST_COUNTED ? `${MOST_COUNTED} messages or more` : `${count} messages`;
      }
    } catch (e) {
      this.#complain(e.message);
    }
  }

  async #page() {
    const channel = this.#channel;
    try {
      const messages = await this.#api.history(channel, { start: this.#oldest ?? undefined, max: PAGE });
      if (this.#channel !== channel) {
        return;
      }
      const isFirst = this.#oldest === null;
      this.#rows.append(...messages.toReversed().map(row));
      this.#oldest = messages[0]?.timetoken ?? this.#oldest;
      this.#older.hidden = messages.length < PAGE;
      if (isFirst && messages.length === 0) {
        this.#rows.append(element("tr", {}, element("td", { colspan: 4, class: "hint" }, "Nothing is stored on this channel.")));
      }
    } catch (e) {
      this.#complain(e.message);
    }
  }
}

function row({ timetoken, uuid, message, actions = {} }) {
  return element("tr", {},
    element("td", {}, moment(timetoken), element("code", { class: "timetoken" }, timetoken)),
    element("td", {}, uuid ?? ""),
    element("td", {}, element("pre", { class: "json" }, jsonOf(message))),
    element("td", {}, ...Object.entries(actions).map(([type, values]) => group(type, values))));
}

function group(type, values) {
  const entries = Object.entries(values);
  const count = entries.reduce((sum, [, actors]) => sum + actors.length, 0);
  return element("details", { class: "group" },
    element("summary", {}, element("b", {}, type), ` ${count}`),
    element("ul", {}, ...entries.map(([value, actors]) => element("li", {},
      `${value} ×${actors.length}: `, actors.map((actor) => actor.uuid).join(", ")))));
}
