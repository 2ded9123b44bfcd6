import { Table } from "apache-arrow";
import { forwardProjection } from "../artefacts/forward-projection.js";
import { checkProjections } from "../artefacts/projections.js";
import { memoryLimitOf } from "../compute/build.js";
import { machine, release } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { type Mixing, mixingOf } from "./mixing.js";
import { checkSeries, type Series, type State } from "./series.js";
import { withTableNote } from "./table-note.js";

/** Options of {@link quasi4D}. */
export interface Quasi4DOptions extends Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers"> {
  /** Seconds at which each radiograph was taken, on the clock of the states' `time`. */
  times: readonly number[];
  /** Quantities of the states, such as {@link stateTable} gives: those between the states are then told for each radiograph. */
  quantities?: ResultTable;
  /** Detector column of the axis of rotation. Default: the middle. */
  centre?: number;
  /** Also fits a constant that is added to a whole radiograph, as when the beam has become weaker. Default false. */
  offset?: boolean;
  /** Largest `misfit` at which the mixture of two states is enough to describe a radiograph. Default 0.1. */
  tolerance?: number;
}

const caller = "quasi4D";
/** Radiographs whose states are projected together. */
const BATCH = 32;
/** At such an uncertainty of the fraction nothing is known of it. */
const UNKNOWN = 0.25;
const NOT_MEASURED = ["state", "voltage", "charge", "time", "error"];

/**
 * What happens between full scans, out of radiographs: few tomographies and many projections between them (quasi-4D). One radiograph
 * shows no volume; what it can tell is how far the sample has come on the way from the scan before to the scan after.
 *
 * Both scans are projected at the angle of the radiograph ({@link forwardProjection}), and the radiograph is fitted as a mixture of the two:
 * p ≈ (1 − m)·P(before) + m·P(after), with the fraction m by least squares over all pixels. m goes from 0 to 1 if the change goes on at once and
 * alike everywhere, such as a grey value that follows the charge. How far it is so is told for each radiograph: the `misfit` is what mixing leaves,
 * without noise, over the change between the scans. 0 is a pure mixture; a front that moves through the sample reaches 0.5 half-way, though its mean
 * position still follows m; something that was there only between the scans stands out. Above `tolerance` mixing is not `enough`: then
 * quantities are interpolations that the radiograph contradicts.
 *
 * Columns, one row a radiograph: `radiograph`, `time`, `angle`; `from`, `to`, the states around it; `by time`, the fraction if the change went
 * evenly; `mixing` m and `± mixing` (95 %, by noise alone, which is estimated from differences of neighbouring pixels); `offset`, if fitted; `residual` and `noise`
 * (absorbance); `misfit`, and `hidden`, the misfit that noise would hide; `enough`: `yes` if both are at most the `tolerance`, `no` if the misfit is
 * above tolerance and hidden, else `unclear`, as where m is not known to ± 0.5 and where a radiograph lies between no two scans and all is
 * NaN; and for each number of `quantities` its value q(before) + m·(q(after) − q(before)) with `± …` as far as it comes from m.
 *
 * Grey values of the scans have to be absorbances of one voxel and radiographs absorbances, in one geometry: that of
 * {@link filteredBackProjection}, rows of the detector being planes of the scans. Radiographs that are shifted against the scans have a misfit: align them first.
 * Cost that of two forward projections at all angles; memory a batch of 32 projections, three times.
 * @param states a series with `scan` and `time` in each state, at least two
 * @param radiographs volume of role projections with angles: absorbances
 * @throws InvalidArgument if times, angles or shapes do not fit
 * @throws MissingData if a state lacks its scan or time, or radiographs lack their angles
 * @see J. Scharf et al., Bridging nano- and microscale X-ray tomography for battery research (2022), doi:10.1038/s41565-022-01081-9, for full scans
 * with radiographs between them
 * @example
 * const between = await quasi4D(states, radiographs, { times, quantities: await stateTable(states, { thickness }) });
 */
