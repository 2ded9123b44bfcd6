import { setImmediate } from "node:timers/promises";
import { watched } from "../compute/progress.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { ComputeFailed, InvalidArgument } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkSeries, type Series, type State } from "../measure/series.js";
import { withTableNote } from "../measure/table-note.js";
import { byQuantity, type MeasuredVolume, measureOne, type QuantitySet, quantitySet, toldOf } from "./measured-each.js";

/** Options of {@link stateTable}. */
export interface StateTableOptions extends Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers"> {
  /**
   * Tells each quantity also over that of this state, in columns such as `thickness / Init`: the state's name, or `true` for the first one. Default:
   * no such columns.
   */
  relativeTo?: string | boolean;
}

const caller = "stateTable";

/**
 * Quantities of each state of a series in one table, beside what the cycler tells: how porosity, thickness, cracks, delaminated area, tortuosity
 * or anything else goes with voltage and charge.
 *
 * One row a state: `state`, `voltage`, `charge`, `time` where known, a column for each number that the quantities give, with its unit, those over
 * another state with `relativeTo`, and `error`, which is empty where nothing failed. A quantity that fails in a state is NaN there; if all fail in all
 * states the first error is thrown.
 *
 * A function gets the labels of a state, what has to be handed on to functions that take long, and the state itself, for its `scan`. It gives a
 * number, `{ value, unit }`, an object of such, or a table. Cost and memory: those of the quantities, one after the other.
 * @param states a series
 * @param quantities a function, a list of functions, or functions by names of yours
 * @throws InvalidArgument if there are no quantities, a function gives no numbers, or there is no such state
 * @throws ComputeFailed if nothing could be measured
 * @example
 * const table = await stateTable(states, {
 *   porosity: async (labels, run) => (await phaseFractions(labels, run)).get(0).fraction,
 *   cracked: async (labels, run, { scan }) => ({ value: (await cracks(labels, { ...run, scan })).fraction, unit: "1" }),
 *   delaminated: async (labels, run) => ({ value: (await delamination(labels, { ...run, collector })).area, unit: "µm²" }),
 * }, { relativeTo: "Init" });
 * lines(table, { x: "charge", y: "porosity" });
 */
export async function stateTable(
  states: Series,
  quantities: QuantitySet<State>,
  options: StateTableOptions = {},
): Promise<ResultTable> {
  checkSeries(caller, states);
  checkOptions(caller, options, ["relativeTo", "signal", "onProgress", "memoryLimit", "workers"]);
  const { relativeTo = false, onProgress, ...run } = options;
  const reference = referenceOf(states, relativeTo);
  const set = quantitySet(caller, quantities);
  const watch = { ...(run.signal && { signal: run.signal }), ...(onProgress && { onProgress }) };
  const measured: MeasuredVolume[] = [];
  await watched(caller, states.length, watch, async ({ signal, step }) => {
    for (const state of states.states) {
      // Work that never waits would not let Stop be heard.
      await setImmediate();
      signal.throwIfAborted();
      measured.push(await measureOne(caller, set, state.labels, { ...run, signal }, state));
      step();
    }
  });
  const failed = measured.flatMap(({ errors }) => errors);
  if (measured.every((one) => one.quantities.length === 0)) {
    const nothing = new ComputeFailed(
      `${caller}: nothing could be measured in any state; the first error: ${failed[0]?.message ?? "no numbers"}`,
    );
    nothing.cause = failed[0]?.error;
    throw nothing;
  }
  const columns: Column[] = [...states.columns()];
  for (const [name, { unit, values }] of byQuantity(caller, measured)) {
    columns.push({ name, values, ...(unit !== "" && { unit }) });
    if (reference !== undefined)
      columns.push({
        name: `${name} / ${states.states[reference]!.name}`,
        values: values.map((value) => value / values[reference]!),
        unit: "1",
      });
  }
  columns.push({ name: "error", values: measured.map(({ errors }) => toldOf(errors)) });
  const told = {
    quantities: set.map(({ name }) => name),
    relativeTo: reference === undefined ? undefined : states.states[reference]!.name,
  };
  const table = resultTable(columns, trace(caller, told, { series: states }));
  return failed.length === 0
    ? table
    : withTableNote(table, `${failed.length} quantities of states failed: see the column error.`);
}

function referenceOf(states: Series, relativeTo: unknown): number | undefined {
  if (relativeTo === false) return undefined;
  if (relativeTo === true) return 0;
  if (typeof relativeTo !== "string")
    throw new InvalidArgument(
      `${caller}: relativeTo is ${JSON.stringify(relativeTo)}; give the name of a state, or true for the first one`,
    );
  return states.states.indexOf(states.state(relativeTo));
}
