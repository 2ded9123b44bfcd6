/** The classes that are made from the published schema: where each goes, what it can do beyond its attributes, what it is. */

export interface Plan {
  /** Name of the model in the schema, without "Model". */
  readonly model: string;
  /** Name of the class, where it is another one. */
  readonly name?: string;
  /** The class of `widgets/model/behaviour` that it extends. */
  readonly base: string;
  /** What it is, in a sentence. */
  readonly text: string;
  /** Example, as lines of code. */
  readonly example?: string;
  /** Its attributes beyond the schema: a constant of its base's file. */
  readonly extra?: string;
  /** For a choice: whether one or several values are chosen; its class then has the type of them. */
  readonly chooses?: "one" | "many";
  /** What a page must never change. */
  readonly sealed?: readonly string[];
}

export interface File {
  readonly file: string;
  readonly text: string;
  readonly plans: readonly Plan[];
}

const style = (model: string, of: string): Plan => ({ model, base: "Widget", text: `How ${of} looks.` });

export const files: readonly File[] = [
  {
    file: "layout",
    text: "Where a widget is and how large: attributes of CSS.",
    plans: [
      {
        model: "Layout",
        base: "Bordered",
        text: "Where a widget is and how large, by attributes of CSS; null leaves one to the page.",
        example: 'new IntSlider({ layout: { width: "50%", border: "1px solid grey" } });',
        extra: "BORDER",
      },
    ],
  },
  {
    file: "styles",
    text: "How the parts of widgets look.",
    plans: [
      style("ButtonStyle", "a button"),
      style("CheckboxStyle", "a checkbox"),
      style("DescriptionStyle", "the description beside a widget"),
      style("HTMLStyle", "HTML"),
      style("HTMLMathStyle", "HTML with formulas"),
      style("LabelStyle", "a label"),
      style("ProgressStyle", "a progress bar"),
      style("SliderStyle", "a slider"),
      style("TextStyle", "a text field"),
      style("ToggleButtonStyle", "a toggle button"),
      style("ToggleButtonsStyle", "a row of toggle buttons"),
    ],
  },
  {
    file: "sliders",
    text: "Numbers by dragging.",
    plans: [
      {
        model: "IntSlider",
        base: "Bounded",
        text: "A slider for a whole number. A value beyond `min` or `max` is brought to the nearest.",
        example: 'const radius = new IntSlider({ value: 2, min: 1, max: 12, description: "radius" });',
      },
      {
        model: "FloatSlider",
        base: "Bounded",
        text: "A slider for a number. A value beyond `min` or `max` is brought to the nearest.",
        example: 'const sigma = new FloatSlider({ value: 1, max: 4, step: 0.05, description: "sigma" });',
      },
      {
        model: "FloatLogSlider",
        base: "BoundedLog",
        text: "A slider for a number of any order of magnitude: `min` and `max` are exponents of `base`.",
        example: "const rate = new FloatLogSlider({ value: 0.01, min: -4, max: 0 });",
      },
      {
        model: "IntRangeSlider",
        base: "BoundedRange",
        text: "A slider with two handles, for a lower and an upper whole number.",
        example: "const window = new IntRangeSlider({ value: [120, 180], max: 255 });",
      },
      {
        model: "FloatRangeSlider",
        base: "BoundedRange",
        text: "A slider with two handles, for a lower and an upper number.",
        example: "const range = new FloatRangeSlider({ value: [0.2, 0.8], max: 1, step: 0.01 });",
      },
    ],
  },
  {
    file: "numbers",
    text: "Numbers by typing, playing, and shown as a bar.",
    plans: [
      { model: "IntText", base: "DescriptionWidget", text: "A field for any whole number." },
      { model: "FloatText", base: "DescriptionWidget", text: "A field for any number." },
      { model: "BoundedIntText", base: "Bounded", text: "A field for a whole number between `min` and `max`." },
      { model: "BoundedFloatText", base: "Bounded", text: "A field for a number between `min` and `max`." },
      {
        model: "Play",
        base: "Bounded",
        text: "Buttons that count from `min` to `max`, a step each `interval` milliseconds.",
        example: 'jslink(new Play({ max: 50 }), "value", slider, "value");',
      },
      { model: "IntProgress", base: "Bounded", text: "A bar for a whole number between `min` and `max`." },
      { model: "FloatProgress", base: "Bounded", text: "A bar for a number between `min` and `max`." },
    ],
  },
  {
    file: "switches",
    text: "Buttons, and what is true or false.",
    plans: [
      {
        model: "Button",
        base: "Clickable",
        text: "A button.",
        example: 'new Button({ description: "measure" }).onClick(() => measure());',
      },
      { model: "Checkbox", base: "DescriptionWidget", text: "A box that is ticked or not." },
      {
        model: "ToggleButton",
        base: "DescriptionWidget",
        text: "A button that stays pressed until it is pressed again.",
      },
      { model: "Valid", base: "DescriptionWidget", text: "A sign that something is right or wrong." },
      { model: "ColorPicker", base: "DescriptionWidget", text: "A field for a colour." },
    ],
  },
  {
    file: "texts",
    text: "Text to write and to read.",
    plans: [
      { model: "Text", base: "Submitting", text: "A line of text." },
      { model: "Textarea", base: "DescriptionWidget", text: "Several lines of text." },
      { model: "Password", base: "Secret", text: "A line of text that is not shown." },
      { model: "Combobox", base: "Submitting", text: "A line of text with proposals." },
      {
        model: "Label",
        base: "DescriptionWidget",
        text: "Text beside other widgets; formulas between dollar signs are set.",
      },
      { model: "HTML", base: "DescriptionWidget", text: "HTML. It is shown as it is: put no text of others into it." },
      { model: "HTMLMath", base: "DescriptionWidget", text: "HTML, in which formulas between dollar signs are set." },
    ],
  },
  {
    file: "choices",
    text: "One or several of some options.",
    plans: [
      {
        model: "Dropdown",
        base: "OneChoice",
        text: "One of some options, in a list that opens.",
        example: 'const kind = new Dropdown({ options: ["ball", "box"] });   // kind.value is "ball"',
        extra: "ONE",
        chooses: "one",
      },
      { model: "Select", base: "OneChoice", text: "One of some options, in a list.", extra: "ONE", chooses: "one" },
      {
        model: "RadioButtons",
        base: "OneChoice",
        text: "One of some options, by radio buttons.",
        extra: "ONE",
        chooses: "one",
      },
      {
        model: "ToggleButtons",
        base: "OneChoice",
        text: "One of some options, by a row of buttons.",
        example: 'new ToggleButtons({ options: [["fast", 1], ["exact", 8]], value: 8 });',
        extra: "ONE",
        chooses: "one",
      },
      {
        model: "SelectionSlider",
        base: "OneOfSome",
        text: "One of some options, by a slider.",
        extra: "ONE",
        chooses: "one",
      },
      {
        model: "SelectMultiple",
        base: "SomeChoices",
        text: "Any number of some options, in a list.",
        extra: "MANY",
        chooses: "many",
      },
      {
        model: "SelectionRangeSlider",
        base: "RangeOfSome",
        text: "The first and the last of some options, by a slider with two handles.",
        extra: "MANY",
        chooses: "many",
      },
    ],
  },
  {
    file: "moments",
    text: "Dates and times. An instant is a Date; a day or a time of day without a time zone is text, as in ISO 8601.",
    plans: [
      {
        model: "DatePicker",
        base: "BoundedMoment",
        text: "A field for a day.",
        example: 'new DatePicker({ value: "2026-09-30" });',
      },
      { model: "Time", name: "TimePicker", base: "BoundedMoment", text: "A field for a time of day." },
      {
        model: "Datetime",
        name: "DatetimePicker",
        base: "BoundedMoment",
        text: "A field for an instant, which the page shows in the reader's time zone.",
      },
      {
        model: "NaiveDatetime",
        name: "NaiveDatetimePicker",
        base: "BoundedMoment",
        text: "A field for a day and a time of day, in no time zone.",
      },
    ],
  },
  {
    file: "tags",
    text: "Lists of short values.",
    plans: [
      { model: "TagsInput", base: "Tags", text: "A list of words." },
      { model: "ColorsInput", base: "Tags", text: "A list of colours." },
      { model: "IntsInput", base: "Tags", text: "A list of whole numbers." },
      { model: "FloatsInput", base: "Tags", text: "A list of numbers." },
    ],
  },
  {
    file: "boxes",
    text: "Widgets in other widgets.",
    plans: [
      { model: "Box", base: "DOMWidget", text: "Widgets as their layout says." },
      {
        model: "HBox",
        base: "DOMWidget",
        text: "Widgets side by side.",
        example: "new HBox({ children: [slider, button] });",
      },
      {
        model: "VBox",
        base: "DOMWidget",
        text: "Widgets below each other.",
        example: "new VBox({ children: [slider, button] });",
      },
      {
        model: "GridBox",
        base: "DOMWidget",
        text: "Widgets in rows and columns.",
        example: 'new GridBox({ children, layout: { grid_template_columns: "1fr 1fr" } });',
      },
      { model: "Accordion", base: "Pages", text: "Widgets behind titles that open." },
      {
        model: "Tab",
        base: "Tabs",
        text: "Widgets behind tabs.",
        example: 'new Tab({ children: [view, table], titles: ["picture", "numbers"] });',
      },
      { model: "Stack", base: "Pages", text: "Widgets of which only the selected one is shown." },
    ],
  },
  {
    file: "media",
    text: "Pictures, videos, sounds; files and game controllers of the reader.",
    plans: [
      { model: "Image", base: "Media", text: "A picture.", example: 'Image.fromFile("slice.png");' },
      { model: "Video", base: "Media", text: "A video." },
      { model: "Audio", base: "Media", text: "A sound." },
      {
        model: "FileUpload",
        base: "DescriptionWidget",
        text: "A button that takes files of the reader; their bytes are in `value`. Above 10 MB the server drops them.",
        example: 'upload.observe("value", ({ new: [file] }) => console.log(file?.name, file?.size));',
      },
      {
        model: "Controller",
        base: "DOMWidget",
        text: "A game controller of the reader. All but `index` comes from the page.",
      },
      { model: "ControllerButton", base: "DOMWidget", text: "A button of a game controller." },
      { model: "ControllerAxis", base: "DOMWidget", text: "An axis of a game controller." },
    ],
  },
  {
    file: "links",
    text: "Attributes that follow each other in the page; made by `jslink` and `jsdlink`.",
    plans: [
      {
        model: "Link",
        base: "Widget",
        text: "Two attributes that follow each other in the page; made by {@link jslink}.",
      },
      {
        model: "DirectionalLink",
        base: "Widget",
        text: "An attribute that follows another one in the page; made by {@link jsdlink}.",
      },
    ],
  },
  {
    file: "output",
    text: "Output inside other widgets.",
    plans: [
      {
        model: "Output",
        base: "Capturing",
        text: "A place for output: text, pictures, other widgets, errors.",
        example: 'const out = new Output();\nout   // shows it\n\nawait out.capture(() => console.log("in there"));',
        sealed: ["outputs", "msg_id"],
      },
    ],
  },
];

