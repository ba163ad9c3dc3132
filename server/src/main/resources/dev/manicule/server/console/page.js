// Small things about elements and texts.

/** An element with attributes or properties, and children: elements or texts. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) {
      made.addEventListener(key.slice(2), value);
    } else if (value === true) {
      made.setAttribute(key, "");
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** When a timetoken was: 100 nanoseconds since 1970, as a text since it has more digits than a number can hold. */
export const dateOf = (timetoken) => new Date(Number(BigInt(timetoken) / 10_000n));

/** Whether a timetoken is later than another one. */
export const isLater = (one, other) => BigInt(one) > BigInt(other);

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dated = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "medium" });
const isToday = (date) => date.toDateString() === new Date().toDateString();
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** A moment: the time of day, before today with its date; with date and timetoken as its title. */
export function moment(timetoken) {
  const date = dateOf(timetoken);
  return element("time", { datetime: date.toISOString(), title: `${day.format(date)} · ${timetoken}` }, (isToday(date) ? clock : dated).format(date));
}

/** The text of a message, if it has one, else its JSON. */
export function textOf(message) {
  if (typeof message === "string") {
    return message;
  }
  return typeof message?.text === "string" ? message.text : JSON.stringify(message);
}

/** A name of any script, which does not turn around what stands beside it. */
export const named = (uuid) => element("bdi", {}, uuid ?? "unnamed");

/** The first names of a list, and how many more there are, of all that the list has or a number says. */
export function namesOf(list, most, all = list.length) {
  const names = list.slice(0, Math.min(most, all));
  const more = all - names.length;
  return names.length === 0 ? `${more} users` : names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** JSON as a person reads it: short things in a line. */
export function jsonOf(value) {
  const line = JSON.stringify(value);
  return line.length <= 60 ? line : JSON.stringify(value, null, 2);
}

export const byId = (id) => document.getElementById(id);
