// How the server is doing: figures as they change, and the keysets it serves.
import { BASE } from "./api.js";
import { byId, element } from "./page.js";

const EVERY_MILLIS = 2000;
const TIMEOUT_MILLIS = 10_000;
const POINTS = 90;
/** So many points have the width of a chart; as more come, they move together. */
const FEW = 20;
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

  /** The sum of all of a name that have these labels among theirs. */
  sum(name, ...labels) {
    let sum = 0;
    for (const [key, value] of this.values) {
      if ((key === name || key.startsWith(name + "{")) && labels.every((label) => key.includes(label))) {
        sum += value;
      }
    }
    return sum;
  }

  /** How many were up to each bound, of a histogram, added up: [[bound, count], …], ascending. */
  buckets(name, ...labels) {
    const byBound = new Map();
    for (const [key, value] of this.values) {
      const bound = key.startsWith(name + "_bucket{") && labels.every((label) => key.includes(label)) ? /le="([^"]+)"/.exec(key)?.[1] : undefined;
      if (bound !== undefined) {
        const at = bound === "+Inf" ? Infinity : Number(bound);
        byBound.set(at, (byBound.get(at) ?? 0) + value);
      }
    }
    return [...byBound].sort(([a], [b]) => a - b);
  }
}

const REQUESTS = "manicule_http_request_duration_seconds";
const PUBLISHES = ['family="publish"'];
const ADDS = ['family="message-actions"', 'method="POST"'];
const DONE = 'status="2xx"';
const MILLIS = 1000;
/** How a node's tables compare with those of the one that shows them. */
const TABLES = { same: "the same", other: "differ", unknown: "not compared yet" };

const perSecond = (name, ...labels) => (now, before) => (now.sum(name, ...labels) - before.sum(name, ...labels)) / (now.at - before.at);

/** Within which time so many of the requests since then were answered, in milliseconds; null when there were none. */
const within = (share, ...labels) => (now, before) => {
  const earlier = new Map(before.buckets(REQUESTS, ...labels));
  const counts = now.buckets(REQUESTS, ...labels).map(([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)]);
  const all = counts.at(-1)?.[1] ?? 0;
  if (all <= 0) {
    return null;
  }
  let [below, belowCount] = [0, 0];
  for (const [bound, count] of counts) {
    if (count >= share * all) {
      const upTo = bound === Infinity ? below : bound;
      return MILLIS * (below + (upTo - below) * (share * all - belowCount) / Math.max(count - belowCount, 1));
    }
    [below, belowCount] = [bound, count];
  }
  return null;
};
const present = (name) => (now) => now.sum(name);

const CHARTS = [
  { title: "Publishes", unit: "/s", lines: { publishes: perSecond(REQUESTS + "_count", ...PUBLISHES, DONE) } },
  { title: "Actions added", unit: "/s", lines: { adds: perSecond(REQUESTS + "_count", ...ADDS, DONE) } },
  { title: "Polls answered", unit: "/s", lines: { polls: perSecond(REQUESTS + "_count", 'family="subscribe"', DONE) } },
  { title: "Events delivered", unit: "/s", lines: { events: perSecond("manicule_events_delivered_total") } },
  { title: "Publish latency", unit: "ms", lines: { p50: within(0.5, ...PUBLISHES), p99: within(0.99, ...PUBLISHES) } },
  { title: "Add latency", unit: "ms", lines: { p50: within(0.5, ...ADDS), p99: within(0.99, ...ADDS) } },
  { title: "Polls parked", unit: "", lines: { polls: present("manicule_polls_parked") } },
  { title: "Connections", unit: "", lines: { connections: present("manicule_connections") } },
  { title: "Members present", unit: "", lines: { members: present("manicule_presence_members") } },
  { title: "Page cache", unit: "/s", lines: {
    hits: perSecond("manicule_page_cache_hits_total"),
    misses: perSecond("manicule_page_cache_misses_total"),
  } },
  { title: "Writes waiting", unit: "", lines: { writes: present("manicule_write_queue_commands") } },
  { title: "Tasks waiting", unit: "", lines: { tasks: present("manicule_worker_queue_tasks") } },
];

