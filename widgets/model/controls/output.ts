/** Output inside other widgets. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { Capturing, type OutputRecord } from "../behaviour/capturing.js";
import { of } from "../core/attributes.js";
import { list, record, text } from "../core/kinds.js";
import type { Options } from "../core/options.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { DOM } from "./dom.js";
import { MODULES } from "./modules.js";

const OUTPUT_MODEL = spec("Output", MODULES.output, "OutputModel", MODULES.output, "OutputView", {
  ...DOM,
  msg_id: of(text, "", { page: false }),
  outputs: of(list(record), [], { page: false }),
});

/**
 * A place for output: text, pictures, other widgets, errors.
 *
 *   const out = new Output();
 *   out   // shows it
 *
 *   await out.capture(() => console.log("in there"));
 */
export class Output extends Capturing {
  static {
    Widget.install(Output, OUTPUT_MODEL);
  }

  constructor(options: Options<Output> = {}) {
    super(OUTPUT_MODEL, options);
  }

  /** Parent message id of messages to capture. Default "". */
  declare msg_id: string;
  /** The output messages synced from the frontend. Default []. */
  declare outputs: readonly OutputRecord[];
}
