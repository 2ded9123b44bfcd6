import { InvalidArgument } from "../../src/core/errors.js";
import { stacked } from "../draw/pictures.js";
import type { TogetherState } from "../protocol.js";
import { OwnWidget } from "./own-widget.js";
import { type Shown, View } from "./view.js";

/** Pixels between the pictures of views. */
const GAP = 8;

type State = Omit<TogetherState, `_${string}`>;

/** Views in one output; made by {@link together}. */
export class Together extends View<State> {
  readonly #views: readonly View<object>[];

  /** @internal */
  constructor(views: readonly View<object>[]) {
    super(
      new OwnWidget<State>(
        { model: "TogetherModel", view: "TogetherView" },
        { children: views.map(({ widget }) => `IPY_MODEL_${widget.id}`) },
      ),
    );
    this.#views = views;
    for (const { widget } of views) widget.onMessage(({ kind }) => void (kind === "settled" && this.renew()));
  }

  /** @internal */
  async shown(scale = 1): Promise<Shown> {
    const parts: Shown[] = [];
    for (const view of this.#views) parts.push(await view.shown(scale));
    let top = 0;
    const texts = parts.flatMap((part) => {
      const own = (part.texts ?? []).map((text) => ({ ...text, y: text.y + top }));
      top += part.picture.height + GAP;
      return own;
    });
    return {
      picture: stacked(
        parts.map(({ picture }) => picture),
        GAP,
      ),
      texts,
      alt: parts.map(({ alt }) => alt).join(" and "),
      caption: parts.flatMap(({ caption }) => caption),
      rows: parts.find(({ rows }) => rows !== undefined)?.rows,
    };
  }
}

/**
 * Shows views below each other in one output: `together(await slices(scan), await histogramOf(scan))`.
 * @param views one to eight views
 */
export function together(...views: View<object>[]): Together {
  if (views.length < 1 || views.length > 8 || !views.every((view) => view instanceof View))
    throw new InvalidArgument("together takes one to eight views: slices(…), histogramOf(…)");
  return new Together(views);
}
