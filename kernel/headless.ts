/**
 * Cells without Jupyter: the same session, no sockets.
 *
 *   const session = createSession({ cwd, onOutput });
 *   const { status, outputs, error } = await session.execute("1 + 1");   // outputs in the shape of the notebook format
 *   await session.close();
 *
 * Comms open and send, but nobody listens.
 */

import type { KernelApi, MimeBundle } from "./comm.js";
import type { CellError } from "./errors/traceback.js";
import { capture } from "./session/capture.js";
import { captureChildren } from "./session/child-output.js";
import { Comms } from "./session/comms.js";
import {
  captureStreams,
  contexts,
  currentContext,
  hideExperimentalWarnings,
  type Output,
  OutputContext,
} from "./session/output.js";
import { Session } from "./session/session.js";

export interface HeadlessSession {
  execute(source: string): Promise<{ status: "ok" | "error"; outputs: Output[]; error?: CellError }>;
  close(): Promise<void>;
}

export interface HeadlessOptions {
  /** The notebook's folder. */
  cwd: string;
  /** Called with each output as it comes. */
  onOutput?: (output: Output) => void;
  /** Answers what a cell asks by `input(prompt)`. Without it such a cell fails, since nobody is there. */
  input?: (prompt: unknown) => Promise<string>;
}

/** Joins neighbouring texts of one stream and applies updates of displays, as a notebook keeps them. */
function keep(outputs: Output[], output: Output): void {
  const last = outputs.at(-1);
  if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name)
    last.text += output.text;
  else if (output.output_type === "clear_output") outputs.length = 0;
  else if (output.output_type !== "update_display_data") outputs.push({ ...output });
}

/** Starts a session whose cells run in this process. */
export function createSession({ cwd, onOutput = () => {}, input }: HeadlessOptions): HeadlessSession {
  const shown = new Map<string, { data: MimeBundle }>();
  const comms = new Comms(
    () => {},
    (error) => session.uncaught(error),
  );
  const api: KernelApi = {
    interactive: false,
    comms,
    display: (data, { displayId, update = false, metadata = {} } = {}) => {
      const transient = displayId === undefined ? {} : { transient: { display_id: displayId } };
      const old = displayId === undefined ? undefined : shown.get(displayId);
      if (update && old !== undefined) old.data = data;
      const output_type = update ? "update_display_data" : "display_data";
      currentContext()?.send({ output_type, data, metadata, ...transient });
    },
    clearOutput: (wait = false) => currentContext()?.send({ output_type: "clear_output", wait }),
    capture: (sink, run) => capture(session, sink, run),
    showError: (error) => session.uncaught(error),
    onInterrupt: () => {},
    get cell() {
      return currentContext()?.cell;
    },
  };
  const session = new Session({ folder: cwd, api, ...(input && { input }) });
  // Relative paths of a cell mean the notebook's folder, as in Jupyter.
  const before = process.cwd();
  process.chdir(cwd);
  hideExperimentalWarnings();
  const release = captureStreams();
  const releaseChildren = captureChildren();
  let last: OutputContext | undefined;
  // What an event brings (of a worker, say) is on behalf of no cell: it is shown with the last one.
  const onUncaught = (error: unknown): void => {
    if (contexts.getStore() !== undefined || last === undefined) session.uncaught(error);
    else contexts.run(last, () => session.uncaught(error));
  };
  process.on("unhandledRejection", onUncaught);
  process.on("uncaughtException", onUncaught);
  return {
    async execute(source) {
      const outputs: Output[] = [];
      const context = new OutputContext(session.count + 1, (output) => {
        onOutput(output);
        keep(outputs, output);
        const id = "transient" in output ? output.transient?.display_id : undefined;
        const kept = outputs.at(-1);
        if (id !== undefined && output.output_type === "display_data" && kept?.output_type === "display_data") {
          delete kept.transient;
          shown.set(id, kept);
        }
      });
      last = context;
      const result = await session.execute(source, context);
      return { ...result, outputs };
    },
    async close() {
      releaseChildren();
      release();
      process.chdir(before);
      process.off("unhandledRejection", onUncaught);
      process.off("uncaughtException", onUncaught);
      await session.close();
    },
  };
}
