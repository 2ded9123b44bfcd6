/** Widgets in other widgets. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { Pages, Tabs } from "../behaviour/pages.js";
import { of } from "../core/attributes.js";
import { int, list, nullable, oneOf, reference, text } from "../core/kinds.js";
import type { Options } from "../core/options.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { DOM, DOMWidget } from "./dom.js";
import { MODULES } from "./modules.js";

const BOX_MODEL = spec("Box", MODULES.controls, "BoxModel", MODULES.controls, "BoxView", {
  ...DOM,
  box_style: of(oneOf("success", "info", "warning", "danger", ""), ""),
  children: of(list(reference(() => Widget)), []),
});

/** Widgets as their layout says. */
export class Box extends DOMWidget {
  static {
    Widget.install(Box, BOX_MODEL);
  }

  constructor(options: Options<Box> = {}) {
    super(BOX_MODEL, options);
  }

  /** Use a predefined styling for the box. Default "". */
  declare box_style: "success" | "info" | "warning" | "danger" | "";
  /** List of widget children. Default []. */
  declare children: readonly Widget[];
}

const HBOX_MODEL = spec("HBox", MODULES.controls, "HBoxModel", MODULES.controls, "HBoxView", {
  ...DOM,
  box_style: of(oneOf("success", "info", "warning", "danger", ""), ""),
  children: of(list(reference(() => Widget)), []),
});

/**
 * Widgets side by side.
 *
 *   new HBox({ children: [slider, button] });
 */
export class HBox extends DOMWidget {
  static {
    Widget.install(HBox, HBOX_MODEL);
  }

  constructor(options: Options<HBox> = {}) {
    super(HBOX_MODEL, options);
  }

  /** Use a predefined styling for the box. Default "". */
  declare box_style: "success" | "info" | "warning" | "danger" | "";
  /** List of widget children. Default []. */
  declare children: readonly Widget[];
}

const VBOX_MODEL = spec("VBox", MODULES.controls, "VBoxModel", MODULES.controls, "VBoxView", {
  ...DOM,
  box_style: of(oneOf("success", "info", "warning", "danger", ""), ""),
  children: of(list(reference(() => Widget)), []),
});

/**
 * Widgets below each other.
 *
 *   new VBox({ children: [slider, button] });
 */
export class VBox extends DOMWidget {
  static {
    Widget.install(VBox, VBOX_MODEL);
  }

  constructor(options: Options<VBox> = {}) {
    super(VBOX_MODEL, options);
  }

  /** Use a predefined styling for the box. Default "". */
  declare box_style: "success" | "info" | "warning" | "danger" | "";
  /** List of widget children. Default []. */
  declare children: readonly Widget[];
}

const GRID_BOX_MODEL = spec("GridBox", MODULES.controls, "GridBoxModel", MODULES.controls, "GridBoxView", {
  ...DOM,
  box_style: of(oneOf("success", "info", "warning", "danger", ""), ""),
  children: of(list(reference(() => Widget)), []),
});

/**
 * Widgets in rows and columns.
 *
 *   new GridBox({ children, layout: { grid_template_columns: "1fr 1fr" } });
 */
export class GridBox extends DOMWidget {
  static {
    Widget.install(GridBox, GRID_BOX_MODEL);
  }

  constructor(options: Options<GridBox> = {}) {
    super(GRID_BOX_MODEL, options);
  }

  /** Use a predefined styling for the box. Default "". */
  declare box_style: "success" | "info" | "warning" | "danger" | "";
  /** List of widget children. Default []. */
  declare children: readonly Widget[];
}

const ACCORDION_MODEL = spec("Accordion", MODULES.controls, "AccordionModel", MODULES.controls, "AccordionView", {
  ...DOM,
  box_style: of(oneOf("success", "info", "warning", "danger", ""), ""),
  children: of(list(reference(() => Widget)), []),
  selected_index: of(nullable(int), null),
  titles: of(list(text), []),
});

/** Widgets behind titles that open. */
export class Accordion extends Pages {
  static {
    Widget.install(Accordion, ACCORDION_MODEL);
  }

  constructor(options: Options<Accordion> = {}) {
    super(ACCORDION_MODEL, options);
  }

  /** Use a predefined styling for the box. Default "". */
  declare box_style: "success" | "info" | "warning" | "danger" | "";
  /** List of widget children. Default []. */
  declare children: readonly Widget[];
  /** The index of the selected page. This is either an integer selecting a particular sub-widget, or None to have no widgets selected. Default null. */
  declare selected_index: number | null;
  /** Titles of the pages. Default []. */
  declare titles: readonly string[];
}

const TAB_MODEL = spec("Tab", MODULES.controls, "TabModel", MODULES.controls, "TabView", {
  ...DOM,
  box_style: of(oneOf("success", "info", "warning", "danger", ""), ""),
  children: of(list(reference(() => Widget)), []),
  selected_index: of(nullable(int), null),
  titles: of(list(text), []),
});

/**
 * Widgets behind tabs.
 *
 *   new Tab({ children: [view, table], titles: ["picture", "numbers"] });
 */
export class Tab extends Tabs {
  static {
    Widget.install(Tab, TAB_MODEL);
  }

  constructor(options: Options<Tab> = {}) {
    super(TAB_MODEL, options);
  }

  /** Use a predefined styling for the box. Default "". */
  declare box_style: "success" | "info" | "warning" | "danger" | "";
  /** List of widget children. Default []. */
  declare children: readonly Widget[];
  /** The index of the selected page. This is either an integer selecting a particular sub-widget, or None to have no widgets selected. Default null. */
  declare selected_index: number | null;
  /** Titles of the pages. Default []. */
  declare titles: readonly string[];
}

const STACK_MODEL = spec("Stack", MODULES.controls, "StackModel", MODULES.controls, "StackView", {
  ...DOM,
  box_style: of(oneOf("success", "info", "warning", "danger", ""), ""),
  children: of(list(reference(() => Widget)), []),
  selected_index: of(nullable(int), null),
  titles: of(list(text), []),
});

/** Widgets of which only the selected one is shown. */
export class Stack extends Pages {
  static {
    Widget.install(Stack, STACK_MODEL);
  }

  constructor(options: Options<Stack> = {}) {
    super(STACK_MODEL, options);
  }

  /** Use a predefined styling for the box. Default "". */
  declare box_style: "success" | "info" | "warning" | "danger" | "";
  /** List of widget children. Default []. */
  declare children: readonly Widget[];
  /** The index of the selected page. This is either an integer selecting a particular sub-widget, or None to have no widgets selected. Default null. */
  declare selected_index: number | null;
  /** Titles of the pages. Default []. */
  declare titles: readonly string[];
}
