/** Widgets of which one at a time is seen. */
import { InvalidArgument } from "../../../src/core/errors.js";
import { DOMWidget } from "../controls/dom.js";
import type { Values } from "../core/attributes.js";

/** Children behind titles: as many titles as children, and a selected one that exists. */
export abstract class Pages extends DOMWidget {
  protected override settle(next: Values, changed: ReadonlySet<string>, _before?: Readonly<Values>): void {
    const { length } = next.children as readonly unknown[];
    const titles = next.titles as readonly string[];
    next.titles = Array.from({ length }, (_, k) => titles[k] ?? "");
    const selected = next.selected_index as number | null;
    if (selected === null || (selected >= 0 && selected < length)) return;
    if (changed.has("selected_index"))
      throw new InvalidArgument(
        `${this.constructor.name}: selected_index is ${selected}; there are ${length} children, counted from 0`,
      );
    next.selected_index = this.instead(length);
  }

  /** @internal What is selected when the selected child is no more. */
  protected instead(_length: number): number | null {
    return null;
  }
}

/** Pages of which one is always selected, if there are any. */
export abstract class Tabs extends Pages {
  protected override settle(next: Values, changed: ReadonlySet<string>, before?: Readonly<Values>): void {
    super.settle(next, changed, before);
    const { length } = next.children as readonly unknown[];
    // New children select one; that none is selected can still be asked for.
    if (changed.has("children") && !changed.has("selected_index") && next.selected_index === null && length > 0)
      next.selected_index = 0;
  }

  protected override instead(length: number): number | null {
    return length > 0 ? length - 1 : null;
  }
}
