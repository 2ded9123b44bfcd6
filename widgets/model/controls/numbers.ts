/** Numbers by typing, playing, and shown as a bar. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { Bounded } from "../behaviour/bounds.js";
import { of, own } from "../core/attributes.js";
import { bool, float, int, nullable, oneOf, part } from "../core/kinds.js";
import type { Options } from "../core/options.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { DESCRIBED, DescriptionWidget } from "./dom.js";
import { MODULES } from "./modules.js";
import { DescriptionStyle, ProgressStyle } from "./styles.js";

const INT_TEXT_MODEL = spec("IntText", MODULES.controls, "IntTextModel", MODULES.controls, "IntTextView", {
  ...DESCRIBED,
  continuous_update: of(bool, false),
  disabled: of(bool, false),
  step: of(int, 1),
  style: own(part(() => DescriptionStyle)),
  value: of(int, 0),
});

/** A field for any whole number. */
export class IntText extends DescriptionWidget {
  static {
    Widget.install(IntText, INT_TEXT_MODEL);
  }

  constructor(options: Options<IntText> = {}) {
    super(INT_TEXT_MODEL, options);
  }

  /** Update the value as the user types. If False, update on submission, e.g., pressing Enter or navigating away. Default false. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Minimum step to increment the value. Default 1. */
  declare step: number;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** Int value. Default 0. */
  declare value: number;
}

const FLOAT_TEXT_MODEL = spec("FloatText", MODULES.controls, "FloatTextModel", MODULES.controls, "FloatTextView", {
  ...DESCRIBED,
  continuous_update: of(bool, false),
  disabled: of(bool, false),
  step: of(nullable(float), null),
  style: own(part(() => DescriptionStyle)),
  value: of(float, 0),
});

/** A field for any number. */
export class FloatText extends DescriptionWidget {
  static {
    Widget.install(FloatText, FLOAT_TEXT_MODEL);
  }

  constructor(options: Options<FloatText> = {}) {
    super(FLOAT_TEXT_MODEL, options);
  }

  /** Update the value as the user types. If False, update on submission, e.g., pressing Enter or navigating away. Default false. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Minimum step to increment the value. Default null. */
  declare step: number | null;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** Float value. Default 0. */
  declare value: number;
}

const BOUNDED_INT_TEXT_MODEL = spec(
  "BoundedIntText",
  MODULES.controls,
  "BoundedIntTextModel",
  MODULES.controls,
  "IntTextView",
  {
    ...DESCRIBED,
    continuous_update: of(bool, false),
    disabled: of(bool, false),
    max: of(int, 100),
    min: of(int, 0),
    step: of(int, 1),
    style: own(part(() => DescriptionStyle)),
    value: of(int, 0),
  },
);

/** A field for a whole number between `min` and `max`. */
export class BoundedIntText extends Bounded {
  static {
    Widget.install(BoundedIntText, BOUNDED_INT_TEXT_MODEL);
  }

  constructor(options: Options<BoundedIntText> = {}) {
    super(BOUNDED_INT_TEXT_MODEL, options);
  }

  /** Update the value as the user types. If False, update on submission, e.g., pressing Enter or navigating away. Default false. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Max value. Default 100. */
  declare max: number;
  /** Min value. Default 0. */
  declare min: number;
  /** Minimum step to increment the value. Default 1. */
  declare step: number;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** Int value. Default 0. */
  declare value: number;
}

const BOUNDED_FLOAT_TEXT_MODEL = spec(
  "BoundedFloatText",
  MODULES.controls,
  "BoundedFloatTextModel",
  MODULES.controls,
  "FloatTextView",
  {
    ...DESCRIBED,
    continuous_update: of(bool, false),
    disabled: of(bool, false),
    max: of(float, 100),
    min: of(float, 0),
    step: of(nullable(float), null),
    style: own(part(() => DescriptionStyle)),
    value: of(float, 0),
  },
);

/** A field for a number between `min` and `max`. */
export class BoundedFloatText extends Bounded {
  static {
    Widget.install(BoundedFloatText, BOUNDED_FLOAT_TEXT_MODEL);
  }

  constructor(options: Options<BoundedFloatText> = {}) {
    super(BOUNDED_FLOAT_TEXT_MODEL, options);
  }

