// Messages on their way. What did not arrive stays, until the user sends it again or discards it.
import { byId, element, textOf } from "./page.js";

/** What is sent sooner is not shown here. */
const QUICK_MILLIS = 400;

export class Outbox {
  #api;
  #arrived;
  #refused;
  #list = byId("outbox");
  #items = [];
  #channel = "";

  /** arrived: called with { channel, message, timetoken }. refused: called with an error of a message. */
  constructor(api, arrived, refused) {
    this.#api = api;
    this.#arrived = arrived;
    this.#refused = refused;
  }

  /** Shows what is on its way to another channel. */
  open(channel) {
    this.#channel = channel;
    this.#show();
  }

  async send(channel, message) {
    const item = { channel, message, key: newKey(), state: "sending" };
    item.row = this.#row(item);
    this.#items.push(item);
    this.#show();
    await this.#try(item);
  }

  async #try(item) {
    const timer = setTimeout(() => {
      item.state = "slow";
      this.#say(item, "Sending …");
    }, QUICK_MILLIS);
    try {
      const timetoken = await this.#api.publish(item.channel, item.message, item.key);
      this.#drop(item);
      this.#arrived({ ...item, timetoken });
    } catch (e) {
      item.state = "failed"; // the key stays: a proxy can refuse what the server has stored
      this.#say(item, `Not sent. ${e.message}`);
      this.#refused(e);
    } finally {
      clearTimeout(timer);
    }
  }

  #say(item, words) {
    item.row.querySelector(".outcome").textContent = words;
    item.row.classList.toggle("failed", item.state === "failed");
    item.row.querySelectorAll("button").forEach((button) => { button.hidden = item.state !== "failed"; });
    this.#show();
  }

  #drop(item) {
    this.#items = this.#items.filter((other) => other !== item);
    this.#show();
  }

  #row(item) {
    return element("li", {}, element("span", { class: "text", dir: "auto" }, textOf(item.message)),
      element("span", { class: "outcome" }),
      element("button", { type: "button", hidden: true, onclick: () => {
          this.#focus();
          item.state = "slow";
          this.#say(item, "Sending …");
          this.#try(item);
        } }, "Send again"),
      element("button", { type: "button", hidden: true, onclick: () => {
          this.#focus();
          this.#drop(item);
        } }, "Discard"));
  }

  /** The button that has the focus vanishes. */
  #focus() {
    byId("say-text").focus();
  }

  #show() {
    window.onbeforeunload = this.#items.length === 0 ? null : (event) => event.preventDefault();
    const shown = this.#items.filter(({ channel, state }) => channel === this.#channel && state !== "sending");
    this.#list.hidden = shown.length === 0;
    if (shown.length !== this.#list.childElementCount || shown.some(({ row }, at) => this.#list.children[at] !== row)) {
      this.#list.replaceChildren(...shown.map(({ row }) => row));
    }
  }
}

/** crypto.randomUUID is for pages over TLS and on this machine alone. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
