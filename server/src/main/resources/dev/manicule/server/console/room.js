// A chat room: messages, newest below, with reactions and ticks; older ones as the user asks for them.
import { Actions } from "./actions.js";
import { Marks } from "./marks.js";
import { byId, element, isLater, moment, named, namesOf, textOf } from "./page.js";
import { Said, changes } from "./said.js";

/** At the end of the list, so many messages stay. Who reads older ones has more. */
const MOST = 200;
const MOST_READERS = 20;
const NEAR = 80;
/** Parts of a message that are in sight. A message that is longer than the window is never in sight as a whole. */
const SEEN = [0.05, 0.1, 0.3, 0.6];
const MESSAGE = 0;
const ACTION = 3;

export class Room {
  #api;
  #complain;
  #rules;
  #open;
  /** By timetoken: { timetoken, uuid, row, said, actions, isMarked }. */
  #entries = new Map();
  #list = byId("messages");
  #top = byId("older");
  #newest = byId("newest");
  #seen = new IntersectionObserver((entries) => this.#nowSeen(entries), { root: this.#list, threshold: SEEN });
  #marksRead = false;
  #marking = Promise.resolve();
  #hasOlder = false;
  /** From here on, older messages are read. */
  #oldest = undefined;
  #isReading = false;
  /** What arrives while the first page is read; null afterwards. */
  #early = [];
  /** Actions that arrive while a page is read, on messages that may be on it. */
  #ahead = [];
  /** What is said above the messages, about reading them. */
  #words = "";
  #unseen = 0;
  /** Whether the list stays at its end as messages arrive, and where else it is. */
  #isStuck = true;
  #place = 0;
  channel = "";

