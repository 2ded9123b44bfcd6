import { DOMWidget } from "../controls/dom.js";
import { Listeners } from "../core/listeners.js";
import type { ModelSpec } from "../core/spec.js";

/** What can be clicked. */
export abstract class Clickable extends DOMWidget {
  readonly #clicks = new Listeners<[this]>();

  /** @internal */
  constructor(spec: ModelSpec, options: object) {
    super(spec, options);
    this.onMessage(({ event }) => {
      if (event === "click") this.#clicks.tell(this);
    });
  }

  /**
   * Calls `listener` at each click. What it prints is shown below the cell that called `onClick`; errors, too.
   *
   *   button.onClick(() => console.log("pressed"));
   *
   * @returns a function that ends it
   */
  onClick(listener: (button: this) => unknown): () => void {
    return this.#clicks.add(listener);
  }

  /** Does what a click in the page does. */
  click(): void {
    this.#clicks.call(this);
  }
}