export async function quasi4D(states: Series, radiographs: Volume, options: Quasi4DOptions): Promise<ResultTable> {
  checkSeries(caller, states, 2);
  checkProjections(caller, radiographs);
  checkOptions(caller, options, [
    ...["times", "quantities", "centre", "offset", "tolerance"],
    ...["signal", "onProgress", "memoryLimit", "workers"],
  ]);
  const { times, quantities, centre, offset = false, tolerance = 0.1, onProgress, ...run } = options;
  const [count, rows, columns] = radiographs.shape;
  checkNumber("tolerance", tolerance, 0, 1e6);
  if (typeof offset !== "boolean")
    throw new InvalidArgument(`${caller}: offset is ${JSON.stringify(offset)}; allowed are true and false`);
  const { angles } = radiographs;
  if (angles === undefined)
    throw new MissingData(
      `${caller}: the angles of these ${count} radiographs are unknown; set them with radiographs.with({ angles: […] }), in degrees`,
    );
  if (!Array.isArray(times) || times.length !== count || !times.every(Number.isFinite))
    throw new InvalidArgument(
      `${caller}: times are ${Array.isArray(times) ? `${times.length} of them` : String(times)} for ${count} radiographs; give one finite number of seconds for each`,
    );
  if (rows !== states.shape[0])
    throw new InvalidArgument(
      `${caller}: radiographs have ${rows} rows, the scans ${states.shape[0]} planes; crop one to the other`,
    );
  const full = states.states.map(complete);
  const known = quantitiesOf(states, quantities);
  const place = times.map((time) =>
    full.findIndex(({ time: end }, k) => k > 0 && full[k - 1]!.time <= time && time <= end),
  );
  const found: (Mixing | undefined)[] = new Array<undefined>(count).fill(undefined);
  const watch = { ...(run.signal && { signal: run.signal }), ...(onProgress && { onProgress }) };
  const claim = await machine.claim(caller, 12 * Math.min(BATCH, count) * rows * columns, memoryLimitOf(run, machine));
  try {
    await watched(caller, count, watch, async ({ signal, step }) => {
      for (let after = 1; after < full.length; after++) {
        const here = [...place.keys()].filter((k) => place[k] === after);
        for (let first = 0; first < here.length; first += BATCH) {
          signal.throwIfAborted();
          const batch = here.slice(first, first + BATCH);
          const how = {
            ...run,
            signal,
            columns,
            angles: batch.map((k) => angles[k]!),
            ...(centre !== undefined && { centre }),
          };
          const before = await forwardProjection(full[after - 1]!.scan, how);
          const later = await forwardProjection(full[after]!.scan, how).catch((error: unknown) => {
            release(before);
            throw error;
          });
          try {
            for (const [n, k] of batch.entries()) {
              const [picture, a, b] = [
                await radiographs.plane("z", k),
                await before.plane("z", n),
                await later.plane("z", n),
              ];
              found[k] = mixingOf(picture.values, a.values, b.values, [rows, columns], offset);
              step();
            }
          } finally {
            release(before);
            release(later);
          }
        }
      }
      for (const one of place) if (one < 0) step();
    });
  } finally {
    claim.drop();
  }
  const names = place.map((after) => [full[after - 1]?.name ?? "", after < 0 ? "" : full[after]!.name] as const);
  const of = (pick: (mixing: Mixing) => number): number[] => found.map((one) => (one ? pick(one) : Number.NaN));
  const mixing = of(({ fraction }) => fraction);
  const sure = of(({ uncertainty }) => 1.96 * uncertainty);
  const enough = found.map((one) => {
    if (one === undefined || !(one.uncertainty <= UNKNOWN)) return "unclear";
    if (one.misfit > Math.max(tolerance, one.hidden)) return "no";
    return Math.max(one.misfit, one.hidden) <= tolerance ? "yes" : "unclear";
  });
  const table: Column[] = [
    { name: "radiograph", values: found.map((_, k) => k), whole: true },
    { name: "time", values: times, unit: "s" },
    { name: "angle", values: angles, unit: "°" },
    { name: "from", values: names.map(([from]) => from) },
    { name: "to", values: names.map(([, to]) => to) },
    {
      name: "by time",
      values: place.map((after, k) => {
        if (after < 0) return Number.NaN;
        const [start, end] = [full[after - 1]!.time, full[after]!.time];
        return (times[k]! - start) / (end - start);
      }),
      unit: "1",
    },
    { name: "mixing", values: mixing, unit: "1" },
    { name: "± mixing", values: sure, unit: "1" },
    ...(offset ? [{ name: "offset", values: of((one) => one.offset), unit: "1" }] : []),
    { name: "residual", values: of(({ residual }) => residual), unit: "1" },
    { name: "noise", values: of(({ noise }) => noise), unit: "1" },
    { name: "misfit", values: of(({ misfit }) => misfit), unit: "1" },
    { name: "hidden", values: of(({ hidden }) => hidden), unit: "1" },
    { name: "enough", values: enough },
    ...known.flatMap(({ name, unit, values }) => {
      const change = place.map((after) => (after < 0 ? Number.NaN : values[after]! - values[after - 1]!));
      const between = place.map((after, k) => (after < 0 ? Number.NaN : values[after - 1]! + mixing[k]! * change[k]!));
      const told = unit === undefined ? {} : { unit };
      return [
        { name, values: between, ...told },
        { name: `± ${name}`, values: change.map((value, k) => Math.abs(value) * sure[k]!), ...told },
      ];
    }),
  ];
  const told = { times, centre, offset, tolerance };
  const provenance = trace(caller, told, { series: states, radiographs, quantities });
  const outside = place.filter((after) => after < 0).length;
  const are = (word: string): number => enough.filter((one) => one === word).length;
  const notes = [
    `Of ${count} radiographs ${are("yes")} are a mixture of the scans around them.`,
    are("no") > 0 ? `${are("no")} are none: they contradict what is interpolated for them.` : "",
    are("unclear") > outside ? `Of ${are("unclear") - outside} noise hides it.` : "",
    outside > 0 ? `${outside} lie between no two scans.` : "",
  ];
  return withTableNote(resultTable(table, provenance), notes.filter(Boolean).join(" "));
}

function complete({ name, scan, time }: State): { name: string; scan: Volume; time: number } {
  const lacking = scan === undefined ? "scan" : time === undefined ? "time" : undefined;
  if (scan !== undefined && time !== undefined) return { name, scan, time };
  throw new MissingData(`${caller}: the state ${JSON.stringify(name)} has no ${lacking}; give it to series(…)`);
}

/** The columns of numbers of a table with a row for each state. */
function quantitiesOf(
  states: Series,
  table: ResultTable | undefined,
): { name: string; unit: string | undefined; values: number[] }[] {
  if (table === undefined) return [];
  const rows = table instanceof Table ? table.getChild("state") : null;
  const same =
    rows !== null && rows.length === states.length && states.states.every(({ name }, k) => rows.get(k) === name);
  if (!same)
    throw new InvalidArgument(
      `${caller}: quantities have no row for each of the states ${states.states.map(({ name }) => name).join(", ")}; give what stateTable(states, …) makes`,
    );
  checkNumber("rows of the quantities", table.numRows, 2, 1e9, true);
  return table.schema.fields.flatMap((field, k) => {
    if (NOT_MEASURED.includes(field.name) || !String(field.type).startsWith("Float")) return [];
    const values = Array.from(table.getChildAt(k)! as Iterable<number>, Number);
    return [{ name: field.name, unit: field.metadata.get("unit"), values }];
  });
}
