/**
 * Widgets for notebooks of the voxbook kernel: views of volumes, and all controls of Jupyter.
 *
 *   import { explore, histogramOf, interact, IntSlider, progress, slices, tableOf, together } from "voxbook/widgets";
 *
 *   const thresholds = await histogramOf(clean, { classes: 3 });
 *   together(await slices(clean), thresholds)
 *   // drag; then, in another cell:
 *   thresholds.value            // [29120, 41873]
 *
 *   const view = await timeSeries(states);        // the states of a sample: play, step, compare
 *   view.state.name                               // the one that is shown
 *   sideBySide({ raw: scan, clean })              // volumes beside each other, one cursor and zoom
 *   together(await slices(scan, { labels }), await tableOf(grains, { labels, scan }))   // a lasso over rows lights grains
 *   const shown = await network3d(network);      // pores and throats; click one, then:
 *   shown.selected               // its row
 *   const view = await alignment(micro, nano);                                    // grab, turn, set landmarks
 *   view.transform.apply([1e-5, 4e-5, 4e-5])                                      // metres in nano
 *   await volume3d(clean, { mode: "iso" })                     // in space; it follows the same thresholds
 *   const trained = await trainable(scan, { classes: ["pore", "solid"] });   // scribble; then: await trained.predict()
 *
 *   const radius = new IntSlider({ value: 2, min: 1, max: 12, description: "radius" });
 *   radius.observe("value", ({ new: now }) => console.log(now));
 *   radius                      // shows it
 *
 *   interact(({ sigma }) => gaussian(scan, { sigma }), { sigma: [0, 4, 0.5] });   // runs again when it is moved
 *   for (const grain of progress(grains)) measure(grain);                         // a bar with Stop
 *
 * Attributes of controls have the names with which they travel to the page (`continuous_update`), so that what is written
 * about ipywidgets holds; methods are written as in all TypeScript (`onClick`).
 */
import type { KernelApi } from "../../kernel/comm.js";
import { attachProgress } from "./progress.js";

export type { RenderMode, Turntable } from "../protocol/volume3d.js";
export type { Action, Edit, Limits } from "../protocol.js";
export { type AlignmentOptions, alignment, type Refine } from "./alignment/alignment.js";
export type { Alignment } from "./alignment/alignment-view.js";
export type { OutputRecord } from "./behaviour/capturing.js";
export type { Choice, Choices } from "./behaviour/choice.js";
export type { UploadedFile } from "./behaviour/upload.js";
export { Accordion, Box, GridBox, HBox, Stack, Tab, VBox } from "./controls/boxes.js";
export {
  Dropdown,
  RadioButtons,
  Select,
  SelectionRangeSlider,
  SelectionSlider,
  SelectMultiple,
  ToggleButtons,
} from "./controls/choices.js";
export { DescriptionWidget, DOMWidget } from "./controls/dom.js";
export { Layout } from "./controls/layout.js";
export { DirectionalLink, Link } from "./controls/links.js";
export { Audio, Controller, ControllerAxis, ControllerButton, FileUpload, Image, Video } from "./controls/media.js";
export { DatePicker, DatetimePicker, NaiveDatetimePicker, TimePicker } from "./controls/moments.js";
export {
  BoundedFloatText,
  BoundedIntText,
  FloatProgress,
  FloatText,
  IntProgress,
  IntText,
  Play,
} from "./controls/numbers.js";
export { Output } from "./controls/output.js";
export { FloatLogSlider, FloatRangeSlider, FloatSlider, IntRangeSlider, IntSlider } from "./controls/sliders.js";
export {
  ButtonStyle,
  CheckboxStyle,
  DescriptionStyle,
  HTMLMathStyle,
  HTMLStyle,
  LabelStyle,
  ProgressStyle,
  SliderStyle,
  TextStyle,
  ToggleButtonStyle,
  ToggleButtonsStyle,
} from "./controls/styles.js";
export { Button, Checkbox, ColorPicker, ToggleButton, Valid } from "./controls/switches.js";
export { ColorsInput, FloatsInput, IntsInput, TagsInput } from "./controls/tags.js";
export { Combobox, HTML, HTMLMath, Label, Password, Text, Textarea } from "./controls/texts.js";
export type { Change, Options } from "./core/options.js";
export { Widget } from "./core/widget.js";
export { type Explorable, type ExploreOptions, explore } from "./explore/explore.js";
export type { Explorer, ExplorerSettings } from "./explore/explorer.js";
export type { Figure, FigureOptions } from "./figure.js";
export { type HistogramOptions, type HistogramView, histogramOf } from "./histogram/histogram-view.js";
export type { Abbreviation, Abbreviations, ValuesOf, ValueWidget } from "./interact/abbreviations.js";
export { type Interactive, type InteractOptions, interact, interactive } from "./interact/interact.js";
export { dlink, jsdlink, jslink, link } from "./links.js";
export { type Network3dOptions, network3d } from "./network3d/network3d.js";
export type { Network3d } from "./network3d/network3d-view.js";
export { type PreviewOptions, preview } from "./preview.js";
export { type ProgressBar, type ProgressOptions, progress, Stopped } from "./progress-of.js";
export { type SideBySideOptions, sideBySide } from "./side-by-side/side-by-side.js";
export type { SideBySide } from "./side-by-side/side-by-side-view.js";
export { type SlicesOptions, slices } from "./slices/slices.js";
export type { Slices } from "./slices/slices-view.js";
export { type TableOptions, tableOf } from "./table/table-of.js";
export type { TableView } from "./table/table-view.js";
export { type TimeSeriesOptions, timeSeries } from "./time/time-series.js";
export type { TimeView } from "./time/time-view.js";
export { type Together, together } from "./together.js";
export { type TrainableOptions, trainable } from "./training/trainable.js";
export type { Trainable } from "./training/trainable-view.js";
export { type Volume3dOptions, volume3d } from "./volume3d/volume3d.js";
export type { Volume3d } from "./volume3d/volume3d-view.js";

/** Called by the kernel once, after a cell has imported the library. */
export function attach(kernel: KernelApi): void {
  attachProgress(kernel);
}