  /** open: opens another channel. */
  constructor(api, complain, rules, open) {
    this.#open = open;
    this.#api = api;
    this.#complain = complain;
    this.#rules = rules;
    this.#top.querySelector("button").addEventListener("click", () => this.#readOlder());
    this.#newest.addEventListener("click", () => {
      this.#toEnd();
      byId("say-text").focus();
    });
    this.#list.addEventListener("keydown", (event) => this.#move(event));
    this.#list.addEventListener("scroll", () => this.#scrolled());
    document.addEventListener("visibilitychange", () => this.#lookAgain());
    new ResizeObserver(() => this.#isStuck && this.#toEnd()).observe(this.#list);
  }

  /** Shows another channel. What arrives is kept until the first page is read. */
  open(channel) {
    this.channel = channel;
    this.#entries.forEach(({ row }) => row.remove());
    this.#entries.clear();
    this.#early = [];
    this.#ahead = [];
    this.#oldest = undefined;
    this.#hasOlder = false;
    this.#isReading = false;
    this.#words = "";
    this.#unseen = 0;
    this.#isStuck = true;
    byId("room-title").textContent = channel;
    this.#showEnds();
  }

  /** Whether the first page has been read. */
  get isOpen() {
    return this.#early === null;
  }

  /** Reads the first page, and shows it with what arrived meanwhile. */
  async fill() {
    if (await this.#read() && this.#early !== null) {
      const early = this.#early;
      this.#early = null;
      early.forEach((envelope) => this.take(envelope));
      this.#showEnds();
      this.#toEnd();
    }
  }

  /** The view is shown again. A browser forgets where a hidden list was. */
  show() {
    if (this.#isStuck) {
      this.#toEnd();
    } else {
      this.#list.scrollTop = this.#place;
    }
  }

  /** Whether read receipts are sent for what is in sight. */
  markRead(isOn) {
    this.#marksRead = isOn;
    this.#lookAgain();
  }

  /** An envelope of the channel that arrived. */
  take(envelope) {
    if (this.#early !== null) {
      this.#early.push(envelope);
    } else if ((envelope.e ?? MESSAGE) === MESSAGE) {
      this.#arrived(envelope.p.t, envelope.i, envelope.d);
    } else if (envelope.e === ACTION && envelope.d?.data) {
      const entry = this.#entries.get(String(envelope.d.data.messageTimetoken));
      if (entry) {
        entry.actions.take(envelope);
        if (changes(envelope.d)) {
          this.#readAgain(entry);
        }
      } else if (this.#isReading) {
        this.#ahead.push(envelope);
      }
    }
  }

  /** A message that the user has sent, and the server has taken. */
  sent({ channel, message, timetoken }) {
    if (channel === this.channel && this.isOpen) {
      this.#arrived(timetoken, this.#api.settings.uuid, message);
      this.#toEnd();
    }
  }

  #arrived(timetoken, uuid, message) {
    const wasAtEnd = this.#isAtEnd();
    if (!this.#add(timetoken, uuid, message)) {
      return;
    }
    if (wasAtEnd) {
      this.#trim();
      this.#toEnd();
    } else {
      this.#unseen++;
    }
    this.#showEnds();
    if (uuid !== this.#api.settings.uuid) {
      byId("heard").textContent = `${uuid ?? "unnamed"}: ${textOf(message)}`;
    }
  }

  /** Reads a page: the newest at first, and then the one before. False when it could not be read, or is not wanted any more. */
  async #read() {
    const channel = this.channel;
    const start = this.#oldest;
    let words = "";
    this.#isReading = true;
    this.#words = "Loading …";
    this.#showEnds();
    try {
      const { messages, hasMore } = await this.#api.page(channel, { start });
      if (this.channel !== channel || this.#oldest !== start) {
        return false;
      }
      this.#keepPlace(() => messages.forEach((message) => this.#addStored(message)));
      this.#oldest = messages[0]?.timetoken ?? null;
      this.#hasOlder = hasMore && messages.length > 0;
      return true;
    } catch (e) {
      words = `Messages could not be read. ${e.message}`;
      return false;
    } finally {
      if (this.channel === channel) {
        this.#isReading = false;
        this.#ahead.splice(0).forEach((envelope) => this.take(envelope));
        this.#words = words;
        this.#showEnds();
      }
    }
  }

  /** What the user looks at does not move while something is added above. */
  #keepPlace(add) {
    const first = this.#rows()[0];
    const place = first?.getBoundingClientRect().top;
    add();
    if (first) {
      this.#list.scrollTop += first.getBoundingClientRect().top - place;
    }
  }

  async #readOlder() {
    if (this.#isReading || !this.#hasOlder) {
      return;
    }
    const hadFocus = this.#top.contains(document.activeElement);
    const first = this.#rows()[0];
    await this.#read();
    if (hadFocus && first?.isConnected && document.activeElement === document.body) {
      focusBefore(first, { preventScroll: true });
    }
  }

  #addStored({ timetoken, uuid, message, summary, effective }) {
    this.#add(timetoken, uuid, message);
    const entry = this.#entries.get(String(timetoken));
    entry.actions.summary(summary);
    entry.said.show(effective);
  }

  /** Reads what a message says now: the server knows whose edits count. One request after the other for each message. */
  async #readAgain(entry) {
    entry.isOutdated = true;
    if (entry.isBeingRead) {
      return;
    }
    entry.isBeingRead = true;
    try {
      while (entry.isOutdated && entry.row.isConnected) {
        entry.isOutdated = false;
        const stored = await this.#api.message(this.channel, entry.timetoken);
        if (stored && entry.row.isConnected) {
          this.#keepPlace(() => entry.said.show(stored.effective));
        }
      }
    } catch (e) {
      this.#complain(e);
    } finally {
      entry.isBeingRead = false;
    }
  }

  /** Puts a message where its timetoken belongs. False when it is there. */
  #add(timetoken, uuid, message) {
    const key = String(timetoken);
    if (this.#entries.has(key)) {
      return false;
    }
    const isMine = uuid === this.#api.settings.uuid;
    const entry = { timetoken: key, uuid, isMarked: isMine };
    entry.ticks = isMine ? element("span", { class: "ticks", role: "img" }) : null;
    entry.actions = new Actions({
      api: this.#api, rules: this.#rules, channel: this.channel, timetoken: key, complain: this.#complain, changed: () => {
        showTicks(entry);
        entry.marks.show(entry.actions.counts);
      },
    });
    entry.marks = new Marks(this.#open);
    entry.said = new Said(message);
    entry.row = element("li", { class: isMine ? "message mine" : "message", tabindex: "-1", "data-timetoken": key },
      element("p", { class: "by" }, element("b", {}, named(uuid)), " ", moment(key), entry.ticks),
      entry.said.element, entry.marks.element, entry.actions.element);
    this.#entries.set(key, entry);
    showTicks(entry);
    const rows = this.#rows();
    let at = rows.length;
    while (at > 0 && isLater(rows[at - 1].dataset.timetoken, key)) {
      at--;
    }
    this.#list.insertBefore(entry.row, rows[at] ?? null);
    if (!isMine) {
      this.#seen.observe(entry.row);
    }
    return true;
  }

  #trim() {
    for (const row of [...this.#rows()].slice(0, Math.max(0, this.#entries.size - MOST))) {
      this.#seen.unobserve(row);
      this.#entries.delete(row.dataset.timetoken);
      row.remove();
      this.#oldest = this.#rows()[0].dataset.timetoken;
      this.#hasOlder = true;
    }
  }

  #rows() {
    return this.#list.getElementsByClassName("message");
  }

  /** What stands above and below the messages. */
  #showEnds() {
    const button = this.#top.querySelector("button");
    button.hidden = !this.#hasOlder || this.#isReading;
    this.#top.querySelector("span").textContent = this.#words !== "" ? this.#words
      : this.#hasOlder || !this.isOpen && this.#entries.size === 0 ? "" : this.#entries.size === 0
        ? "No messages are stored on this channel." : "This is the first message that is stored.";
    this.#newest.hidden = this.#unseen === 0;
    this.#newest.textContent = `${this.#unseen} new ↓`;
  }

  #scrolled() {
    if (this.#list.clientHeight === 0) {
      return; // the view is hidden
    }
    this.#isStuck = this.#isAtEnd();
    this.#place = this.#list.scrollTop;
    if (this.#isAtEnd() && this.#unseen > 0) {
      this.#unseen = 0;
      this.#showEnds();
    }
    if (this.#list.scrollTop < NEAR && !this.#isAtEnd()) {
      this.#readOlder();
    }
  }

  #nowSeen(entries) {
    if (document.hidden || !this.#marksRead) {
      return;
    }
    for (const { intersectionRatio, intersectionRect, target } of entries) {
      const entry = this.#entries.get(target.dataset.timetoken);
      const isSeen = intersectionRatio >= SEEN.at(-1) || intersectionRect.height > this.#list.clientHeight / 2;
      if (isSeen && entry && !entry.isMarked) {
        entry.isMarked = true;
        this.#marking = this.#marking.then(() => this.#mark(entry)); // one after the other, whatever comes in sight
      }
    }
  }

  async #mark(entry) {
    try {
      if (this.#marksRead && entry.row.isConnected) {
        await entry.actions.markRead();
      } else {
        entry.isMarked = false;
      }
    } catch (e) {
      entry.isMarked = e.status === 403; // else it is tried when the server, or the window, is back
    }
  }

  /** What was in sight while it did not count is seen now. */
  #lookAgain() {
    for (const { isMarked, row } of this.#entries.values()) {
      if (!isMarked) {
        this.#seen.unobserve(row);
        this.#seen.observe(row);
      }
    }
  }

  /** Up and down go from message to message, and on to older ones. */
  async #move(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || event.target.closest(".picker")) {
      return;
    }
    const rows = this.#rows();
    const at = [...rows].indexOf(event.target.closest("li"));
    if (at === 0 && by < 0) {
      event.preventDefault();
      const first = rows[0];
      await this.#readOlder();
      focusBefore(first);
      return;
    }
    const next = at < 0 ? rows[rows.length - 1] : rows[at + by];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }

  #isAtEnd() {
    return this.#list.clientHeight === 0 ? this.#isStuck : this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < NEAR;
  }

  #toEnd() {
    this.#isStuck = true;
    this.#list.scrollTop = this.#list.scrollHeight;
  }
}

/** To the message that stands before this one now, or to this one. */
function focusBefore(first, options) {
  const before = first.previousElementSibling;
  (before?.matches(".message") ? before : first).focus(options);
}

/** Of the user's own message: whether others have read it. */
function showTicks({ ticks, actions }) {
  if (ticks) {
    const { count, names } = actions.readers();
    ticks.textContent = count === 0 ? "✓" : "✓✓";
    ticks.classList.toggle("read", count > 0);
    const words = count === 0 ? "sent" : `read by ${namesOf(names, MOST_READERS, count)}`;
    ticks.setAttribute("aria-label", words);
    ticks.title = words;
  }
}
