/** Numbers by dragging. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { Bounded, BoundedLog, BoundedRange } from "../behaviour/bounds.js";
import { of, own } from "../core/attributes.js";
import { bool, float, int, nullable, oneOf, pair, part, text } from "../core/kinds.js";
import type { Options } from "../core/options.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { DESCRIBED } from "./dom.js";
import { MODULES } from "./modules.js";
import { SliderStyle } from "./styles.js";

const INT_SLIDER_MODEL = spec("IntSlider", MODULES.controls, "IntSliderModel", MODULES.controls, "IntSliderView", {
  ...DESCRIBED,
  behavior: of(oneOf("drag-tap", "drag-snap", "tap", "drag", "snap"), "drag-tap"),
  continuous_update: of(bool, true),
  disabled: of(bool, false),
  max: of(int, 100),
  min: of(int, 0),
  orientation: of(oneOf("horizontal", "vertical"), "horizontal"),
  readout: of(bool, true),
  readout_format: of(text, "d"),
  step: of(int, 1),
  style: own(part(() => SliderStyle)),
  value: of(int, 0),
});

/**
 * A slider for a whole number. A value beyond `min` or `max` is brought to the nearest.
 *
 *   const radius = new IntSlider({ value: 2, min: 1, max: 12, description: "radius" });
 */
export class IntSlider extends Bounded {
  static {
    Widget.install(IntSlider, INT_SLIDER_MODEL);
  }

  constructor(options: Options<IntSlider> = {}) {
    super(INT_SLIDER_MODEL, options);
  }

  /** Slider dragging behavior. Default "drag-tap". */
  declare behavior: "drag-tap" | "drag-snap" | "tap" | "drag" | "snap";
  /** Update the value of the widget as the user is holding the slider. Default true. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Max value. Default 100. */
  declare max: number;
  /** Min value. Default 0. */
  declare min: number;
  /** Vertical or horizontal. Default "horizontal". */
  declare orientation: "horizontal" | "vertical";
  /** Display the current value of the slider next to it. Default true. */
  declare readout: boolean;
  /** Format for the readout. Default "d". */
  declare readout_format: string;
  /** Minimum step to increment the value. Default 1. */
  declare step: number;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: SliderStyle;
  /** Int value. Default 0. */
  declare value: number;
}

const FLOAT_SLIDER_MODEL = spec(
  "FloatSlider",
  MODULES.controls,
  "FloatSliderModel",
  MODULES.controls,
  "FloatSliderView",
  {
    ...DESCRIBED,
    behavior: of(oneOf("drag-tap", "drag-snap", "tap", "drag", "snap"), "drag-tap"),
    continuous_update: of(bool, true),
    disabled: of(bool, false),
    max: of(float, 100),
    min: of(float, 0),
    orientation: of(oneOf("horizontal", "vertical"), "horizontal"),
    readout: of(bool, true),
    readout_format: of(text, ".2f"),
    step: of(nullable(float), 0.1),
    style: own(part(() => SliderStyle)),
    value: of(float, 0),
  },
);

/**
 * A slider for a number. A value beyond `min` or `max` is brought to the nearest.
 *
 *   const sigma = new FloatSlider({ value: 1, max: 4, step: 0.05, description: "sigma" });
 */
export class FloatSlider extends Bounded {
  static {
    Widget.install(FloatSlider, FLOAT_SLIDER_MODEL);
  }

  constructor(options: Options<FloatSlider> = {}) {
    super(FLOAT_SLIDER_MODEL, options);
  }

  /** Slider dragging behavior. Default "drag-tap". */
  declare behavior: "drag-tap" | "drag-snap" | "tap" | "drag" | "snap";
  /** Update the value of the widget as the user is holding the slider. Default true. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Max value. Default 100. */
  declare max: number;
  /** Min value. Default 0. */
  declare min: number;
  /** Vertical or horizontal. Default "horizontal". */
  declare orientation: "horizontal" | "vertical";
  /** Display the current value of the slider next to it. Default true. */
  declare readout: boolean;
  /** Format for the readout. Default ".2f". */
  declare readout_format: string;
  /** Minimum step to increment the value. Default 0.1. */
  declare step: number | null;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: SliderStyle;
  /** Float value. Default 0. */
  declare value: number;
}

const FLOAT_LOG_SLIDER_MODEL = spec(
  "FloatLogSlider",
  MODULES.controls,
  "FloatLogSliderModel",
  MODULES.controls,
  "FloatLogSliderView",
  {
    ...DESCRIBED,
    base: of(float, 10),
    behavior: of(oneOf("drag-tap", "drag-snap", "tap", "drag", "snap"), "drag-tap"),
    continuous_update: of(bool, true),
    disabled: of(bool, false),
    max: of(float, 4),
    min: of(float, 0),
    orientation: of(oneOf("horizontal", "vertical"), "horizontal"),
    readout: of(bool, true),
    readout_format: of(text, ".3g"),
    step: of(nullable(float), 0.1),
    style: own(part(() => SliderStyle)),
    value: of(float, 1),
  },
);

/**
 * A slider for a number of any order of magnitude: `min` and `max` are exponents of `base`.
 *
 *   const rate = new FloatLogSlider({ value: 0.01, min: -4, max: 0 });
 */
