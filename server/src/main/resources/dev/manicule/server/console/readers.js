// How far users have read a channel: the furthest marks, which are read once, and kept up to date by what arrives.
import { byId, element, isLater, moment, named } from "./page.js";

/** The list has no more users. */
const MOST = 100;
const MOST_SHOWN = 5;

export class Readers {
  #api;
  #complain;
  #channel = "";
  /** By uuid: the timetoken up to which the user has read. It only grows: whichever comes last, the later one is true. */
  #marks = new Map();
  #isKnown = false;
  #hasMore = false;
  #list = byId("readers-list");

  constructor(api, complain) {
    this.#api = api;
    this.#complain = complain;
    byId("readers").addEventListener("toggle", () => this.#showList());
  }

  /** Shows another channel, empty until the marks are read. */
  open(channel) {
    this.#channel = channel;
    this.#marks.clear();
    this.#isKnown = false;
    this.#hasMore = false;
    this.#show();
  }

  /** Reads the furthest marks. */
  async refresh() {
    const channel = this.#channel;
    try {
      const { marks, hasMore } = await this.#api.readMarks(channel, MOST);
      if (this.#channel === channel) {
        this.#isKnown = true;
        this.#hasMore = hasMore;
        marks.forEach(({ uuid, timetoken }) => this.#advance(uuid, timetoken));
        this.#show();
      }
    } catch (e) {
      if (this.#channel === channel && e.status) { // else the subscription says that no answer comes
        this.#complain(e);
      }
    }
  }

  /** The data of an event of the channel: a mark has advanced. */
  take({ uuid, timetoken }) {
    this.#advance(uuid, timetoken);
    this.#show();
  }

  #advance(uuid, timetoken) {
    const known = this.#marks.get(uuid);
    if (known === undefined || isLater(timetoken, known)) {
      this.#marks.set(uuid, timetoken);
    }
  }

  /** The furthest first. Those that are too many are forgotten. */
  #furthest() {
    const marks = [...this.#marks].sort(([one, upTo], [other, otherUpTo]) =>
      upTo === otherUpTo ? (one < other ? -1 : 1) : isLater(upTo, otherUpTo) ? -1 : 1);
    for (const [uuid] of marks.splice(MOST)) {
      this.#marks.delete(uuid);
      this.#hasMore = true;
    }
    return marks;
  }

  #show() {
    const first = this.#furthest().slice(0, MOST_SHOWN);
    byId("readers-names").replaceChildren(...first.length === 0 ? [this.#isKnown ? "no read marks" : "…"]
      : ["read by ", ...first.flatMap(([uuid], at) => at === 0 ? [named(uuid)] : [", ", named(uuid)]),
        this.#marks.size > first.length || this.#hasMore ? " …" : ""]);
    this.#showList();
  }

  #showList() {
    if (byId("readers").open) {
      this.#list.replaceChildren(
        ...this.#furthest().map(([uuid, upTo]) => element("li", { "data-timetoken": upTo }, named(uuid), " up to ", moment(upTo))),
        ...this.#hasMore ? [element("li", { class: "hint" }, "and others, who have read less")] : []);
    }
  }
}
