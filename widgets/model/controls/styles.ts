/** How the parts of widgets look. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { of } from "../core/attributes.js";
import { nullable, text } from "../core/kinds.js";
import type { Options } from "../core/options.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { MODULES } from "./modules.js";

const BUTTON_STYLE_MODEL = spec("ButtonStyle", MODULES.controls, "ButtonStyleModel", MODULES.base, "StyleView", {
  button_color: of(nullable(text), null),
  font_family: of(nullable(text), null),
  font_size: of(nullable(text), null),
  font_style: of(nullable(text), null),
  font_variant: of(nullable(text), null),
  font_weight: of(nullable(text), null),
  text_color: of(nullable(text), null),
  text_decoration: of(nullable(text), null),
});

/** How a button looks. */
export class ButtonStyle extends Widget {
  static {
    Widget.install(ButtonStyle, BUTTON_STYLE_MODEL);
  }

  constructor(options: Options<ButtonStyle> = {}) {
    super(BUTTON_STYLE_MODEL, options);
  }

  /** Color of the button. Default null. */
  declare button_color: string | null;
  /** Button text font family. Default null. */
  declare font_family: string | null;
  /** Button text font size. Default null. */
  declare font_size: string | null;
  /** Button text font style. Default null. */
  declare font_style: string | null;
  /** Button text font variant. Default null. */
  declare font_variant: string | null;
  /** Button text font weight. Default null. */
  declare font_weight: string | null;
  /** Button text color. Default null. */
  declare text_color: string | null;
  /** Button text decoration. Default null. */
  declare text_decoration: string | null;
}

const CHECKBOX_STYLE_MODEL = spec("CheckboxStyle", MODULES.controls, "CheckboxStyleModel", MODULES.base, "StyleView", {
  background: of(nullable(text), null),
  description_width: of(text, ""),
});

/** How a checkbox looks. */
export class CheckboxStyle extends Widget {
  static {
    Widget.install(CheckboxStyle, CHECKBOX_STYLE_MODEL);
  }

  constructor(options: Options<CheckboxStyle> = {}) {
    super(CHECKBOX_STYLE_MODEL, options);
  }

  /** Background specifications. Default null. */
  declare background: string | null;
  /** Width of the description to the side of the control. Default "". */
  declare description_width: string;
}

const DESCRIPTION_STYLE_MODEL = spec(
  "DescriptionStyle",
  MODULES.controls,
  "DescriptionStyleModel",
  MODULES.base,
  "StyleView",
  { description_width: of(text, "") },
);

/** How the description beside a widget looks. */
export class DescriptionStyle extends Widget {
  static {
    Widget.install(DescriptionStyle, DESCRIPTION_STYLE_MODEL);
  }

  constructor(options: Options<DescriptionStyle> = {}) {
    super(DESCRIPTION_STYLE_MODEL, options);
  }

  /** Width of the description to the side of the control. Default "". */
  declare description_width: string;
}

const HTMLSTYLE_MODEL = spec("HTMLStyle", MODULES.controls, "HTMLStyleModel", MODULES.base, "StyleView", {
  background: of(nullable(text), null),
  description_width: of(text, ""),
  font_size: of(nullable(text), null),
  text_color: of(nullable(text), null),
});

/** How HTML looks. */
export class HTMLStyle extends Widget {
  static {
    Widget.install(HTMLStyle, HTMLSTYLE_MODEL);
  }

  constructor(options: Options<HTMLStyle> = {}) {
    super(HTMLSTYLE_MODEL, options);
  }

  /** Background specifications. Default null. */
  declare background: string | null;
  /** Width of the description to the side of the control. Default "". */
  declare description_width: string;
  /** Text font size. Default null. */
  declare font_size: string | null;
  /** Text color. Default null. */
  declare text_color: string | null;
}

const HTMLMATH_STYLE_MODEL = spec("HTMLMathStyle", MODULES.controls, "HTMLMathStyleModel", MODULES.base, "StyleView", {
  background: of(nullable(text), null),
  description_width: of(text, ""),
  font_size: of(nullable(text), null),
  text_color: of(nullable(text), null),
});

/** How HTML with formulas looks. */
export class HTMLMathStyle extends Widget {
  static {
    Widget.install(HTMLMathStyle, HTMLMATH_STYLE_MODEL);
  }

  constructor(options: Options<HTMLMathStyle> = {}) {
    super(HTMLMATH_STYLE_MODEL, options);
  }

  /** Background specifications. Default null. */
  declare background: string | null;
  /** Width of the description to the side of the control. Default "". */
  declare description_width: string;
  /** Text font size. Default null. */
  declare font_size: string | null;
  /** Text color. Default null. */
  declare text_color: string | null;
}

const LABEL_STYLE_MODEL = spec("LabelStyle", MODULES.controls, "LabelStyleModel", MODULES.base, "StyleView", {
  background: of(nullable(text), null),
  description_width: of(text, ""),
  font_family: of(nullable(text), null),
  font_size: of(nullable(text), null),
  font_style: of(nullable(text), null),
  font_variant: of(nullable(text), null),
  font_weight: of(nullable(text), null),
  text_color: of(nullable(text), null),
  text_decoration: of(nullable(text), null),
});

/** How a label looks. */
export class LabelStyle extends Widget {
  static {
    Widget.install(LabelStyle, LABEL_STYLE_MODEL);
  }

