// The page as a whole: which view is shown, and what arrives where.
import { Api, BASE } from "./api.js";
import { Explorer } from "./explorer.js";
import { Here } from "./here.js";
import { Outbox } from "./outbox.js";
import { byId, namesOf } from "./page.js";
import { Part } from "./part.js";
import { Readers } from "./readers.js";
import { Requests } from "./requests.js";
import { Room } from "./room.js";
import { Rules } from "./rules.js";
import { Server } from "./server.js";
import { ask, chooseKeys, onSettings, remember, settings } from "./settings.js";
import { Subscription } from "./subscription.js";
import { Timeline } from "./timeline.js";
import { Trouble } from "./trouble.js";

const VIEWS = ["room", "timeline", "explorer", "server", "requests"];
const WORDS = { idle: "not connected", connecting: "connecting", connected: "live", lost: "connection lost", refused: "refused" };
const PRESENCE = "-pnpres";
const READ_MARK = 100;
const MOST_NAMES = 10;
const ABOUT_MILLIS = 5_000;
/** What the server says of keys that it does not know, and the field that takes another one. */
const KEYS = { "Invalid Subscribe Key": "subscribeKey", "Invalid Key": "publishKey" };

const trouble = new Trouble();
const complain = (error) => trouble.say(error);
const api = new Api(settings);
const requests = new Requests(api);
const rules = new Rules(api);
const room = new Room(api, complain, rules, (channel) => openRoom(channel));
const here = new Here(api, complain);
const readers = new Readers(api, complain);
const outbox = new Outbox(api, (sent) => room.sent(sent), (error) => refusedMessage(error));
const part = new Part(api, complain, () => room.channel, (isOn) => room.markRead(isOn));
const timeline = new Timeline();
const explorer = new Explorer(api, complain);
const server = new Server();
const subscription = new Subscription(api);
let alsoWatched = [];
let state = "idle";
/** Counts what the user opens: the first connection of each is not one that comes back. */
let opened = 0;
let isOpening = false;

async function watch() {
  const number = ++opened;
  isOpening = true;
  await subscription.watch([settings.channel, settings.channel + PRESENCE, ...alsoWatched]);
  if (number !== opened) {
    return false;
  }
  isOpening = false;
  return true;
}

/** Opens a channel to look at: nothing is written. The cursor comes first, so that nothing is missed after history. */
async function openRoom(channel) {
  part.end();
  if (settings.subscribeKey === "") {
    ask(question, "subscribeKey");
    return;
  }
  settings.channel = channel;
  remember();
  byId("room-channel").value = channel;
  byId("explorer-channel").value = channel;
  room.open(channel);
  here.open(channel);
  readers.open(channel);
  outbox.open(channel);
  if (await watch() && state === "connected") {
    connected();
  }
}

/** The server answers: for the first time, or again. What may have changed meanwhile is read. */
function connected() {
  if (!room.isOpen) {
    room.fill();
  }
  rules.read();
  here.refresh();
  readers.refresh();
  part.resume();
  room.markRead(part.isOn);
}

subscription.addEventListener("envelope", ({ detail }) => {
  if (detail.c === room.channel && detail.e === READ_MARK) {
    readers.take(detail.d.data);
  } else if (detail.c === room.channel) {
    room.take(detail);
  } else if (detail.c === room.channel + PRESENCE) {
    here.take(detail.d);
    part.take(detail.d);
  }
  timeline.take(detail);
});
subscription.addEventListener("gap", () => {
  room.open(room.channel);
  room.fill();
  readers.refresh();
});
subscription.addEventListener("narrowed", ({ detail: { channels } }) => {
  const words = channels.every((name) => name.endsWith(PRESENCE)) ? "Who comes and goes is not shown" : "Not all is shown";
  trouble.say(`${words}: ${settings.auth ? "the token does not grant" : "this takes a token that grants"} read on ${namesOf(channels, MOST_NAMES)}.`);
});
subscription.addEventListener("state", ({ detail }) => {
  state = detail.state;
  const lamp = document.querySelector(".state");
  lamp.dataset.state = state;
  lamp.title = WORDS[state];
  lamp.setAttribute("aria-label", WORDS[state]);
  if (state === "connecting" || state === "connected") {
    trouble.end();
  }
  if (state === "connected") {
    if (!isOpening) {
      connected();
    }
  } else if (state === "lost") {
    trouble.begin(detail.error.status ? `${detail.error.message} Trying again …` : "The server does not answer. Trying again …");
  } else if (state === "refused") {
    const hint = detail.error.status === 403 ? " A token is entered in the settings, under your name." : "";
    trouble.begin(detail.error.message + hint, () => openRoom(settings.channel));
    askForKey(detail.error);
  }
});

function askForKey({ message }) {
  const field = KEYS[message];
  if (field) {
    ask(field === "subscribeKey" ? "The server does not serve this subscribe key. Enter another one."
      : "To send messages, enter the keyset's publish key.", field);
  }
}

function refusedMessage(error) {
  trouble.say(`Not sent. ${error.message}`);
  askForKey(error);
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
  if (view === "room") {
    room.show();
  } else if (view === "explorer") {
    explorer.look(byId("explorer-channel").value);
  }
}

byId("room-form").addEventListener("submit", (event) => {
  event.preventDefault();
  openRoom(event.target.elements.channel.value.trim());
});
byId("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.elements.text;
  const text = field.value.trim();
  if (text !== "") {
    field.value = "";
    outbox.send(room.channel, { text });
  }
});
byId("timeline-form").addEventListener("submit", (event) => {
  event.preventDefault();
  alsoWatched = event.target.elements.channels.value.split(",").map((name) => name.trim()).filter((name) => name !== "");
  watch().then((isCurrent) => isCurrent && state === "connected" && connected());
});
byId("explorer-form").addEventListener("submit", (event) => {
  event.preventDefault();
  explorer.look(event.target.elements.channel.value.trim());
});
onSettings(() => part.end(), (isOther) => {
  if (isOther || state !== "connected") {
    subscription.forget();
    openRoom(settings.channel);
  } else {
    remember();
  }
});
document.addEventListener("keydown", ({ key, target }) => {
  const open = key === "Escape" ? target.closest("details[open]") : null;
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
addEventListener("hashchange", show);
addEventListener("pagehide", () => {
  part.pause();
  subscription.pause();
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) { // the page comes back as it was left, and goes on where it was
    subscription.resume();
  }
});

async function about() {
  try {
    const response = await fetch(new URL("console/about", BASE), { cache: "no-store", signal: AbortSignal.timeout(ABOUT_MILLIS) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

const question = chooseKeys(await about());
remember();
byId("room-channel").value = settings.channel;
byId("explorer-channel").value = settings.channel;
room.open(settings.channel);
show();
if (question === null) {
  openRoom(settings.channel);
} else {
  ask(question, "subscribeKey");
}
