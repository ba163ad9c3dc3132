// How the server is doing: figures as they change, and the keysets it serves.
import { byId, element } from "./page.js";

const EVERY_MILLIS = 2000;
const POINTS = 90;
const SVG = "http://www.w3.org/2000/svg";

/** A figure by name, with labels as they stand; all of a family added up. */
class Figures {
  constructor(text) {
    this.at = performance.now() / 1000;
    this.values = new Map();
    for (const line of text.split("\n")) {
      const space = line.lastIndexOf(" ");
      if (line !== "" && !line.startsWith("#") && space > 0) {
        this.values.set(line.slice(0, space), Number(line.slice(space + 1)));
      }
    }
  }

  /** The sum of all of a name whose labels contain a text. */
  sum(name, labels = "") {
    let sum = 0;
    for (const [key, value] of this.values) {
      if ((key === name || key.startsWith(name + "{")) && key.includes(labels)) {
        sum += value;
      }
    }
    return sum;
  }
}

const perSecond = (name) => (now, before) => (now.sum(name) - before.sum(name)) / (now.at - before.at);
const present = (name) => (now) => now.sum(name);

const CHARTS = [
  { title: "Polls parked", unit: "", lines: { polls: present("manicule_polls_parked") } },
  { title: "Connections", unit: "", lines: { connections: present("manicule_connections") } },
  { title: "Members present", unit: "", lines: { members: present("manicule_presence_members") } },
  { title: "Pages", unit: "/s", lines: {
    "known": perSecond("manicule_pages_from_memory_total"),
    "read": perSecond("manicule_pages_from_storage_total"),
  } },
  { title: "Writes waiting", unit: "", lines: { writes: present("manicule_writes_waiting") } },
  { title: "Reads waiting", unit: "", lines: { reads: present("manicule_reads_waiting") } },
];

export class Server {
  #before = null;
  #timer = null;
  #charts = CHARTS.map((chart) => new Chart(chart));

  constructor() {
    byId("charts").append(...this.#charts.map((chart) => chart.figure));
  }

  /** Looks at the figures as long as the view is shown. */
  show(isShown) {
    clearInterval(this.#timer);
    if (isShown) {
      this.#about();
      this.#look();
      this.#timer = setInterval(() => this.#look(), EVERY_MILLIS);
    }
  }

  async #look() {
    try {
      const response = await fetch("/metrics", { cache: "no-store" });
      if (!response.ok) {
        throw new Error("This address may not read the figures: `metricsFrom` in the configuration says which may.");
      }
      const now = new Figures(await response.text());
      if (this.#before !== null) {
        this.#charts.forEach((chart) => chart.add(now, this.#before));
      }
      this.#before = now;
      byId("charts").removeAttribute("data-words");
    } catch (e) {
      byId("charts").dataset.words = e.message;
    }
  }

  async #about() {
    const response = await fetch("console/about", { cache: "no-store" });
    const about = response.ok ? await response.json() : { version: "", keysets: [] };
    byId("server-about").textContent = about.version === "" ? "" : `Manicule ${about.version}`;
    byId("keysets").replaceChildren(...(about.keysets.length === 0 ? [element("tr", {},
      element("td", { colspan: 5, class: "hint" }, "None to be shown: without a configuration any key works."))] : []), ...about.keysets.map((keyset) => element("tr", {},
      element("td", {}, element("code", {}, keyset.subscribeKey)),
      element("td", {}, keyset.isSecured ? "by token or signature" : "open to all"),
      element("td", {}, keyset.retentionDays === null ? "for ever" : `${keyset.retentionDays} days`),
      element("td", {}, keyset.strictParents ? "stored messages" : "any timetoken"),
      element("td", {}, keyset.origins.join(", ")))));
  }
}

/** A line of figures over the last minutes. */
class Chart {
  #spec;
  #series;
  #now = element("output", { class: "now" });
  #drawing = document.createElementNS(SVG, "svg");

  constructor(spec) {
    this.#spec = spec;
    this.#series = Object.keys(spec.lines).map(() => []);
    this.#drawing.setAttribute("viewBox", "0 0 180 60");
    this.#drawing.setAttribute("preserveAspectRatio", "none");
    this.#drawing.setAttribute("aria-hidden", "true");
    this.figure = element("figure", { class: "chart" }, element("figcaption", {}, spec.title, " ", this.#now), this.#drawing);
  }

  add(now, before) {
    const lines = Object.values(this.#spec.lines);
    lines.forEach((value, at) => {
      this.#series[at].push(Math.max(value(now, before), 0));
      this.#series[at].splice(0, this.#series[at].length - POINTS);
    });
    const names = Object.keys(this.#spec.lines);
    this.#now.textContent = this.#series.map((points, at) => (names.length > 1 ? `${names[at]} ` : "")
      + `${shown(points.at(-1))} ${this.#spec.unit}`).join(" · ");
    const most = Math.max(1e-9, ...this.#series.flat());
    this.#drawing.replaceChildren(...this.#series.map((points, at) => {
      const line = document.createElementNS(SVG, "polyline");
      line.setAttribute("class", `line line-${at}`);
      const first = POINTS - points.length;
      line.setAttribute("points", points.map((value, i) => `${(first + i) * 2},${(57 - 54 * value / most).toFixed(1)}`).join(" "));
      return line;
    }));
  }
}

function shown(value) {
  return value >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString() : value.toFixed(1);
}
