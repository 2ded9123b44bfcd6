import { Widget } from "../core/widget.js";

/** What every widget with an element in the page can do. */
export abstract class ElementWidget extends Widget {
  /** Adds a CSS class to the widget's element; one that it has stays once. */
  addClass(name: string): this {
    this.put({ _dom_classes: [...new Set([...this.#classes, name])] });
    return this;
  }

  /** Removes a CSS class from the widget's element. */
  removeClass(name: string): this {
    this.put({ _dom_classes: this.#classes.filter((one) => one !== name) });
    return this;
  }

  protected override hasView(): boolean {
    return true;
  }

  get #classes(): readonly string[] {
    return this.currentValues()._dom_classes as readonly string[];
  }
}
