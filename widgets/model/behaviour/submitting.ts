import { DescriptionWidget } from "../controls/dom.js";
import { Listeners } from "../core/listeners.js";
import type { ModelSpec } from "../core/spec.js";

/** A line of text that Enter submits. */
export abstract class Submitting extends DescriptionWidget {
  readonly #submits = new Listeners<[this]>();

  /** @internal */
  constructor(spec: ModelSpec, options: object) {
    super(spec, options);
    this.onMessage(({ event }) => {
      if (event === "submit") this.#submits.tell(this);
    });
  }

  /** Calls `listener` when Enter is pressed in the text. @returns a function that ends it */
  onSubmit(listener: (line: this) => unknown): () => void {
    return this.#submits.add(listener);
  }
}

/** A line of text that nobody reads over a shoulder, nor in a notebook. */
export abstract class Secret extends Submitting {
  protected override shows(name: string): boolean {
    return name !== "value" && super.shows(name);
  }
}