export class Server {
  #before = null;
  #timer = null;
  /** One request at a time, however long the server takes: others need the browser's connections. */
  #isReading = false;
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
      this.#timer = setInterval(() => this.#isReading || document.hidden || this.#look(), EVERY_MILLIS);
    }
  }

  async #look() {
    this.#isReading = true;
    try {
      const response = await fetch(new URL("metrics", BASE), { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MILLIS) });
      if (!response.ok) {
        throw new Error(response.status >= 500 ? `The server answered ${response.status}.` : "This address may not read the figures: `metricsFrom` in the configuration says which may.");
      }
      const now = new Figures(await response.text());
      if (this.#before !== null) {
        this.#charts.forEach((chart) => chart.add(now, this.#before));
      }
      this.#before = now;
      await this.#cluster();
      byId("charts").removeAttribute("data-words");
    } catch (e) {
      this.#before = null;
      byId("charts").dataset.words = ["TypeError", "TimeoutError"].includes(e.name) ? "The server does not answer." : e.message;
    } finally {
      this.#isReading = false;
    }
  }

  /** The nodes, where the server is one of several and this address may see them. */
  async #cluster() {
    const response = await fetch(new URL("health", BASE), { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MILLIS) });
    const { reason, cluster } = await response.json();
    byId("cluster").hidden = cluster === undefined;
    if (cluster === undefined) {
      return;
    }
    byId("cluster-about").textContent = `This is the node ${cluster.node}; the log is in the topic ${cluster.topic}, applied up to ${cluster.applied.toLocaleString()}, `
      + `${cluster.behind === 0 ? "all of it" : `${cluster.behind.toLocaleString()} entries behind`}.${reason === undefined ? "" : ` Not ready: ${reason}`}`;
    byId("nodes").replaceChildren(...cluster.nodes.map((node) => element("tr", {},
      element("td", {}, node.name),
      element("td", {}, node.address === "" ? "–" : element("code", {}, node.address)),
      element("td", {}, `${(node.silentMillis / MILLIS).toFixed(1)} s ago`),
      element("td", {}, node.applied.toLocaleString()),
      element("td", {}, node.rules === 0 ? "–" : String(node.rules)),
      element("td", {}, TABLES[node.tables]))));
  }

  async #about() {
    let about = { version: "", keysets: [] };
    try {
      const response = await fetch(new URL("console/about", BASE), { cache: "no-store" });
      about = response.ok ? await response.json() : about;
    } catch {
      // the charts say that the server does not answer
    }
    byId("server-about").textContent = about.version === "" ? "" : `Manicule ${about.version}`;
    byId("keysets").replaceChildren(...(about.keysets.length === 0 ? [element("tr", {},
      element("td", { colspan: 5, class: "hint" }, "None to be shown: any key works, or `metricsFrom` does not name this address."))] : []), ...about.keysets.map((keyset) => element("tr", {},
      element("td", {}, element("code", {}, keyset.subscribeKey)),
      element("td", {}, keyset.isSecured ? "token or signature" : "open"),
      element("td", {}, keyset.retentionDays === null ? "unlimited" : `${keyset.retentionDays} days`),
      element("td", {}, keyset.strictParents ? "yes" : "no"),
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
      const figure = value(now, before);
      this.#series[at].push(figure === null ? this.#series[at].at(-1) ?? 0 : Math.max(figure, 0));
      this.#series[at].splice(0, this.#series[at].length - POINTS);
    });
    const names = Object.keys(this.#spec.lines);
    this.#now.textContent = this.#series.map((points, at) => (names.length > 1 ? `${names[at]} ` : "")
      + shown(points.at(-1))).join(" · ") + ` ${this.#spec.unit}`;
    const most = Math.max(1e-9, ...this.#series.flat());
    this.#drawing.replaceChildren(...this.#series.map((points, at) => {
      const line = document.createElementNS(SVG, "polyline");
      line.setAttribute("class", `line line-${at}`);
      const width = Math.max(points.length, FEW) - 1;
      const at0 = width + 1 - points.length;
      line.setAttribute("points", points
        .map((value, i) => `${(180 * (at0 + i) / width).toFixed(1)},${(57 - 54 * value / most).toFixed(1)}`).join(" "));
      return line;
    }));
  }
}

function shown(value) {
  return value >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString() : value.toFixed(1);
}
