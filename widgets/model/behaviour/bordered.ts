import { local, type Values } from "../core/attributes.js";
import { nullable, text } from "../core/kinds.js";
import { Widget } from "../core/widget.js";

const SIDES = ["border_top", "border_right", "border_bottom", "border_left"] as const;

/** The attribute `border`, which no page knows: it stands for the four sides. */
export const BORDER = { border: local(nullable(text), null) };

/** A layout, whose four borders can be set as one. */
export abstract class Bordered extends Widget {
  /** All four borders at once, such as "1px solid grey"; null where they differ. Default null. */
  declare border: string | null;

  protected override settle(next: Values, changed: ReadonlySet<string>): void {
    if (changed.has("border")) for (const side of SIDES) if (!changed.has(side)) next[side] = next.border;
    next.border = SIDES.every((side) => next[side] === next.border_top) ? next.border_top : null;
  }
}
