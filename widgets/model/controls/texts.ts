/** Text to write and to read. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { Secret, Submitting } from "../behaviour/submitting.js";
import { of, own } from "../core/attributes.js";
import { bool, int, list, nullable, part, text } from "../core/kinds.js";
import type { Options } from "../core/options.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { DESCRIBED, DescriptionWidget } from "./dom.js";
import { MODULES } from "./modules.js";
import { HTMLMathStyle, HTMLStyle, LabelStyle, TextStyle } from "./styles.js";

const TEXT_MODEL = spec("Text", MODULES.controls, "TextModel", MODULES.controls, "TextView", {
  ...DESCRIBED,
  continuous_update: of(bool, true),
  disabled: of(bool, false),
  placeholder: of(text, "\u200b"),
  style: own(part(() => TextStyle)),
  value: of(text, ""),
});

/** A line of text. */
export class Text extends Submitting {
  static {
    Widget.install(Text, TEXT_MODEL);
  }

  constructor(options: Options<Text> = {}) {
    super(TEXT_MODEL, options);
  }

  /** Update the value as the user types. If False, update on submission, e.g., pressing Enter or navigating away. Default true. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Placeholder text to display when nothing has been typed. Default: none. */
  declare placeholder: string;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: TextStyle;
  /** String value. Default "". */
  declare value: string;
}

const TEXTAREA_MODEL = spec("Textarea", MODULES.controls, "TextareaModel", MODULES.controls, "TextareaView", {
  ...DESCRIBED,
  continuous_update: of(bool, true),
  disabled: of(bool, false),
  placeholder: of(text, "\u200b"),
  rows: of(nullable(int), null),
  style: own(part(() => TextStyle)),
  value: of(text, ""),
});

/** Several lines of text. */
export class Textarea extends DescriptionWidget {
  static {
    Widget.install(Textarea, TEXTAREA_MODEL);
  }

  constructor(options: Options<Textarea> = {}) {
    super(TEXTAREA_MODEL, options);
  }

  /** Update the value as the user types. If False, update on submission, e.g., pressing Enter or navigating away. Default true. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Placeholder text to display when nothing has been typed. Default: none. */
  declare placeholder: string;
  /** The number of rows to display. Default null. */
  declare rows: number | null;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: TextStyle;
  /** String value. Default "". */
  declare value: string;
}

const PASSWORD_MODEL = spec("Password", MODULES.controls, "PasswordModel", MODULES.controls, "PasswordView", {
  ...DESCRIBED,
  continuous_update: of(bool, true),
  disabled: of(bool, false),
  placeholder: of(text, "\u200b"),
  style: own(part(() => TextStyle)),
  value: of(text, ""),
});

/** A line of text that is not shown. */
export class Password extends Secret {
  static {
    Widget.install(Password, PASSWORD_MODEL);
  }

  constructor(options: Options<Password> = {}) {
    super(PASSWORD_MODEL, options);
  }

  /** Update the value as the user types. If False, update on submission, e.g., pressing Enter or navigating away. Default true. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** Placeholder text to display when nothing has been typed. Default: none. */
  declare placeholder: string;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: TextStyle;
  /** String value. Default "". */
  declare value: string;
}

const COMBOBOX_MODEL = spec("Combobox", MODULES.controls, "ComboboxModel", MODULES.controls, "ComboboxView", {
  ...DESCRIBED,
  continuous_update: of(bool, true),
  disabled: of(bool, false),
  ensure_option: of(bool, false),
  options: of(list(text), []),
  placeholder: of(text, "\u200b"),
  style: own(part(() => TextStyle)),
  value: of(text, ""),
});

/** A line of text with proposals. */
export class Combobox extends Submitting {
  static {
    Widget.install(Combobox, COMBOBOX_MODEL);
  }

  constructor(options: Options<Combobox> = {}) {
    super(COMBOBOX_MODEL, options);
  }

  /** Update the value as the user types. If False, update on submission, e.g., pressing Enter or navigating away. Default true. */
  declare continuous_update: boolean;
  /** Enable or disable user changes. Default false. */
  declare disabled: boolean;
  /** If set, ensure value is in options. Implies continuous_update=False. Default false. */
  declare ensure_option: boolean;
  /** Dropdown options for the combobox. Default []. */
  declare options: readonly string[];
  /** Placeholder text to display when nothing has been typed. Default: none. */
  declare placeholder: string;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: TextStyle;
  /** String value. Default "". */
  declare value: string;
}

const LABEL_MODEL = spec("Label", MODULES.controls, "LabelModel", MODULES.controls, "LabelView", {
  ...DESCRIBED,
  placeholder: of(text, "\u200b"),
  style: own(part(() => LabelStyle)),
  value: of(text, ""),
});

/** Text beside other widgets; formulas between dollar signs are set. */
export class Label extends DescriptionWidget {
  static {
    Widget.install(Label, LABEL_MODEL);
  }

  constructor(options: Options<Label> = {}) {
    super(LABEL_MODEL, options);
  }

  /** Placeholder text to display when nothing has been typed. Default: none. */
  declare placeholder: string;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: LabelStyle;
  /** String value. Default "". */
  declare value: string;
}

const HTML_MODEL = spec("HTML", MODULES.controls, "HTMLModel", MODULES.controls, "HTMLView", {
  ...DESCRIBED,
  placeholder: of(text, "\u200b"),
  style: own(part(() => HTMLStyle)),
  value: of(text, ""),
});

/** HTML. It is shown as it is: put no text of others into it. */
export class HTML extends DescriptionWidget {
  static {
    Widget.install(HTML, HTML_MODEL);
  }

  constructor(options: Options<HTML> = {}) {
    super(HTML_MODEL, options);
  }

  /** Placeholder text to display when nothing has been typed. Default: none. */
  declare placeholder: string;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: HTMLStyle;
  /** String value. Default "". */
  declare value: string;
}

const HTMLMATH_MODEL = spec("HTMLMath", MODULES.controls, "HTMLMathModel", MODULES.controls, "HTMLMathView", {
  ...DESCRIBED,
  placeholder: of(text, "\u200b"),
  style: own(part(() => HTMLMathStyle)),
  value: of(text, ""),
});

/** HTML, in which formulas between dollar signs are set. */
export class HTMLMath extends DescriptionWidget {
  static {
    Widget.install(HTMLMath, HTMLMATH_MODEL);
  }

  constructor(options: Options<HTMLMath> = {}) {
    super(HTMLMATH_MODEL, options);
  }

  /** Placeholder text to display when nothing has been typed. Default: none. */
  declare placeholder: string;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: HTMLMathStyle;
  /** String value. Default "". */
  declare value: string;
}
