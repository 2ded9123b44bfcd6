/** One or several of some options. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import {
  type Choice,
  type Labelled,
  type LabelledMany,
  type Listed,
  type ListedMany,
  MANY,
  ONE,
  OneChoice,
  OneOfSome,
  RangeOfSome,
  SomeChoices,
} from "../behaviour/choice.js";
import { of, own } from "../core/attributes.js";
import { bool, int, list, nullable, oneOf, pair, part, text } from "../core/kinds.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { DESCRIBED } from "./dom.js";
import { MODULES } from "./modules.js";
import { DescriptionStyle, SliderStyle, ToggleButtonsStyle } from "./styles.js";

const DROPDOWN_MODEL = spec("Dropdown", MODULES.controls, "DropdownModel", MODULES.controls, "DropdownView", {
  ...DESCRIBED,
  _options_labels: of(list(text), [], { page: false }),
  disabled: of(bool, false),
  index: of(nullable(int), null),
  style: own(part(() => DescriptionStyle)),
  ...ONE,
});

/**
 * One of some options, in a list that opens.
 *
 *   const kind = new Dropdown({ options: ["ball", "box"] });   // kind.value is "ball"
 */
export class Dropdown<T extends Choice = Choice> extends OneChoice<T> {
  static {
    Widget.install(Dropdown, DROPDOWN_MODEL);
  }

  constructor(options: Labelled<Dropdown<T>, T>);
  constructor(options?: Listed<Dropdown<T>, T>);
  constructor(options: object = {}) {
    super(DROPDOWN_MODEL, options);
  }

  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Selected index. Default null. */
  declare index: number | null;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
}

const SELECT_MODEL = spec("Select", MODULES.controls, "SelectModel", MODULES.controls, "SelectView", {
  ...DESCRIBED,
  _options_labels: of(list(text), [], { page: false }),
  disabled: of(bool, false),
  index: of(nullable(int), null),
  rows: of(int, 5),
  style: own(part(() => DescriptionStyle)),
  ...ONE,
});

/** One of some options, in a list. */
export class Select<T extends Choice = Choice> extends OneChoice<T> {
  static {
    Widget.install(Select, SELECT_MODEL);
  }

  constructor(options: Labelled<Select<T>, T>);
  constructor(options?: Listed<Select<T>, T>);
  constructor(options: object = {}) {
    super(SELECT_MODEL, options);
  }

  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Selected index. Default null. */
  declare index: number | null;
  /** The number of rows to display. Default 5. */
  declare rows: number;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
}

const RADIO_BUTTONS_MODEL = spec(
  "RadioButtons",
  MODULES.controls,
  "RadioButtonsModel",
  MODULES.controls,
  "RadioButtonsView",
  {
    ...DESCRIBED,
    _options_labels: of(list(text), [], { page: false }),
    disabled: of(bool, false),
    index: of(nullable(int), null),
    orientation: of(oneOf("horizontal", "vertical"), "vertical"),
    style: own(part(() => DescriptionStyle)),
    ...ONE,
  },
);

/** One of some options, by radio buttons. */
export class RadioButtons<T extends Choice = Choice> extends OneChoice<T> {
  static {
    Widget.install(RadioButtons, RADIO_BUTTONS_MODEL);
  }

  constructor(options: Labelled<RadioButtons<T>, T>);
  constructor(options?: Listed<RadioButtons<T>, T>);
  constructor(options: object = {}) {
    super(RADIO_BUTTONS_MODEL, options);
  }

  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Selected index. Default null. */
  declare index: number | null;
  /** Vertical or horizontal. Default "vertical". */
  declare orientation: "horizontal" | "vertical";
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
}

const TOGGLE_BUTTONS_MODEL = spec(
  "ToggleButtons",
  MODULES.controls,
  "ToggleButtonsModel",
  MODULES.controls,
  "ToggleButtonsView",
  {
    ...DESCRIBED,
    _options_labels: of(list(text), [], { page: false }),
    button_style: of(nullable(oneOf("primary", "success", "info", "warning", "danger", "")), ""),
    disabled: of(bool, false),
    icons: of(list(text), []),
    index: of(nullable(int), null),
    style: own(part(() => ToggleButtonsStyle)),
    tooltips: of(list(text), []),
    ...ONE,
  },
);

/**
 * One of some options, by a row of buttons.
 *
 *   new ToggleButtons({ options: [["fast", 1], ["exact", 8]], value: 8 });
 */
export class ToggleButtons<T extends Choice = Choice> extends OneChoice<T> {
  static {
    Widget.install(ToggleButtons, TOGGLE_BUTTONS_MODEL);
  }

  constructor(options: Labelled<ToggleButtons<T>, T>);
  constructor(options?: Listed<ToggleButtons<T>, T>);
  constructor(options: object = {}) {
    super(TOGGLE_BUTTONS_MODEL, options);
  }

