// What is stored on a channel: messages with the actions on them, a page at a time.
import { byId, element, jsonOf, moment, named, namesOf } from "./page.js";
import { markOf } from "./said.js";

const PAGE = 25;
const MOST_COUNTED = 10_000;
const MOST_NAMES = 200;

export class Explorer {
  #api;
  #complain;
  #rows = byId("explorer-rows");
  #older = byId("explorer-older");
  #channel = "";
  #oldest = null;
  /** Counts what the user looks at: answers to earlier requests are not shown. */
  #look = 0;
  #isReading = false;

  constructor(api, complain) {
    this.#api = api;
    this.#complain = complain;
    this.#older.addEventListener("click", () => this.#page());
  }

  async look(channel) {
    if (channel === "") {
      return;
    }
    const look = ++this.#look;
    this.#isReading = false;
    this.#channel = channel;
    this.#oldest = null;
    this.#rows.replaceChildren();
    byId("explorer-count").textContent = "";
    await this.#page();
    try {
      const count = await this.#api.count(channel, "1");
      if (this.#look === look) {
        byId("explorer-count").textContent = count >= MOST_COUNTED ? `${MOST_COUNTED} messages or more`
          : count === 1 ? "1 message" : `${count} messages`;
      }
    } catch (e) {
      this.#complain(e);
    }
  }

  async #page() {
    if (this.#isReading) {
      return; // a second click asks for nothing more
    }
    const look = this.#look;
    this.#isReading = true;
    try {
      const { messages, hasMore } = await this.#api.history(this.#channel, { start: this.#oldest ?? undefined, max: PAGE });
      if (this.#look !== look) {
        return;
      }
      const isFirst = this.#oldest === null;
      this.#rows.append(...messages.toReversed().map(row));
      this.#oldest = messages[0]?.timetoken ?? this.#oldest;
      this.#older.hidden = !hasMore;
      if (isFirst && messages.length === 0) {
        this.#rows.append(element("tr", {}, element("td", { colspan: 4, class: "hint" }, "Nothing is stored on this channel.")));
      }
    } catch (e) {
      this.#complain(e);
    } finally {
      if (this.#look === look) {
        this.#isReading = false;
      }
    }
  }
}

function row({ timetoken, uuid, message, actions, effective }) {
  const byType = Map.groupBy(actions, ({ type }) => type);
  return element("tr", {},
    element("td", {}, moment(timetoken), element("code", { class: "timetoken" }, timetoken)),
    element("td", { class: "any" }, named(uuid)),
    element("td", {}, element("pre", { class: "json" }, jsonOf(message)), ...revision(effective)),
    element("td", {}, ...[...byType].map(([type, ofType]) => group(type, ofType))));
}

/** Below what was published: what an edit or a deletion made of it. */
function revision(effective) {
  return !effective ? [] : [element("p", { class: "mark" }, ...markOf(effective)),
    ...effective.edited ? [element("pre", { class: "json" }, jsonOf(effective.message))] : []];
}

function group(type, actions) {
  const byValue = Map.groupBy(actions, ({ value }) => value);
  return element("details", { class: "group" },
    element("summary", {}, element("b", {}, type), ` ${actions.length}`),
    element("ul", {}, ...[...byValue].map(([value, actors]) => element("li", {},
      element("bdi", {}, value), ` ×${actors.length}: `, namesOf(actors.map(({ uuid }) => uuid), MOST_NAMES)))));
}
