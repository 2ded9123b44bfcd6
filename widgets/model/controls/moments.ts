/** Dates and times. An instant is a Date; a day or a time of day without a time zone is text, as in ISO 8601. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { BoundedMoment } from "../behaviour/bounds.js";
import { of, own } from "../core/attributes.js";
import { date, datetime, naiveDatetime, time } from "../core/dates.js";
import { bool, either, float, int, nullable, oneOf, part } from "../core/kinds.js";
import type { Options } from "../core/options.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { DESCRIBED } from "./dom.js";
import { MODULES } from "./modules.js";
import { DescriptionStyle } from "./styles.js";

const DATE_PICKER_MODEL = spec("DatePicker", MODULES.controls, "DatePickerModel", MODULES.controls, "DatePickerView", {
  ...DESCRIBED,
  disabled: of(bool, false),
  max: of(nullable(date), null),
  min: of(nullable(date), null),
  step: of(either(int, oneOf("any")), 1),
  style: own(part(() => DescriptionStyle)),
  value: of(nullable(date), null),
});

/**
 * A field for a day.
 *
 *   new DatePicker({ value: "2026-09-30" });
 */
export class DatePicker extends BoundedMoment {
  static {
    Widget.install(DatePicker, DATE_PICKER_MODEL);
  }

  constructor(options: Options<DatePicker> = {}) {
    super(DATE_PICKER_MODEL, options);
  }

  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** The highest value; null: there is none. Default null. */
  declare max: string | null;
  /** The lowest value; null: there is none. Default null. */
  declare min: string | null;
  /** The date step to use for the picker, in days, or "any". Default 1. */
  declare step: number | "any";
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** The value. Default null. */
  declare value: string | null;
}

const TIME_PICKER_MODEL = spec("TimePicker", MODULES.controls, "TimeModel", MODULES.controls, "TimeView", {
  ...DESCRIBED,
  disabled: of(bool, false),
  max: of(nullable(time), null),
  min: of(nullable(time), null),
  step: of(either(float, oneOf("any")), 60),
  style: own(part(() => DescriptionStyle)),
  value: of(nullable(time), null),
});

/** A field for a time of day. */
export class TimePicker extends BoundedMoment {
  static {
    Widget.install(TimePicker, TIME_PICKER_MODEL);
  }

  constructor(options: Options<TimePicker> = {}) {
    super(TIME_PICKER_MODEL, options);
  }

  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** The highest value; null: there is none. Default null. */
  declare max: string | null;
  /** The lowest value; null: there is none. Default null. */
  declare min: string | null;
  /** The time step to use for the picker, in seconds, or "any". Default 60. */
  declare step: number | "any";
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** The value. Default null. */
  declare value: string | null;
}

const DATETIME_PICKER_MODEL = spec(
  "DatetimePicker",
  MODULES.controls,
  "DatetimeModel",
  MODULES.controls,
  "DatetimeView",
  {
    ...DESCRIBED,
    disabled: of(bool, false),
    max: of(nullable(datetime), null),
    min: of(nullable(datetime), null),
    style: own(part(() => DescriptionStyle)),
    value: of(nullable(datetime), null),
  },
);

/** A field for an instant, which the page shows in the reader's time zone. */
export class DatetimePicker extends BoundedMoment {
  static {
    Widget.install(DatetimePicker, DATETIME_PICKER_MODEL);
  }

  constructor(options: Options<DatetimePicker> = {}) {
    super(DATETIME_PICKER_MODEL, options);
  }

  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** The highest value; null: there is none. Default null. */
  declare max: Date | null;
  /** The lowest value; null: there is none. Default null. */
  declare min: Date | null;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** The value. Default null. */
  declare value: Date | null;
}

const NAIVE_DATETIME_PICKER_MODEL = spec(
  "NaiveDatetimePicker",
  MODULES.controls,
  "NaiveDatetimeModel",
  MODULES.controls,
  "DatetimeView",
  {
    ...DESCRIBED,
    disabled: of(bool, false),
    max: of(nullable(naiveDatetime), null),
    min: of(nullable(naiveDatetime), null),
    style: own(part(() => DescriptionStyle)),
    value: of(nullable(naiveDatetime), null),
  },
);

/** A field for a day and a time of day, in no time zone. */
export class NaiveDatetimePicker extends BoundedMoment {
  static {
    Widget.install(NaiveDatetimePicker, NAIVE_DATETIME_PICKER_MODEL);
  }

  constructor(options: Options<NaiveDatetimePicker> = {}) {
    super(NAIVE_DATETIME_PICKER_MODEL, options);
  }

  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** The highest value; null: there is none. Default null. */
  declare max: string | null;
  /** The lowest value; null: there is none. Default null. */
  declare min: string | null;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** The value. Default null. */
  declare value: string | null;
}
