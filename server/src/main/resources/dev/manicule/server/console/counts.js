// How many actions of each type and value are on one message, and which are the user's own.
import { isLater } from "./page.js";

const ADDED = "added";
/** So many other users are remembered by name. */
const MOST_NAMES = 20;
const NEVER = "0";

/**
 * The counts of a summary and of the events after it, in whichever order they arrive: an event up to the timetoken that a
 * count is of says nothing new. The user's own actions are also known from responses, which come before the events.
 */
export class Counts {
  #me;
  /** By type and value. */
  #known = new Map();
  #asOf = NEVER;
  #hasMore = false;

  /** me: the uuid of the user. */
  constructor(me) {
    this.#me = me;
  }

  /** A summary: { asOf, actions: { type: { value: { count, first, mine } } }, more }. */
  summary({ asOf, actions, more = false }) {
    if (isLater(this.#asOf, asOf)) {
      return;
    }
    const named = new Set();
    for (const [type, values] of Object.entries(actions)) {
      for (const [value, tally] of Object.entries(values)) {
        named.add(this.#sum(this.#of(type, value), tally, asOf));
      }
    }
    for (const each of more ? [] : this.#known.values()) {
      if (!named.has(each)) {
        this.#sum(each, { count: 0, first: [] }, asOf);
      }
    }
    this.#asOf = asOf;
    this.#hasMore = more;
  }

  #sum(each, { count, first, mine }, asOf) {
    if (!isLater(each.at, asOf)) {
      Object.assign(each, { count, at: asOf });
      each.others = new Set(first.map(({ uuid }) => uuid).filter((uuid) => uuid !== this.#me));
    }
    this.#countMine(each, mine ?? null, asOf);
    if (mine) {
      each.added = later(each.added, mine);
    } else {
      each.removed = later(each.removed, asOf);
    }
    return each;
  }

  /** An event: what happened to an action, at a timetoken, and how many there are since. */
  event({ event, data: { type, value, actionTimetoken }, count }, uuid, at) {
    const each = this.#of(type, value);
    const isAdded = event === ADDED;
    const isMine = uuid === this.#me;
    if (isLater(at, each.at)) {
      Object.assign(each, { count: count ?? Math.max(0, each.count + (isAdded ? 1 : -1)), at });
      if (!isAdded) {
        each.others.delete(uuid);
      } else if (!isMine && each.others.size < MOST_NAMES) {
        each.others.add(uuid);
      }
    }
    if (isMine) {
      this.#countMine(each, isAdded ? actionTimetoken : null, at);
      (isAdded ? this.added : this.removed).call(this, type, value, actionTimetoken);
    }
  }

  #countMine(each, counted, at) {
    if (!isLater(each.countedAt, at)) {
      Object.assign(each, { counted, countedAt: at });
    }
  }

  /** The user has this action on the message, unless a removal of it, or of a later one, is known. */
  added(type, value, actionTimetoken) {
    const each = this.#of(type, value);
    each.added = later(each.added, actionTimetoken);
  }

  /** The user's action up to this one is off the message. */
  removed(type, value, actionTimetoken) {
    const each = this.#of(type, value);
    each.removed = later(each.removed, actionTimetoken);
  }

  /** The timetoken of the user's own action, null when there is none. */
  mine(type, value) {
    const { added, removed } = this.#known.get(keyOf(type, value)) ?? NOTHING;
    return isLater(added, removed) ? added : null;
  }

  /** The count, with or without the user's own action: by default, as it is known. And other users, by name. */
  of(type, value, isOn = this.mine(type, value) !== null) {
    const { count, counted, others } = this.#known.get(keyOf(type, value)) ?? NOTHING;
    return { count: Math.max(0, count - (counted ? 1 : 0)) + (isOn ? 1 : 0), others: [...others], isOn };
  }

  /** The values of a type, those that were known first, first. */
  values(type) {
    return [...this.#known.values()].filter((each) => each.type === type).map(({ value }) => value);
  }

  /**
   * What is known of a type and value. count: as of the timetoken at; counted: the user's own action in it, null for none,
   * as of countedAt; others: other users, as far as they are known by name; added and removed: up to where the user's own
   * actions are known to have been added and removed.
   */
  #of(type, value) {
    const key = keyOf(type, value);
    if (!this.#known.has(key)) {
      const at = this.#hasMore ? NEVER : this.#asOf; // a summary that names all has counted none of what it does not name
      this.#known.set(key, { ...NOTHING, type, value, others: new Set(), at, countedAt: at, removed: at });
    }
    return this.#known.get(key);
  }
}

const NOTHING = { count: 0, at: NEVER, counted: null, countedAt: NEVER, others: [], added: NEVER, removed: NEVER };
const keyOf = (type, value) => JSON.stringify([type, value]);
const later = (one, other) => isLater(one, other) ? one : other;
