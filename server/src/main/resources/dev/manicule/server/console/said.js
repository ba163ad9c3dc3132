// What a message says: as it was published, or as an edit or a deletion of its publisher leaves it.
import { element, moment, textOf } from "./page.js";

/** The types of actions that change what a message says. */
const TYPES = ["edit", "deleted"];

/** Whether an event of an action may change what its message says. */
export const changes = ({ data }) => TYPES.includes(data.type);

export class Said {
  #message;
  #text = element("span");
  #mark = element("span", { class: "mark", hidden: true });
  element = element("p", { class: "said", dir: "auto" }, this.#text, this.#mark);

  constructor(message) {
    this.#message = message;
    this.show(undefined);
  }

  /** effective: { message, edited } or { deleted }, each with uuid and actionTimetoken; undefined for as published. */
  show(effective) {
    this.#text.textContent = effective?.deleted ? "" : textOf(effective?.edited ? effective.message : this.#message);
    this.#mark.replaceChildren(...markOf(effective));
    this.#mark.hidden = !effective;
  }
}

/** Who edited or deleted a message, and when. */
export function markOf(effective) {
  const kind = effective?.deleted ? "deleted" : "edited";
  const by = effective?.[kind];
  return by ? [kind === "deleted" ? "Deleted by " : " Edited by ", element("bdi", {}, by.uuid), " ", moment(by.actionTimetoken)] : [];
}
