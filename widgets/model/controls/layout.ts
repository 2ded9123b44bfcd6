/** Where a widget is and how large: attributes of CSS. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { BORDER, Bordered } from "../behaviour/bordered.js";
import { of } from "../core/attributes.js";
import { nullable, oneOf, text } from "../core/kinds.js";
import type { Options } from "../core/options.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { MODULES } from "./modules.js";

const LAYOUT_MODEL = spec("Layout", MODULES.base, "LayoutModel", MODULES.base, "LayoutView", {
  align_content: of(
    nullable(
      oneOf(
        "flex-start",
        "flex-end",
        "center",
        "space-between",
        "space-around",
        "space-evenly",
        "stretch",
        "inherit",
        "initial",
        "unset",
      ),
    ),
    null,
  ),
  align_items: of(
    nullable(oneOf("flex-start", "flex-end", "center", "baseline", "stretch", "inherit", "initial", "unset")),
    null,
  ),
  align_self: of(
    nullable(oneOf("auto", "flex-start", "flex-end", "center", "baseline", "stretch", "inherit", "initial", "unset")),
    null,
  ),
  border_bottom: of(nullable(text), null),
  border_left: of(nullable(text), null),
  border_right: of(nullable(text), null),
  border_top: of(nullable(text), null),
  bottom: of(nullable(text), null),
  display: of(nullable(text), null),
  flex: of(nullable(text), null),
  flex_flow: of(nullable(text), null),
  grid_area: of(nullable(text), null),
  grid_auto_columns: of(nullable(text), null),
  grid_auto_flow: of(
    nullable(oneOf("column", "row", "row dense", "column dense", "inherit", "initial", "unset")),
    null,
  ),
  grid_auto_rows: of(nullable(text), null),
  grid_column: of(nullable(text), null),
  grid_gap: of(nullable(text), null),
  grid_row: of(nullable(text), null),
  grid_template_areas: of(nullable(text), null),
  grid_template_columns: of(nullable(text), null),
  grid_template_rows: of(nullable(text), null),
  height: of(nullable(text), null),
  justify_content: of(
    nullable(oneOf("flex-start", "flex-end", "center", "space-between", "space-around", "inherit", "initial", "unset")),
    null,
  ),
  justify_items: of(nullable(oneOf("flex-start", "flex-end", "center", "inherit", "initial", "unset")), null),
  left: of(nullable(text), null),
  margin: of(nullable(text), null),
  max_height: of(nullable(text), null),
  max_width: of(nullable(text), null),
  min_height: of(nullable(text), null),
  min_width: of(nullable(text), null),
  object_fit: of(nullable(oneOf("contain", "cover", "fill", "scale-down", "none")), null),
  object_position: of(nullable(text), null),
  order: of(nullable(text), null),
  overflow: of(nullable(text), null),
  padding: of(nullable(text), null),
  right: of(nullable(text), null),
  top: of(nullable(text), null),
  visibility: of(nullable(oneOf("visible", "hidden", "inherit", "initial", "unset")), null),
  width: of(nullable(text), null),
  ...BORDER,
});

/**
 * Where a widget is and how large, by attributes of CSS; null leaves one to the page.
 *
 *   new IntSlider({ layout: { width: "50%", border: "1px solid grey" } });
 */
export class Layout extends Bordered {
  static {
    Widget.install(Layout, LAYOUT_MODEL);
  }

  constructor(options: Options<Layout> = {}) {
    super(LAYOUT_MODEL, options);
  }

  /** The align-content CSS attribute. Default null. */
  declare align_content:
    | "flex-start"
    | "flex-end"
    | "center"
    | "space-between"
    | "space-around"
    | "space-evenly"
    | "stretch"
    | "inherit"
    | "initial"
    | "unset"
    | null;
  /** The align-items CSS attribute. Default null. */
  declare align_items:
    | "flex-start"
    | "flex-end"
    | "center"
    | "baseline"
    | "stretch"
    | "inherit"
    | "initial"
    | "unset"
    | null;
  /** The align-self CSS attribute. Default null. */
  declare align_self:
    | "auto"
    | "flex-start"
    | "flex-end"
    | "center"
    | "baseline"
    | "stretch"
    | "inherit"
    | "initial"
    | "unset"
    | null;
  /** The border bottom CSS attribute. Default null. */
  declare border_bottom: string | null;
  /** The border left CSS attribute. Default null. */
  declare border_left: string | null;
  /** The border right CSS attribute. Default null. */
  declare border_right: string | null;
  /** The border top CSS attribute. Default null. */
  declare border_top: string | null;
  /** The bottom CSS attribute. Default null. */
  declare bottom: string | null;
  /** The display CSS attribute. Default null. */
  declare display: string | null;
  /** The flex CSS attribute. Default null. */
  declare flex: string | null;
  /** The flex-flow CSS attribute. Default null. */
  declare flex_flow: string | null;
  /** The grid-area CSS attribute. Default null. */
  declare grid_area: string | null;
  /** The grid-auto-columns CSS attribute. Default null. */
  declare grid_auto_columns: string | null;
  /** The grid-auto-flow CSS attribute. Default null. */
  declare grid_auto_flow: "column" | "row" | "row dense" | "column dense" | "inherit" | "initial" | "unset" | null;
  /** The grid-auto-rows CSS attribute. Default null. */
  declare grid_auto_rows: string | null;
  /** The grid-column CSS attribute. Default null. */
  declare grid_column: string | null;
  /** The grid-gap CSS attribute. Default null. */
  declare grid_gap: string | null;
  /** The grid-row CSS attribute. Default null. */
  declare grid_row: string | null;
  /** The grid-template-areas CSS attribute. Default null. */
  declare grid_template_areas: string | null;
  /** The grid-template-columns CSS attribute. Default null. */
  declare grid_template_columns: string | null;
  /** The grid-template-rows CSS attribute. Default null. */
  declare grid_template_rows: string | null;
  /** The height CSS attribute. Default null. */
  declare height: string | null;
  /** The justify-content CSS attribute. Default null. */
  declare justify_content:
    | "flex-start"
    | "flex-end"
    | "center"
    | "space-between"
    | "space-around"
    | "inherit"
    | "initial"
    | "unset"
    | null;
  /** The justify-items CSS attribute. Default null. */
  declare justify_items: "flex-start" | "flex-end" | "center" | "inherit" | "initial" | "unset" | null;
  /** The left CSS attribute. Default null. */
  declare left: string | null;
  /** The margin CSS attribute. Default null. */
  declare margin: string | null;
  /** The max-height CSS attribute. Default null. */
  declare max_height: string | null;
  /** The max-width CSS attribute. Default null. */
  declare max_width: string | null;
  /** The min-height CSS attribute. Default null. */
  declare min_height: string | null;
  /** The min-width CSS attribute. Default null. */
  declare min_width: string | null;
  /** The object-fit CSS attribute. Default null. */
  declare object_fit: "contain" | "cover" | "fill" | "scale-down" | "none" | null;
  /** The object-position CSS attribute. Default null. */
  declare object_position: string | null;
  /** The order CSS attribute. Default null. */
  declare order: string | null;
  /** The overflow CSS attribute. Default null. */
  declare overflow: string | null;
  /** The padding CSS attribute. Default null. */
  declare padding: string | null;
  /** The right CSS attribute. Default null. */
  declare right: string | null;
  /** The top CSS attribute. Default null. */
  declare top: string | null;
  /** The visibility CSS attribute. Default null. */
  declare visibility: "visible" | "hidden" | "inherit" | "initial" | "unset" | null;
  /** The width CSS attribute. Default null. */
  declare width: string | null;
}
