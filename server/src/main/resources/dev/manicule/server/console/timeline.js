// Every envelope as it arrives.
import { byId, element, moment } from "./page.js";

const MOST = 500;
/** A line shows no more letters. */
const LINE = 300;
const KINDS = { 0: "message", 1: "signal", 2: "object", 3: "action", 4: "file", 100: "read mark" };

export class Timeline {
  #list = byId("envelopes");
  #isPaused = false;
  #waiting = [];

  constructor() {
    byId("timeline-pause").addEventListener("click", (event) => {
      this.#isPaused = !this.#isPaused;
      event.target.setAttribute("aria-pressed", String(this.#isPaused));
      this.#label();
      if (!this.#isPaused) {
        this.#waiting.splice(0).forEach((envelope) => this.#show(envelope));
        this.#label();
      }
    });
    byId("timeline-clear").addEventListener("click", () => {
      this.#waiting.length = 0;
      this.#list.replaceChildren();
      byId("timeline-hint").hidden = false;
      this.#label();
    });
  }

  take(envelope) {
    if (this.#isPaused) {
      this.#waiting.push(envelope);
      this.#waiting.splice(0, this.#waiting.length - MOST);
      this.#label();
    } else {
      this.#show(envelope);
    }
  }

  #label() {
    byId("timeline-pause").textContent = this.#isPaused ? `Go on (${this.#waiting.length} waiting)` : "Pause";
  }

  #show(envelope) {
    byId("timeline-hint").hidden = true;
    const kind = envelope.c.endsWith("-pnpres") ? "presence" : KINDS[envelope.e ?? 0] ?? `kind ${envelope.e}`;
    this.#list.prepend(element("li", { class: "envelope" },
      element("details", {},
        element("summary", {},
          element("span", { class: `kind kind-${kind.replace(" ", "-")}` }, kind), " ",
          element("b", { class: "any" }, element("bdi", {}, envelope.c.replace(/-pnpres$/, ""))), " ",
          element("span", { class: "short", dir: "auto" }, shortly(kind, envelope).slice(0, LINE)), " ",
          moment(envelope.p.t)),
        element("pre", { tabindex: "0" }, JSON.stringify(envelope, null, 2)))));
    while (this.#list.childElementCount > MOST) {
      this.#list.lastElementChild.remove();
    }
  }
}

function shortly(kind, { i, d }) {
  switch (kind) {
    case "presence":
      return `${d?.uuid ?? "several"} ${d?.action}, ${d?.occupancy} here`;
    case "action":
      return `${i} ${d?.event} ${d?.data?.type} ${d?.data?.value}` + (d?.count === undefined ? "" : `, ${d.count} now`);
    case "read mark":
      return `${i} has read up to ${d?.data?.timetoken}`;
    default:
      return `${i ?? "unnamed"}: ${JSON.stringify(d)}`;
  }
}
