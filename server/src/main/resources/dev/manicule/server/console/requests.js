// The requests of this page, and the command or program for each.
import { BASE } from "./api.js";
import { byId, element } from "./page.js";
import { curl } from "./recipes.js";

const MOST = 200;
/** Clients name a host and no path. */
const below = (comment) => BASE.pathname === "/" ? ""
  : `${comment} This client can't use the path ${BASE.pathname}: name the server itself, or a proxy that serves it at /.\n`;
const BEGINNING = {
  java: (settings) => below("//") + `ManiculeClient client = ManiculeClient.of(ClientConfig.forUser(${JSON.stringify(settings.uuid)})\n`
    + `        .origin(${JSON.stringify(location.host)}).secure(${location.protocol === "https:"})\n`
    + `        .subscribeKey(${JSON.stringify(settings.subscribeKey)}).publishKey(${JSON.stringify(settings.publishKey)}).build());\n`,
  python: (settings) => below("#") + `config = PNConfiguration()\nconfig.origin, config.ssl = ${JSON.stringify(location.host)}, ${location.protocol === "https:" ? "True" : "False"}\n`
    + `config.subscribe_key, config.publish_key = ${JSON.stringify(settings.subscribeKey)}, ${JSON.stringify(settings.publishKey)}\n`
    + `config.user_id = ${JSON.stringify(settings.uuid)}\npubnub = PubNub(config)\n`,
};

export class Requests {
  #api;
  #list = byId("calls");
  #chosen = null;
  /** Until the user picks one, the newest is shown. */
  #isPicked = false;
  #language = "curl";

  constructor(api) {
    this.#api = api;
    api.addEventListener("request", ({ detail }) => this.#add(detail));
    api.addEventListener("answer", ({ detail }) => this.#answered(detail));
    const tabs = [...document.querySelectorAll("[role=tab]")];
    tabs.forEach((tab, at) => {
      tab.addEventListener("click", () => this.#speak(tab.dataset.language));
      tab.addEventListener("keydown", (event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by) {
          const next = tabs[(at + by + tabs.length) % tabs.length];
          this.#speak(next.dataset.language);
          next.focus();
        }
      });
    });
    byId("copy").addEventListener("click", async (event) => {
      try {
        await navigator.clipboard.writeText(byId("code").textContent);
        event.target.textContent = "Copied";
      } catch { // a browser lets pages copy over TLS and on this machine alone
        getSelection().selectAllChildren(byId("code"));
        event.target.textContent = "Selected";
      }
      setTimeout(() => { event.target.textContent = "Copy"; }, 1500);
    });
    this.#speak("curl");
  }

  #add(entry) {
    const status = element("span", { class: "status" }, "…");
    const button = element("button", { type: "button", onclick: () => {
        this.#isPicked = true;
        this.#choose(entry, button);
      } },
      element("span", { class: "method" }, entry.method), " ", element("b", {}, entry.recipe.title), " ", status,
      element("code", { class: "path" }, "/" + entry.url.split("?")[0].slice(String(BASE).length)));
    entry.statusElement = status;
    this.#list.prepend(element("li", {}, button));
    while (this.#list.childElementCount > MOST) {
      this.#list.lastElementChild.remove();
    }
    if (!this.#isPicked) {
      this.#choose(entry, button);
    }
  }

  #answered(entry) {
    if (entry.statusElement) {
      const time = entry.millis === undefined ? "" : ` · ${entry.millis.toFixed(entry.millis < 10 ? 1 : 0)} ms`;
      entry.statusElement.textContent = `${entry.status}${time}`;
      entry.statusElement.classList.toggle("bad", !(entry.status >= 200 && entry.status < 400));
    }
  }

  #choose(entry, button) {
    this.#chosen = entry;
    this.#list.querySelectorAll("[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    button.setAttribute("aria-current", "true");
    this.#show();
  }

  #speak(language) {
    this.#language = language;
    document.querySelectorAll("[role=tab]").forEach((tab) => {
      const isThis = tab.dataset.language === language;
      tab.setAttribute("aria-selected", String(isThis));
      tab.tabIndex = isThis ? 0 : -1;
      if (isThis) {
        byId("code").setAttribute("aria-labelledby", tab.id);
      }
    });
    this.#show();
  }

  #show() {
    if (this.#chosen === null) {
      byId("code").textContent = "No requests yet.";
    } else if (this.#language === "curl") {
      byId("code").textContent = curl(this.#chosen);
    } else {
      byId("code").textContent = BEGINNING[this.#language](this.#api.settings) + this.#chosen.recipe[this.#language];
    }
  }
}