  /** Use a predefined styling for the buttons. Default "". */
  declare button_style: "primary" | "success" | "info" | "warning" | "danger" | "" | null;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Icons names for each button (FontAwesome names without the fa- prefix). Default []. */
  declare icons: readonly string[];
  /** Selected index. Default null. */
  declare index: number | null;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: ToggleButtonsStyle;
  /** Tooltips for each button. Default []. */
  declare tooltips: readonly string[];
}

const SELECTION_SLIDER_MODEL = spec(
  "SelectionSlider",
  MODULES.controls,
  "SelectionSliderModel",
  MODULES.controls,
  "SelectionSliderView",
  {
    ...DESCRIBED,
    _options_labels: of(list(text), [], { page: false }),
    behavior: of(oneOf("drag-tap", "drag-snap", "tap", "drag", "snap"), "drag-tap"),
    continuous_update: of(bool, true),
    disabled: of(bool, false),
    index: of(int, 0),
    orientation: of(oneOf("horizontal", "vertical"), "horizontal"),
    readout: of(bool, true),
    style: own(part(() => SliderStyle)),
    ...ONE,
  },
);

/** One of some options, by a slider. */
export class SelectionSlider<T extends Choice = Choice> extends OneOfSome<T> {
  static {
    Widget.install(SelectionSlider, SELECTION_SLIDER_MODEL);
  }

  constructor(options: Labelled<SelectionSlider<T>, T>);
  constructor(options?: Listed<SelectionSlider<T>, T>);
  constructor(options: object = {}) {
    super(SELECTION_SLIDER_MODEL, options);
  }

  /** Slider dragging behavior. Default "drag-tap". */
  declare behavior: "drag-tap" | "drag-snap" | "tap" | "drag" | "snap";
  /** Update the value of the widget as the user is holding the slider. Default true. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Selected index. Default 0. */
  declare index: number;
  /** Vertical or horizontal. Default "horizontal". */
  declare orientation: "horizontal" | "vertical";
  /** Display the current selected label next to the slider. Default true. */
  declare readout: boolean;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: SliderStyle;
}

const SELECT_MULTIPLE_MODEL = spec(
  "SelectMultiple",
  MODULES.controls,
  "SelectMultipleModel",
  MODULES.controls,
  "SelectMultipleView",
  {
    ...DESCRIBED,
    _options_labels: of(list(text), [], { page: false }),
    disabled: of(bool, false),
    index: of(list(int), []),
    rows: of(int, 5),
    style: own(part(() => DescriptionStyle)),
    ...MANY,
  },
);

/** Any number of some options, in a list. */
export class SelectMultiple<T extends Choice = Choice> extends SomeChoices<T> {
  static {
    Widget.install(SelectMultiple, SELECT_MULTIPLE_MODEL);
  }

  constructor(options: LabelledMany<SelectMultiple<T>, T>);
  constructor(options?: ListedMany<SelectMultiple<T>, T>);
  constructor(options: object = {}) {
    super(SELECT_MULTIPLE_MODEL, options);
  }

  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Selected indices. Default []. */
  declare index: readonly number[];
  /** The number of rows to display. Default 5. */
  declare rows: number;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
}

const SELECTION_RANGE_SLIDER_MODEL = spec(
  "SelectionRangeSlider",
  MODULES.controls,
  "SelectionRangeSliderModel",
  MODULES.controls,
  "SelectionRangeSliderView",
  {
    ...DESCRIBED,
    _options_labels: of(list(text), [], { page: false }),
    behavior: of(oneOf("drag-tap", "drag-snap", "tap", "drag", "snap"), "drag-tap"),
    continuous_update: of(bool, true),
    disabled: of(bool, false),
    index: of(pair(int), [0, 0]),
    orientation: of(oneOf("horizontal", "vertical"), "horizontal"),
    readout: of(bool, true),
    style: own(part(() => SliderStyle)),
    ...MANY,
  },
);

/** The first and the last of some options, by a slider with two handles. */
export class SelectionRangeSlider<T extends Choice = Choice> extends RangeOfSome<T> {
  static {
    Widget.install(SelectionRangeSlider, SELECTION_RANGE_SLIDER_MODEL);
  }

  constructor(options: LabelledMany<SelectionRangeSlider<T>, T>);
  constructor(options?: ListedMany<SelectionRangeSlider<T>, T>);
  constructor(options: object = {}) {
    super(SELECTION_RANGE_SLIDER_MODEL, options);
  }

  /** Slider dragging behavior. Default "drag-tap". */
  declare behavior: "drag-tap" | "drag-snap" | "tap" | "drag" | "snap";
  /** Update the value of the widget as the user is holding the slider. Default true. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Min and max selected indices. Default [0,0]. */
  declare index: readonly [first: number, last: number];
  /** Vertical or horizontal. Default "horizontal". */
  declare orientation: "horizontal" | "vertical";
  /** Display the current selected label next to the slider. Default true. */
  declare readout: boolean;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: SliderStyle;
}
