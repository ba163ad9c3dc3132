// The users present on a channel: a list that is read page by page, and kept up to date by what arrives.
import { byId, element, named } from "./page.js";

/** The longest list that is read. */
const MOST = 5_000;
const MOST_SHOWN = 8;
/** A list that is not right is read again so soon, and not more often. */
const AGAIN_MILLIS = 3_000;
/** The server asks all of its clients at once to read the list: they spread. */
const SPREAD_MILLIS = 1_000;

export class Here {
  #api;
  #complain;
  #channel = "";
  #names = new Set();
  #occupancy = 0;
  #isKnown = false;
  /** What arrived while the list is being read; null when it is not. */
  #meanwhile = null;
  #timer = null;
  #list = byId("here-list");

  constructor(api, complain) {
    this.#api = api;
    this.#complain = complain;
    byId("here").addEventListener("toggle", () => this.#showList());
  }

  /** Shows another channel, empty until the list is read. */
  open(channel) {
    this.#channel = channel;
    this.#names.clear();
    this.#occupancy = 0;
    this.#isKnown = false;
    this.#meanwhile = null;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#show();
  }

  /** Reads the list: all its pages. */
  async refresh() {
    if (this.#meanwhile !== null) {
      this.#soon(AGAIN_MILLIS);
      return;
    }
    const channel = this.#channel;
    const meanwhile = [];
    this.#meanwhile = meanwhile;
    try {
      const names = new Set();
      let page;
      let offset = 0;
      do {
        page = await this.#api.hereNow(channel, offset);
        page.uuids.forEach((uuid) => names.add(uuid));
        offset += page.uuids.length;
      } while (page.uuids.length > 0 && offset < page.occupancy && offset < MOST && this.#meanwhile === meanwhile);
      if (this.#meanwhile === meanwhile) {
        this.#names = names;
        this.#occupancy = page.occupancy;
        this.#isKnown = true;
        meanwhile.forEach((change) => this.#apply(change));
        this.#show();
      }
    } catch (e) {
      if (this.#meanwhile === meanwhile && e.status) { // else the subscription says that no answer comes
        this.#complain(e);
      }
    } finally {
      if (this.#meanwhile === meanwhile) {
        this.#meanwhile = null;
      }
    }
  }

  /** The data of a presence event of the channel. */
  take(change) {
    this.#meanwhile?.push(change);
    this.#apply(change);
    this.#show();
    if (change.here_now_refresh) {
      this.#soon(Math.random() * SPREAD_MILLIS);
    } else if (this.#names.size !== this.#occupancy && this.#names.size < MOST) {
      this.#soon(AGAIN_MILLIS); // an event is missing, as after a restart of the server
    }
  }

  #apply(change) {
    const come = change.action === "join" ? [change.uuid] : change.join ?? [];
    const gone = ["leave", "timeout"].includes(change.action) ? [change.uuid] : [...change.leave ?? [], ...change.timeout ?? []];
    come.forEach((uuid) => this.#names.add(uuid));
    gone.forEach((uuid) => this.#names.delete(uuid));
    this.#occupancy = change.occupancy ?? this.#names.size;
  }

  #soon(millis) {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.refresh();
    }, millis);
  }

  #show() {
    const first = [...this.#names].sort().slice(0, MOST_SHOWN);
    const names = first.flatMap((uuid, at) => at === 0 ? [named(uuid)] : [", ", named(uuid)]);
    const count = Math.max(this.#occupancy, first.length);
    byId("here-names").replaceChildren(...count === 0 ? [this.#isKnown ? "no users" : "…"]
      : [`${count} here: `, ...names, count > first.length ? " …" : ""]);
    this.#showList();
  }

  #showList() {
    if (byId("here").open) {
      const more = this.#occupancy - this.#names.size;
      this.#list.replaceChildren(...[...this.#names].sort().map((uuid) => element("li", {}, named(uuid))),
        ...more > 0 ? [element("li", { class: "hint" }, `and ${more} more`)] : []);
    }
  }
}