/** Where the schema is less exact than the widgets' own code: kind, type and, if they differ, the default. */
export const exact: Readonly<Record<string, { kind: string; type: string; initial?: unknown }>> = {
  "FloatRangeSlider.value": { kind: "pair(float)", type: "readonly [lower: number, upper: number]" },
  "IntRangeSlider.value": { kind: "pair(int)", type: "readonly [lower: number, upper: number]" },
  "SelectionRangeSlider.index": { kind: "pair(int)", type: "readonly [first: number, last: number]" },
  "TagsInput.value": { kind: "list(text)", type: "readonly string[]" },
  "TagsInput.allowed_tags": { kind: "list(text)", type: "readonly string[]" },
  "ColorsInput.value": { kind: "list(colour)", type: "readonly string[]" },
  "ColorsInput.allowed_tags": { kind: "list(colour)", type: "readonly string[]" },
  "IntsInput.value": { kind: "list(int)", type: "readonly number[]" },
  "IntsInput.allowed_tags": { kind: "list(int)", type: "readonly number[]" },
  "FloatsInput.value": { kind: "list(float)", type: "readonly number[]" },
  "FloatsInput.allowed_tags": { kind: "list(float)", type: "readonly number[]" },
  "ColorPicker.value": { kind: "colour", type: "string" },
  "Link.source": { kind: "endpoint", type: "Endpoint" },
  "Link.target": { kind: "endpoint", type: "Endpoint" },
  "DirectionalLink.source": { kind: "endpoint", type: "Endpoint" },
  "DirectionalLink.target": { kind: "endpoint", type: "Endpoint" },
  "FileUpload.value": { kind: "list(uploadedFile)", type: "readonly UploadedFile[]" },
  // The default that the schema's own script does not see, because it is computed; the page's default is the same.
  "FileUpload.description": { kind: "text", type: "string", initial: "Upload" },
  "Output.outputs": { kind: "list(record)", type: "readonly OutputRecord[]" },
  "NaiveDatetime.value": { kind: "nullable(naiveDatetime)", type: "string | null" },
  "NaiveDatetime.min": { kind: "nullable(naiveDatetime)", type: "string | null" },
  "NaiveDatetime.max": { kind: "nullable(naiveDatetime)", type: "string | null" },
};

/** What a page does not send to all pages again (in ipywidgets: `echo_update=False`). */
export const notEchoed: readonly string[] = ["FileUpload.value"];

/** Help for attributes that have none in the schema. */
export const help: Readonly<Record<string, string>> = {
  layout: "Where the widget is and how large",
  style: "How the widget looks",
  allow_duplicates: "Whether a tag may be there twice",
  allowed_tags: "The only tags that are allowed; an empty list allows all",
  placeholder: "Text to display when there is no tag",
  format: "Format for the numbers, as d3-format writes it",
  value: "The value",
  min: "The lowest value; null: there is none",
  max: "The highest value; null: there is none",
};