export class FloatLogSlider extends BoundedLog {
  static {
    Widget.install(FloatLogSlider, FLOAT_LOG_SLIDER_MODEL);
  }

  constructor(options: Options<FloatLogSlider> = {}) {
    super(FLOAT_LOG_SLIDER_MODEL, options);
  }

  /** Base for the logarithm. Default 10. */
  declare base: number;
  /** Slider dragging behavior. Default "drag-tap". */
  declare behavior: "drag-tap" | "drag-snap" | "tap" | "drag" | "snap";
  /** Update the value of the widget as the user is holding the slider. Default true. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Max value for the exponent. Default 4. */
  declare max: number;
  /** Min value for the exponent. Default 0. */
  declare min: number;
  /** Vertical or horizontal. Default "horizontal". */
  declare orientation: "horizontal" | "vertical";
  /** Display the current value of the slider next to it. Default true. */
  declare readout: boolean;
  /** Format for the readout. Default ".3g". */
  declare readout_format: string;
  /** Minimum step in the exponent to increment the value. Default 0.1. */
  declare step: number | null;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: SliderStyle;
  /** Float value. Default 1. */
  declare value: number;
}

const INT_RANGE_SLIDER_MODEL = spec(
  "IntRangeSlider",
  MODULES.controls,
  "IntRangeSliderModel",
  MODULES.controls,
  "IntRangeSliderView",
  {
    ...DESCRIBED,
    behavior: of(oneOf("drag-tap", "drag-snap", "tap", "drag", "snap"), "drag-tap"),
    continuous_update: of(bool, true),
    disabled: of(bool, false),
    max: of(int, 100),
    min: of(int, 0),
    orientation: of(oneOf("horizontal", "vertical"), "horizontal"),
    readout: of(bool, true),
    readout_format: of(text, "d"),
    step: of(int, 1),
    style: own(part(() => SliderStyle)),
    value: of(pair(int), [0, 1]),
  },
);

/**
 * A slider with two handles, for a lower and an upper whole number.
 *
 *   const window = new IntRangeSlider({ value: [120, 180], max: 255 });
 */
export class IntRangeSlider extends BoundedRange {
  static {
    Widget.install(IntRangeSlider, INT_RANGE_SLIDER_MODEL);
  }

  constructor(options: Options<IntRangeSlider> = {}) {
    super(INT_RANGE_SLIDER_MODEL, options);
  }

  /** Slider dragging behavior. Default "drag-tap". */
  declare behavior: "drag-tap" | "drag-snap" | "tap" | "drag" | "snap";
  /** Update the value of the widget as the user is sliding the slider. Default true. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Max value. Default 100. */
  declare max: number;
  /** Min value. Default 0. */
  declare min: number;
  /** Vertical or horizontal. Default "horizontal". */
  declare orientation: "horizontal" | "vertical";
  /** Display the current value of the slider next to it. Default true. */
  declare readout: boolean;
  /** Format for the readout. Default "d". */
  declare readout_format: string;
  /** Minimum step that the value can take. Default 1. */
  declare step: number;
  /** Slider style customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: SliderStyle;
  /** Tuple of (lower, upper) bounds. Default [0,1]. */
  declare value: readonly [lower: number, upper: number];
}

const FLOAT_RANGE_SLIDER_MODEL = spec(
  "FloatRangeSlider",
  MODULES.controls,
  "FloatRangeSliderModel",
  MODULES.controls,
  "FloatRangeSliderView",
  {
    ...DESCRIBED,
    behavior: of(oneOf("drag-tap", "drag-snap", "tap", "drag", "snap"), "drag-tap"),
    continuous_update: of(bool, true),
    disabled: of(bool, false),
    max: of(float, 100),
    min: of(float, 0),
    orientation: of(oneOf("horizontal", "vertical"), "horizontal"),
    readout: of(bool, true),
    readout_format: of(text, ".2f"),
    step: of(nullable(float), 0.1),
    style: own(part(() => SliderStyle)),
    value: of(pair(float), [0, 1]),
  },
);

/**
 * A slider with two handles, for a lower and an upper number.
 *
 *   const range = new FloatRangeSlider({ value: [0.2, 0.8], max: 1, step: 0.01 });
 */
export class FloatRangeSlider extends BoundedRange {
  static {
    Widget.install(FloatRangeSlider, FLOAT_RANGE_SLIDER_MODEL);
  }

  constructor(options: Options<FloatRangeSlider> = {}) {
    super(FLOAT_RANGE_SLIDER_MODEL, options);
  }

  /** Slider dragging behavior. Default "drag-tap". */
  declare behavior: "drag-tap" | "drag-snap" | "tap" | "drag" | "snap";
  /** Update the value of the widget as the user is sliding the slider. Default true. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Max value. Default 100. */
  declare max: number;
  /** Min value. Default 0. */
  declare min: number;
  /** Vertical or horizontal. Default "horizontal". */
  declare orientation: "horizontal" | "vertical";
  /** Display the current value of the slider next to it. Default true. */
  declare readout: boolean;
  /** Format for the readout. Default ".2f". */
  declare readout_format: string;
  /** Minimum step to increment the value. Default 0.1. */
  declare step: number | null;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: SliderStyle;
  /** Tuple of (lower, upper) bounds. Default [0,1]. */
  declare value: readonly [lower: number, upper: number];
}
