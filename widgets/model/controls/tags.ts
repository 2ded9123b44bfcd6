/** Lists of short values. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { colour } from "../behaviour/colour.js";
import { Tags } from "../behaviour/tags.js";
import { of, own } from "../core/attributes.js";
import { bool, float, int, list, nullable, oneOf, part, text } from "../core/kinds.js";
import type { Options } from "../core/options.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { DESCRIBED } from "./dom.js";
import { MODULES } from "./modules.js";
import { DescriptionStyle } from "./styles.js";

const TAGS_INPUT_MODEL = spec("TagsInput", MODULES.controls, "TagsInputModel", MODULES.controls, "TagsInputView", {
  ...DESCRIBED,
  allow_duplicates: of(bool, true),
  allowed_tags: of(list(text), []),
  placeholder: of(text, "\u200b"),
  style: own(part(() => DescriptionStyle)),
  tag_style: of(oneOf("primary", "success", "info", "warning", "danger", ""), ""),
  value: of(list(text), []),
});

/** A list of words. */
export class TagsInput extends Tags {
  static {
    Widget.install(TagsInput, TAGS_INPUT_MODEL);
  }

  constructor(options: Options<TagsInput> = {}) {
    super(TAGS_INPUT_MODEL, options);
  }

  /** Whether a tag may be there twice. Default true. */
  declare allow_duplicates: boolean;
  /** The only tags that are allowed; an empty list allows all. Default []. */
  declare allowed_tags: readonly string[];
  /** Text to display when there is no tag. Default: none. */
  declare placeholder: string;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** Use a predefined styling for the tags. Default "". */
  declare tag_style: "primary" | "success" | "info" | "warning" | "danger" | "";
  /** List of string tags. Default []. */
  declare value: readonly string[];
}

const COLORS_INPUT_MODEL = spec(
  "ColorsInput",
  MODULES.controls,
  "ColorsInputModel",
  MODULES.controls,
  "ColorsInputView",
  {
    ...DESCRIBED,
    allow_duplicates: of(bool, true),
    allowed_tags: of(list(colour), []),
    placeholder: of(text, "\u200b"),
    style: own(part(() => DescriptionStyle)),
    value: of(list(colour), []),
  },
);

/** A list of colours. */
export class ColorsInput extends Tags {
  static {
    Widget.install(ColorsInput, COLORS_INPUT_MODEL);
  }

  constructor(options: Options<ColorsInput> = {}) {
    super(COLORS_INPUT_MODEL, options);
  }

  /** Whether a tag may be there twice. Default true. */
  declare allow_duplicates: boolean;
  /** The only tags that are allowed; an empty list allows all. Default []. */
  declare allowed_tags: readonly string[];
  /** Text to display when there is no tag. Default: none. */
  declare placeholder: string;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** List of string tags. Default []. */
  declare value: readonly string[];
}

const INTS_INPUT_MODEL = spec("IntsInput", MODULES.controls, "IntsInputModel", MODULES.controls, "IntsInputView", {
  ...DESCRIBED,
  allow_duplicates: of(bool, true),
  allowed_tags: of(list(int), []),
  format: of(text, "d"),
  max: of(nullable(int), null),
  min: of(nullable(int), null),
  placeholder: of(text, "\u200b"),
  style: own(part(() => DescriptionStyle)),
  tag_style: of(oneOf("primary", "success", "info", "warning", "danger", ""), ""),
  value: of(list(int), []),
});

/** A list of whole numbers. */
export class IntsInput extends Tags {
  static {
    Widget.install(IntsInput, INTS_INPUT_MODEL);
  }

  constructor(options: Options<IntsInput> = {}) {
    super(INTS_INPUT_MODEL, options);
  }

  /** Whether a tag may be there twice. Default true. */
  declare allow_duplicates: boolean;
  /** The only tags that are allowed; an empty list allows all. Default []. */
  declare allowed_tags: readonly number[];
  /** Format for the numbers, as d3-format writes it. Default "d". */
  declare format: string;
  /** The highest value; null: there is none. Default null. */
  declare max: number | null;
  /** The lowest value; null: there is none. Default null. */
  declare min: number | null;
  /** Text to display when there is no tag. Default: none. */
  declare placeholder: string;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** Use a predefined styling for the tags. Default "". */
  declare tag_style: "primary" | "success" | "info" | "warning" | "danger" | "";
  /** List of int tags. Default []. */
  declare value: readonly number[];
}

const FLOATS_INPUT_MODEL = spec(
  "FloatsInput",
  MODULES.controls,
  "FloatsInputModel",
  MODULES.controls,
  "FloatsInputView",
  {
    ...DESCRIBED,
    allow_duplicates: of(bool, true),
    allowed_tags: of(list(float), []),
    format: of(text, ".1f"),
    max: of(nullable(float), null),
    min: of(nullable(float), null),
    placeholder: of(text, "\u200b"),
    style: own(part(() => DescriptionStyle)),
    tag_style: of(oneOf("primary", "success", "info", "warning", "danger", ""), ""),
    value: of(list(float), []),
  },
);

/** A list of numbers. */
export class FloatsInput extends Tags {
  static {
    Widget.install(FloatsInput, FLOATS_INPUT_MODEL);
  }

  constructor(options: Options<FloatsInput> = {}) {
    super(FLOATS_INPUT_MODEL, options);
  }

  /** Whether a tag may be there twice. Default true. */
  declare allow_duplicates: boolean;
  /** The only tags that are allowed; an empty list allows all. Default []. */
  declare allowed_tags: readonly number[];
  /** Format for the numbers, as d3-format writes it. Default ".1f". */
  declare format: string;
  /** The highest value; null: there is none. Default null. */
  declare max: number | null;
  /** The lowest value; null: there is none. Default null. */
  declare min: number | null;
  /** Text to display when there is no tag. Default: none. */
  declare placeholder: string;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** Use a predefined styling for the tags. Default "". */
  declare tag_style: "primary" | "success" | "info" | "warning" | "danger" | "";
  /** List of float tags. Default []. */
  declare value: readonly number[];
}