  constructor(options: Options<LabelStyle> = {}) {
    super(LABEL_STYLE_MODEL, options);
  }

  /** Background specifications. Default null. */
  declare background: string | null;
  /** Width of the description to the side of the control. Default "". */
  declare description_width: string;
  /** Label text font family. Default null. */
  declare font_family: string | null;
  /** Text font size. Default null. */
  declare font_size: string | null;
  /** Label text font style. Default null. */
  declare font_style: string | null;
  /** Label text font variant. Default null. */
  declare font_variant: string | null;
  /** Label text font weight. Default null. */
  declare font_weight: string | null;
  /** Text color. Default null. */
  declare text_color: string | null;
  /** Label text decoration. Default null. */
  declare text_decoration: string | null;
}

const PROGRESS_STYLE_MODEL = spec("ProgressStyle", MODULES.controls, "ProgressStyleModel", MODULES.base, "StyleView", {
  bar_color: of(nullable(text), null),
  description_width: of(text, ""),
});

/** How a progress bar looks. */
export class ProgressStyle extends Widget {
  static {
    Widget.install(ProgressStyle, PROGRESS_STYLE_MODEL);
  }

  constructor(options: Options<ProgressStyle> = {}) {
    super(PROGRESS_STYLE_MODEL, options);
  }

  /** Color of the progress bar. Default null. */
  declare bar_color: string | null;
  /** Width of the description to the side of the control. Default "". */
  declare description_width: string;
}

const SLIDER_STYLE_MODEL = spec("SliderStyle", MODULES.controls, "SliderStyleModel", MODULES.base, "StyleView", {
  description_width: of(text, ""),
  handle_color: of(nullable(text), null),
});

/** How a slider looks. */
export class SliderStyle extends Widget {
  static {
    Widget.install(SliderStyle, SLIDER_STYLE_MODEL);
  }

  constructor(options: Options<SliderStyle> = {}) {
    super(SLIDER_STYLE_MODEL, options);
  }

  /** Width of the description to the side of the control. Default "". */
  declare description_width: string;
  /** Color of the slider handle. Default null. */
  declare handle_color: string | null;
}

const TEXT_STYLE_MODEL = spec("TextStyle", MODULES.controls, "TextStyleModel", MODULES.base, "StyleView", {
  background: of(nullable(text), null),
  description_width: of(text, ""),
  font_size: of(nullable(text), null),
  text_color: of(nullable(text), null),
});

/** How a text field looks. */
export class TextStyle extends Widget {
  static {
    Widget.install(TextStyle, TEXT_STYLE_MODEL);
  }

  constructor(options: Options<TextStyle> = {}) {
    super(TEXT_STYLE_MODEL, options);
  }

  /** Background specifications. Default null. */
  declare background: string | null;
  /** Width of the description to the side of the control. Default "". */
  declare description_width: string;
  /** Text font size. Default null. */
  declare font_size: string | null;
  /** Text color. Default null. */
  declare text_color: string | null;
}

const TOGGLE_BUTTON_STYLE_MODEL = spec(
  "ToggleButtonStyle",
  MODULES.controls,
  "ToggleButtonStyleModel",
  MODULES.base,
  "StyleView",
  {
    description_width: of(text, ""),
    font_family: of(nullable(text), null),
    font_size: of(nullable(text), null),
    font_style: of(nullable(text), null),
    font_variant: of(nullable(text), null),
    font_weight: of(nullable(text), null),
    text_color: of(nullable(text), null),
    text_decoration: of(nullable(text), null),
  },
);

/** How a toggle button looks. */
export class ToggleButtonStyle extends Widget {
  static {
    Widget.install(ToggleButtonStyle, TOGGLE_BUTTON_STYLE_MODEL);
  }

  constructor(options: Options<ToggleButtonStyle> = {}) {
    super(TOGGLE_BUTTON_STYLE_MODEL, options);
  }

  /** Width of the description to the side of the control. Default "". */
  declare description_width: string;
  /** Toggle button text font family. Default null. */
  declare font_family: string | null;
  /** Toggle button text font size. Default null. */
  declare font_size: string | null;
  /** Toggle button text font style. Default null. */
  declare font_style: string | null;
  /** Toggle button text font variant. Default null. */
  declare font_variant: string | null;
  /** Toggle button text font weight. Default null. */
  declare font_weight: string | null;
  /** Toggle button text color. Default null. */
  declare text_color: string | null;
  /** Toggle button text decoration. Default null. */
  declare text_decoration: string | null;
}

const TOGGLE_BUTTONS_STYLE_MODEL = spec(
  "ToggleButtonsStyle",
  MODULES.controls,
  "ToggleButtonsStyleModel",
  MODULES.base,
  "StyleView",
  { button_width: of(text, ""), description_width: of(text, ""), font_weight: of(text, "") },
);

/** How a row of toggle buttons looks. */
export class ToggleButtonsStyle extends Widget {
  static {
    Widget.install(ToggleButtonsStyle, TOGGLE_BUTTONS_STYLE_MODEL);
  }

  constructor(options: Options<ToggleButtonsStyle> = {}) {
    super(TOGGLE_BUTTONS_STYLE_MODEL, options);
  }

  /** The width of each button. Default "". */
  declare button_width: string;
  /** Width of the description to the side of the control. Default "". */
  declare description_width: string;
  /** Text font weight of each button. Default "". */
  declare font_weight: string;
}
