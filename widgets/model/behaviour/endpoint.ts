import { anything, type Kind } from "../core/kinds.js";
import { isWidget } from "../core/references.js";
import { Widget } from "../core/widget.js";

/** One end of a link in the page: a widget and the name of its attribute; a link that links nothing has empty ends. */
export type Endpoint = readonly [widget: Widget, name: string] | readonly [];

/** Ends of links. The attribute must be one that travels: the value of a dropdown does not, its index does. */
export const endpoint: Kind<Endpoint> = {
  allowed: "[widget, name of an attribute that the page knows]",
  take: (given) => {
    if (!Array.isArray(given)) return undefined;
    const [widget, name] = given as unknown[];
    if (given.length === 0) return Object.freeze([]);
    if (given.length !== 2 || !isWidget(widget) || !(widget instanceof Widget) || typeof name !== "string")
      return undefined;
    return widget.hasAttribute(name, true) ? Object.freeze([widget, name] as const) : undefined;
  },
  encode: (end) => anything.encode!(end),
  decode: (wire) => endpoint.take(anything.decode!(wire)),
};
