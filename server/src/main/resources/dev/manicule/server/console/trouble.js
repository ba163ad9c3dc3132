// The line that says what went wrong.
import { byId } from "./page.js";

const SECONDS = 10;

export class Trouble {
  #place = byId("trouble");
  #words = byId("trouble-words");
  #again = byId("trouble-again");
  #timer = null;
  /** What goes on: { words, again }; null when nothing does. */
  #lasting = null;

  constructor() {
    this.#again.addEventListener("click", () => this.#lasting?.again());
    byId("trouble-close").addEventListener("click", () => {
      this.#lasting = null;
      this.#show(null);
    });
  }

  /** Says something for a while. Takes an error, or words. */
  say(error) {
    this.#show({ words: error.message ?? error });
    this.#timer = setTimeout(() => this.#show(this.#lasting), SECONDS * 1000);
  }

  /** Says something until it is over, with a button when there is something to do again. */
  begin(words, again) {
    this.#lasting = { words, again };
    this.#show(this.#lasting);
  }

  /** What went on is over. */
  end() {
    this.#lasting = null;
    if (this.#timer === null) {
      this.#show(null);
    }
  }

  #show(shown) {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#place.hidden = shown === null;
    this.#words.textContent = shown?.words ?? "";
    this.#again.hidden = !shown?.again;
  }
}