  /** Update the value as the user types. If False, update on submission, e.g., pressing Enter or navigating away. Default false. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Max value. Default 100. */
  declare max: number;
  /** Min value. Default 0. */
  declare min: number;
  /** Minimum step to increment the value. Default null. */
  declare step: number | null;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** Float value. Default 0. */
  declare value: number;
}

const PLAY_MODEL = spec("Play", MODULES.controls, "PlayModel", MODULES.controls, "PlayView", {
  ...DESCRIBED,
  disabled: of(bool, false),
  interval: of(int, 100),
  max: of(int, 100),
  min: of(int, 0),
  playing: of(bool, false),
  repeat: of(bool, false),
  show_repeat: of(bool, true),
  step: of(int, 1),
  style: own(part(() => DescriptionStyle)),
  value: of(int, 0),
});

/**
 * Buttons that count from `min` to `max`, a step each `interval` milliseconds.
 *
 *   jslink(new Play({ max: 50 }), "value", slider, "value");
 */
export class Play extends Bounded {
  static {
    Widget.install(Play, PLAY_MODEL);
  }

  constructor(options: Options<Play> = {}) {
    super(PLAY_MODEL, options);
  }

  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** The time between two animation steps (ms). Default 100. */
  declare interval: number;
  /** Max value. Default 100. */
  declare max: number;
  /** Min value. Default 0. */
  declare min: number;
  /** Whether the control is currently playing. Default false. */
  declare playing: boolean;
  /** Whether the control will repeat in a continuous loop. Default false. */
  declare repeat: boolean;
  /** Show the repeat toggle button in the widget. Default true. */
  declare show_repeat: boolean;
  /** Increment step. Default 1. */
  declare step: number;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** Int value. Default 0. */
  declare value: number;
}

const INT_PROGRESS_MODEL = spec("IntProgress", MODULES.controls, "IntProgressModel", MODULES.controls, "ProgressView", {
  ...DESCRIBED,
  bar_style: of(oneOf("success", "info", "warning", "danger", ""), ""),
  max: of(int, 100),
  min: of(int, 0),
  orientation: of(oneOf("horizontal", "vertical"), "horizontal"),
  style: own(part(() => ProgressStyle)),
  value: of(int, 0),
});

/** A bar for a whole number between `min` and `max`. */
export class IntProgress extends Bounded {
  static {
    Widget.install(IntProgress, INT_PROGRESS_MODEL);
  }

  constructor(options: Options<IntProgress> = {}) {
    super(INT_PROGRESS_MODEL, options);
  }

  /** Use a predefined styling for the progress bar. Default "". */
  declare bar_style: "success" | "info" | "warning" | "danger" | "";
  /** Max value. Default 100. */
  declare max: number;
  /** Min value. Default 0. */
  declare min: number;
  /** Vertical or horizontal. Default "horizontal". */
  declare orientation: "horizontal" | "vertical";
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: ProgressStyle;
  /** Int value. Default 0. */
  declare value: number;
}

const FLOAT_PROGRESS_MODEL = spec(
  "FloatProgress",
  MODULES.controls,
  "FloatProgressModel",
  MODULES.controls,
  "ProgressView",
  {
    ...DESCRIBED,
    bar_style: of(nullable(oneOf("success", "info", "warning", "danger", "")), ""),
    max: of(float, 100),
    min: of(float, 0),
    orientation: of(oneOf("horizontal", "vertical"), "horizontal"),
    style: own(part(() => ProgressStyle)),
    value: of(float, 0),
  },
);

/** A bar for a number between `min` and `max`. */
export class FloatProgress extends Bounded {
  static {
    Widget.install(FloatProgress, FLOAT_PROGRESS_MODEL);
  }

  constructor(options: Options<FloatProgress> = {}) {
    super(FLOAT_PROGRESS_MODEL, options);
  }

  /** Use a predefined styling for the progress bar. Default "". */
  declare bar_style: "success" | "info" | "warning" | "danger" | "" | null;
  /** Max value. Default 100. */
  declare max: number;
  /** Min value. Default 0. */
  declare min: number;
  /** Vertical or horizontal. Default "horizontal". */
  declare orientation: "horizontal" | "vertical";
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: ProgressStyle;
  /** Float value. Default 0. */
  declare value: number;
}
