/** Output that goes elsewhere than to its cell: into the state of a widget. */
import type { Output } from "../comm.js";
import { Interrupted } from "../threads/halt.js";
import { contexts, currentContext, OutputContext, renewals } from "./output.js";

type Sink = (output: Output) => void;

/** Who shows a captured display, by its id: its renewal may come from any context, such as that of a widget's callback. */
const owners = new Map<string, Set<Sink>>();

const displayId = (output: Output): string | undefined =>
  "transient" in output ? output.transient?.display_id : undefined;

const ownersOf = (output: Output): ReadonlySet<Sink> => owners.get(displayId(output) ?? "") ?? new Set();

renewals.add((output) => {
  for (const sink of ownersOf(output)) sink(output);
});

function own(output: Output, sink: Sink): void {
  const id = displayId(output);
  if (id !== undefined) owners.set(id, (owners.get(id) ?? new Set()).add(sink));
}

/** A context inside the current one, whose output goes to `sink`. */
function captured(sink: Sink): OutputContext {
  const outer = currentContext();
  const deliver: Sink = (output) => {
    if (output.output_type !== "update_display_data") {
      own(output, sink);
      sink(output);
    } else if (ownersOf(output).size === 0) outer?.send(output);
  };
  // What listens to the sink must not write into what it listens to: it runs outside.
  const outside: Sink = (output) =>
    outer === undefined ? contexts.exit(deliver, output) : contexts.run(outer, deliver, output);
  return new OutputContext(outer?.cell, outside, outer);
}

/** Runs a function in an output context of its own; see `capture` of the kernel's API. */
export async function capture<T>(
  session: { display(value: unknown): Promise<void>; uncaught(error: unknown): void },
  sink: Sink | undefined,
  run: () => T | Promise<T>,
): Promise<T | undefined> {
  const shown = async (): Promise<T | undefined> => {
    try {
      const value = await run();
      if (value !== undefined && value !== null) await session.display(value);
      return value;
    } catch (error) {
      // It ends the cell that called, not only what it captured.
      if (error instanceof Interrupted) throw error;
      session.uncaught(error);
      return undefined;
    }
  };
  if (sink === undefined) return shown();
  const context = captured(sink);
  try {
    return await contexts.run(context, shown);
  } finally {
    context.flush();
  }
}
