/** What widgets in the page have in common. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { ElementWidget } from "../behaviour/element.js";
import { of, own } from "../core/attributes.js";
import { bool, list, nullable, part, text } from "../core/kinds.js";
import { Layout } from "./layout.js";

/** Attributes of all widgets with an element in the page. */
export const DOM = {
  _dom_classes: of(list(text), [], { page: false }),
  layout: own(part(() => Layout)),
  tabbable: of(nullable(bool), null),
  tooltip: of(nullable(text), null),
};

/** Attributes of all widgets with a description beside them. */
export const DESCRIBED = { ...DOM, description: of(text, ""), description_allow_html: of(bool, false) };

/** A widget with an element in the page. */
export abstract class DOMWidget extends ElementWidget {
  /** Where the widget is and how large. May be given as a plain object of its options. Default: one of its own. */
  declare layout: Layout;
  /** Is widget tabbable? Default null. */
  declare tabbable: boolean | null;
  /** A tooltip caption. Default null. */
  declare tooltip: string | null;
}

/** A widget with a description beside it. */
export abstract class DescriptionWidget extends DOMWidget {
  /** Description of the control. Default "". */
  declare description: string;
  /** Accept HTML in the description. Default false. */
  declare description_allow_html: boolean;
}
