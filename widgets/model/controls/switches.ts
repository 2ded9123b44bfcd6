/** Buttons, and what is true or false. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { Clickable } from "../behaviour/clickable.js";
import { colour } from "../behaviour/colour.js";
import { of, own } from "../core/attributes.js";
import { bool, oneOf, part, text } from "../core/kinds.js";
import type { Options } from "../core/options.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { DESCRIBED, DescriptionWidget, DOM } from "./dom.js";
import { MODULES } from "./modules.js";
import { ButtonStyle, CheckboxStyle, DescriptionStyle, ToggleButtonStyle } from "./styles.js";

const BUTTON_MODEL = spec("Button", MODULES.controls, "ButtonModel", MODULES.controls, "ButtonView", {
  ...DOM,
  button_style: of(oneOf("primary", "success", "info", "warning", "danger", ""), ""),
  description: of(text, ""),
  disabled: of(bool, false),
  icon: of(text, ""),
  style: own(part(() => ButtonStyle)),
});

/**
 * A button.
 *
 *   new Button({ description: "measure" }).onClick(() => measure());
 */
export class Button extends Clickable {
  static {
    Widget.install(Button, BUTTON_MODEL);
  }

  constructor(options: Options<Button> = {}) {
    super(BUTTON_MODEL, options);
  }

  /** Use a predefined styling for the button. Default "". */
  declare button_style: "primary" | "success" | "info" | "warning" | "danger" | "";
  /** Button label. Default "". */
  declare description: string;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Font-awesome icon names, without the 'fa-' prefix. Default "". */
  declare icon: string;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: ButtonStyle;
}

const CHECKBOX_MODEL = spec("Checkbox", MODULES.controls, "CheckboxModel", MODULES.controls, "CheckboxView", {
  ...DESCRIBED,
  disabled: of(bool, false),
  indent: of(bool, true),
  style: own(part(() => CheckboxStyle)),
  value: of(bool, false),
});

/** A box that is ticked or not. */
export class Checkbox extends DescriptionWidget {
  static {
    Widget.install(Checkbox, CHECKBOX_MODEL);
  }

  constructor(options: Options<Checkbox> = {}) {
    super(CHECKBOX_MODEL, options);
  }

  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Indent the control to align with other controls with a description. Default true. */
  declare indent: boolean;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: CheckboxStyle;
  /** Bool value. Default false. */
  declare value: boolean;
}

const TOGGLE_BUTTON_MODEL = spec(
  "ToggleButton",
  MODULES.controls,
  "ToggleButtonModel",
  MODULES.controls,
  "ToggleButtonView",
  {
    ...DESCRIBED,
    button_style: of(oneOf("primary", "success", "info", "warning", "danger", ""), ""),
    disabled: of(bool, false),
    icon: of(text, ""),
    style: own(part(() => ToggleButtonStyle)),
    value: of(bool, false),
  },
);

/** A button that stays pressed until it is pressed again. */
export class ToggleButton extends DescriptionWidget {
  static {
    Widget.install(ToggleButton, TOGGLE_BUTTON_MODEL);
  }

  constructor(options: Options<ToggleButton> = {}) {
    super(TOGGLE_BUTTON_MODEL, options);
  }

  /** Use a predefined styling for the button. Default "". */
  declare button_style: "primary" | "success" | "info" | "warning" | "danger" | "";
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Font-awesome icon. Default "". */
  declare icon: string;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: ToggleButtonStyle;
  /** Bool value. Default false. */
  declare value: boolean;
}

const VALID_MODEL = spec("Valid", MODULES.controls, "ValidModel", MODULES.controls, "ValidView", {
  ...DESCRIBED,
  disabled: of(bool, false),
  readout: of(text, "Invalid"),
  style: own(part(() => DescriptionStyle)),
  value: of(bool, false),
});

/** A sign that something is right or wrong. */
export class Valid extends DescriptionWidget {
  static {
    Widget.install(Valid, VALID_MODEL);
  }

  constructor(options: Options<Valid> = {}) {
    super(VALID_MODEL, options);
  }

  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Message displayed when the value is False. Default "Invalid". */
  declare readout: string;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** Bool value. Default false. */
  declare value: boolean;
}

const COLOR_PICKER_MODEL = spec(
  "ColorPicker",
  MODULES.controls,
  "ColorPickerModel",
  MODULES.controls,
  "ColorPickerView",
  {
    ...DESCRIBED,
    concise: of(bool, false),
    disabled: of(bool, false),
    style: own(part(() => DescriptionStyle)),
    value: of(colour, "black"),
  },
);

/** A field for a colour. */
export class ColorPicker extends DescriptionWidget {
  static {
    Widget.install(ColorPicker, COLOR_PICKER_MODEL);
  }

  constructor(options: Options<ColorPicker> = {}) {
    super(COLOR_PICKER_MODEL, options);
  }

  /** Display short version with just a color selector. Default false. */
  declare concise: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Styling customizations. May be given as a plain object of its options. Default: one of its own. */
  declare style: DescriptionStyle;
  /** The color value. Default "black". */
  declare value: string;
}
