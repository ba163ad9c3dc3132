// A chat room: messages, reactions, read receipts, and who is here.
import { byId, element, moment, textOf } from "./page.js";

const REACTIONS = ["👍", "❤️", "😂", "🎉", "😮", "😢"];
const REACTION = "reaction";
const RECEIPT = "receipt";
const READ = "read";
const MOST = 200;

export class Room {
  #api;
  #say;
  /** By timetoken: { timetoken, uuid, message, actions: Map of key to action, row }. */
  #messages = new Map();
  #here = new Set();
  #list = byId("messages");
  #seen;
  channel = "";

  /** complain: told what went wrong, in words. */
  constructor(api, complain) {
    this.#api = api;
    this.#say = (promise) => promise.catch((e) => complain(e.message));
    this.#seen = new IntersectionObserver((entries) => this.#nowSeen(entries), { root: this.#list, threshold: 0.6 });
    byId("say").addEventListener("submit", (event) => this.#send(event));
    document.addEventListener("visibilitychange", () => this.#lookAgain());
    this.#list.addEventListener("keydown", (event) => this.#move(event));
  }

  /** Opens a channel: what was said lately, and who is here. */
  async open(channel) {
    this.channel = channel;
    this.#messages.clear();
    this.#here.clear();
    this.#list.replaceChildren();
    byId("room-title").textContent = channel;
    const [history, here] = await Promise.allSettled([this.#api.history(channel), this.#api.hereNow(channel)]);
    if (this.channel !== channel) {
      return;
    }
    if (history.status === "rejected") {
      this.#say(Promise.reject(history.reason));
    } else {
      for (const entry of history.value) {
        this.#add(entry.timetoken, entry.uuid, entry.message);
        for (const [type, values] of Object.entries(entry.actions ?? {})) {
          for (const [value, actors] of Object.entries(values)) {
            actors.forEach((actor) => this.#act(entry.timetoken, { type, value, ...actor }));
          }
        }
      }
    }
    (here.status === "fulfilled" ? here.value : []).forEach((uuid) => this.#here.add(uuid));
    this.#showHere();
    this.#toEnd();
  }

  /** An envelope that arrived. */
  take(envelope) {
    if (envelope.c === this.channel + "-pnpres") {
      this.#presence(envelope.d);
    } else if (envelope.c === this.channel && (envelope.e ?? 0) === 0) {
      const wasAtEnd = this.#isAtEnd();
      this.#add(envelope.p.t, envelope.i, envelope.d);
      if (wasAtEnd || envelope.i === this.#api.settings.uuid) {
        this.#toEnd();
      }
    } else if (envelope.c === this.channel && envelope.e === 3) {
      const action = { uuid: envelope.i, ...envelope.d.data };
      if (envelope.d.event === "added") {
        this.#act(action.messageTimetoken, action);
      } else {
        this.#takeBack(action.messageTimetoken, action);
      }
    }
  }

  #send(event) {
    event.preventDefault();
    const field = event.target.elements.text;
    const text = field.value.trim();
    if (text !== "") {
      field.value = "";
      this.#say(this.#api.publish(this.channel, { text }));
    }
  }

  #add(timetoken, uuid, message) {
    const key = String(timetoken);
    if (this.#messages.has(key)) {
      return;
    }
    const isMine = uuid === this.#api.settings.uuid;
    const row = element("li", { class: isMine ? "message mine" : "message", tabindex: "-1", "data-timetoken": key },
      element("p", { class: "by" }, element("b", {}, uuid ?? "somebody"), " ", moment(key),
        isMine ? element("span", { class: "ticks", "aria-label": "sent" }, "✓") : null),
      element("p", { class: "said" }, textOf(message)),
      element("div", { class: "reactions" }));
    const entry = { timetoken: key, uuid, message, actions: new Map(), row };
    this.#messages.set(key, entry);
    const after = [...this.#messages.values()].filter((other) => other !== entry && BigInt(other.timetoken) > BigInt(key));
    this.#list.insertBefore(row, after.length === 0 ? null : after[0].row);
    this.#showReactions(entry);
    if (!isMine) {
      this.#seen.observe(row);
    }
    while (this.#messages.size > MOST) {
      const [oldest] = this.#messages.keys();
      this.#messages.get(oldest).row.remove();
      this.#messages.delete(oldest);
    }
  }

  #act(messageTimetoken, action) {
    const entry = this.#messages.get(String(messageTimetoken));
    if (entry) {
      entry.actions.set(keyOf(action), action);
      this.#showReactions(entry);
    }
  }

  #takeBack(messageTimetoken, action) {
    const entry = this.#messages.get(String(messageTimetoken));
    if (entry?.actions.delete(keyOf(action))) {
      this.#showReactions(entry);
    }
  }

  #showReactions(entry) {
    const me = this.#api.settings.uuid;
    const byValue = new Map();
    let readers = [];
    for (const action of entry.actions.values()) {
      if (action.type === REACTION) {
        byValue.set(action.value, [...(byValue.get(action.value) ?? []), action]);
      } else if (action.type === RECEIPT && action.value === READ && action.uuid !== entry.uuid) {
        readers = [...readers, action.uuid];
      }
    }
    const chips = [...byValue].map(([value, actions]) => {
      const mine = actions.find((action) => action.uuid === me);
      const names = actions.map((action) => action.uuid).join(", ");
      return element("button", {
        type: "button", class: "chip", "aria-pressed": String(Boolean(mine)), title: names,
        "aria-label": `${value} by ${names}`, onclick: () => this.#toggle(entry, value),
      }, `${value} ${actions.length}`);
    });
    const area = entry.row.querySelector(".reactions");
    const hadFocus = area.contains(document.activeElement);
    area.replaceChildren(...chips, this.#picker(entry));
    if (hadFocus) {
      area.querySelector("summary").focus();
    }
    const ticks = entry.row.querySelector(".ticks");
    if (ticks) {
      ticks.textContent = readers.length === 0 ? "✓" : "✓✓";
      ticks.classList.toggle("read", readers.length > 0);
      const words = readers.length === 0 ? "sent" : `read by ${readers.join(", ")}`;
      ticks.setAttribute("aria-label", words);
      ticks.title = words;
    }
  }

  #picker(entry) {
    const picker = element("details", { class: "picker" },
      element("summary", { "aria-label": "React", title: "React" }, "☞"),
      element("div", { class: "choices" }, ...REACTIONS.map((value) => element("button", {
        type: "button", "aria-label": value, onclick: () => {
          picker.open = false;
          this.#toggle(entry, value);
        },
      }, value))));
    picker.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        picker.open = false;
        picker.querySelector("summary").focus();
      }
    });
    return picker;
  }

  #toggle(entry, value) {
    const me = this.#api.settings.uuid;
    const mine = entry.actions.get(keyOf({ type: REACTION, value, uuid: me }));
    this.#say(mine
      ? this.#api.removeAction(this.channel, entry.timetoken, mine.actionTimetoken)
      : this.#api.addAction(this.channel, entry.timetoken, REACTION, value));
  }

  #nowSeen(entries) {
    if (document.visibilityState !== "visible") {
      return;
    }
    for (const { isIntersecting, target } of entries) {
      const entry = this.#messages.get(target.dataset.timetoken);
      if (!isIntersecting || !entry) {
        continue;
      }
      this.#seen.unobserve(target);
      const receipt = { type: RECEIPT, value: READ, uuid: this.#api.settings.uuid };
      if (!entry.actions.has(keyOf(receipt))) {
        this.#api.addAction(this.channel, entry.timetoken, RECEIPT, READ).catch((e) => {
          if (e.status !== 409) { // it was read in another window
            this.#seen.observe(target);
          }
        });
      }
    }
  }

  /** What was in sight while the window was not is seen now. */
  #lookAgain() {
    for (const entry of this.#messages.values()) {
      if (entry.uuid !== this.#api.settings.uuid) {
        this.#seen.unobserve(entry.row);
        this.#seen.observe(entry.row);
      }
    }
  }

  #presence(change) {
    const come = change.action === "join" ? [change.uuid] : change.join ?? [];
    const gone = ["leave", "timeout"].includes(change.action) ? [change.uuid] : [...change.leave ?? [], ...change.timeout ?? []];
    come.forEach((uuid) => this.#here.add(uuid));
    gone.forEach((uuid) => this.#here.delete(uuid));
    this.#showHere();
  }

  #showHere() {
    const names = [...this.#here].sort();
    byId("here").replaceChildren(element("span", { class: "dot", "aria-hidden": "true" }),
      names.length === 0 ? "nobody here" : `${names.length} here: ${names.slice(0, 8).join(", ")}${names.length > 8 ? " …" : ""}`);
  }

  /** Up and down go from message to message. */
  #move(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || event.target.closest(".picker")) {
      return;
    }
    const rows = [...this.#list.children];
    const at = rows.indexOf(event.target.closest("li"));
    const next = at < 0 ? rows.at(-1) : rows[at + by];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }

  #isAtEnd() {
    return this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 80;
  }

  #toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }
}

const keyOf = ({ type, value, uuid }) => JSON.stringify([type, value, uuid]);
