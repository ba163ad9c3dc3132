// The page as a whole: who one is, which view is shown, and what arrives where.
import { Api } from "./api.js";
import { Explorer } from "./explorer.js";
import { byId } from "./page.js";
import { Requests } from "./requests.js";
import { Room } from "./room.js";
import { Server } from "./server.js";
import { Subscription } from "./subscription.js";
import { Timeline } from "./timeline.js";

const VIEWS = ["room", "timeline", "explorer", "server", "requests"];
const NAMES = ["Ada", "Bede", "Cora", "Dirk", "Edda", "Finn", "Gesa", "Hugo", "Ilse", "Joost", "Kaja", "Lion"];
const WORDS = { idle: "not connected", connecting: "connecting", connected: "live", lost: "connection lost", refused: "refused" };

const stored = JSON.parse(localStorage.getItem("manicule") ?? "{}");
const asked = new URLSearchParams(location.search);
const settings = {
  subscribeKey: asked.get("subscribeKey") ?? stored.subscribeKey ?? "demo",
  publishKey: asked.get("publishKey") ?? stored.publishKey ?? "demo",
  auth: stored.auth ?? "",
  // a name for each window, so that two of them are two people
  uuid: asked.get("uuid") ?? sessionStorage.getItem("manicule-uuid") ?? NAMES[Math.floor(Math.random() * NAMES.length)] + "-" + Math.floor(Math.random() * 90 + 10),
  theme: stored.theme ?? "",
  channel: asked.get("channel") ?? stored.channel ?? "lobby",
};

function remember() {
  const { uuid, ...others } = settings;
  sessionStorage.setItem("manicule-uuid", uuid);
  localStorage.setItem("manicule", JSON.stringify(others));
  if (settings.theme === "") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = settings.theme;
  }
  byId("who-name").textContent = settings.uuid;
}

function complain(words) {
  const trouble = byId("trouble");
  trouble.textContent = words;
  trouble.hidden = words === "";
  clearTimeout(complain.timer);
  complain.timer = setTimeout(() => { trouble.hidden = true; }, 8000);
}

const api = new Api(settings);
const requests = new Requests(api);
const room = new Room(api, complain);
const timeline = new Timeline();
const explorer = new Explorer(api, complain);
const server = new Server();
const subscription = new Subscription(api);
let alsoWatched = [];

function watch() {
  subscription.watch([settings.channel, settings.channel + "-pnpres", ...alsoWatched]);
}

subscription.addEventListener("envelope", ({ detail }) => {
  room.take(detail);
  timeline.take(detail);
});
subscription.addEventListener("state", ({ detail: { state, words } }) => {
  const lamp = document.querySelector(".state");
  lamp.dataset.state = state;
  lamp.title = WORDS[state];
  lamp.setAttribute("aria-label", WORDS[state]);
  lamp.setAttribute("role", "img");
  if (state === "refused" || state === "lost") {
    complain(state === "lost" ? "The server does not answer. Trying again …" : words);
  }
});

async function openRoom(channel) {
  settings.channel = channel;
  remember();
  byId("room-channel").value = channel;
  byId("explorer-channel").value = channel;
  watch();
  await room.open(channel);
}

function show() {
  const view = VIEWS.includes(location.hash.slice(1)) ? location.hash.slice(1) : VIEWS[0];
  for (const name of VIEWS) {
    byId(name).hidden = name !== view;
    const link = document.querySelector(`.views a[href="#${name}"]`);
    if (name === view) {
      link.setAttribute("aria-current", "page");
    } else {
      link.removeAttribute("aria-current");
    }
  }
  document.title = `${byId(view).querySelector("h1").textContent} · Manicule`;
  server.show(view === "server");
  if (view === "explorer") {
    explorer.look(byId("explorer-channel").value);
  }
}

byId("room-form").addEventListener("submit", (event) => {
  event.preventDefault();
  openRoom(event.target.elements.channel.value.trim());
});
byId("timeline-form").addEventListener("submit", (event) => {
  event.preventDefault();
  alsoWatched = event.target.elements.channels.value.split(",").map((name) => name.trim()).filter((name) => name !== "");
  watch();
});
byId("explorer-form").addEventListener("submit", (event) => {
  event.preventDefault();
  explorer.look(event.target.elements.channel.value.trim());
});
byId("settings").addEventListener("submit", (event) => {
  event.preventDefault();
  subscription.close();
  for (const name of ["uuid", "subscribeKey", "publishKey", "auth", "theme"]) {
    settings[name] = event.target.elements[name].value.trim();
  }
  document.querySelector(".who").open = false;
  openRoom(settings.channel);
});
for (const name of ["uuid", "subscribeKey", "publishKey", "auth", "theme"]) {
  byId("settings").elements[name].value = settings[name];
}
addEventListener("hashchange", show);
addEventListener("pagehide", () => subscription.close());

remember();
byId("explorer-channel").value = settings.channel;
show();
await openRoom(settings.channel);
