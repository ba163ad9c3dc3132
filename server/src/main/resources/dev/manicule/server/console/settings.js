// Who the user is and which keyset is used: as the address says, as this browser remembers, or as the server tells.
import { byId, element } from "./page.js";

const FIELDS = ["uuid", "subscribeKey", "publishKey", "auth", "theme"];
const NAMES = ["Ada", "Bede", "Cora", "Dirk", "Edda", "Finn", "Gesa", "Hugo", "Ilse", "Joost", "Kaja", "Lion"];
/** Servers below several paths of one origin are remembered apart. */
const STORE = `manicule ${location.pathname}`;
/** The keyset of servers that have none configured. */
const OPEN = "demo";

const form = byId("settings");

/** What is stored under a name. A browser may keep a page from storing anything. */
function recall(storage, name) {
  try {
    return JSON.parse(window[storage].getItem(name) ?? "null");
  } catch {
    return null;
  }
}

function keep(storage, name, value) {
  try {
    window[storage].setItem(name, JSON.stringify(value));
  } catch {
    // the page works without
  }
}

const stored = recall("localStorage", STORE) ?? {};
/** A plus is a plus, as in the queries of clients. */
const asked = new URLSearchParams(location.search.replaceAll("+", "%2B"));
const newName = () => NAMES[Math.floor(Math.random() * NAMES.length)] + "-" + Math.floor(Math.random() * 90 + 10);

export const settings = {
  subscribeKey: "", publishKey: "", auth: stored.auth ?? "", theme: stored.theme ?? "",
  channel: asked.get("channel") ?? stored.channel ?? "lobby",
  // a name for each window, so that two of them are two people
  uuid: asked.get("uuid") ?? recall("sessionStorage", STORE) ?? newName(),
};

/**
 * Decides which keys are used.
 *
 * @param about what the server tells of itself: { takesAnyKey, keysets: [{ subscribeKey }] }, the keysets only to some
 *     addresses; null when it tells nothing
 * @return what to ask the user for, null when the keys are known
 */
export function chooseKeys(about) {
  const told = about?.keysets.map(({ subscribeKey }) => subscribeKey) ?? [];
  byId("known-keys").replaceChildren(...told.map((key) => element("option", { value: key })));
  const known = asked.get("subscribeKey") ?? stored.subscribeKey;
  const isServed = Boolean(known) && (told.length === 0 || told.includes(known));
  if (isServed) {
    use(known, asked.get("publishKey") ?? (known === stored.subscribeKey ? stored.publishKey : null) ?? "");
  } else if (about === null || about.takesAnyKey || told.includes(OPEN)) {
    use(OPEN, OPEN);
  } else if (told.length > 0) {
    use(told[0], "");
  } else {
    return "This server has keysets of its own. Which subscribe key do you use? To send messages, enter the publish key as well.";
  }
  return null;
}

function use(subscribeKey, publishKey) {
  settings.subscribeKey = subscribeKey;
  settings.publishKey = publishKey;
}

/** Remembers the settings, and shows them. */
export function remember() {
  const { uuid, ...others } = settings;
  keep("sessionStorage", STORE, uuid);
  keep("localStorage", STORE, others);
  if (settings.theme === "") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = settings.theme;
  }
  byId("who-name").textContent = settings.uuid;
  for (const name of FIELDS) {
    form.elements[name].value = settings[name];
  }
}

/** Asks the user for something, by the field of the form that takes it. */
export function ask(words, field) {
  document.querySelector(".who").open = true;
  byId("settings-why").textContent = words;
  byId("settings-why").hidden = false;
  form.elements[field].focus();
}

/**
 * Calls when the user has applied the settings.
 *
 * @param before called before another user, keyset or token is used
 * @param after called with whether that is so
 */
export function onSettings(before, after) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const next = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value.trim()]));
    const isOther = ["uuid", "subscribeKey", "auth"].some((name) => next[name] !== settings[name]);
    if (isOther) {
      before();
    }
    Object.assign(settings, next);
    byId("settings-why").hidden = true;
    document.querySelector(".who").open = false;
    document.querySelector(".who summary").focus();
    after(isOther);
  });
}
