import { setImmediate } from "node:timers/promises";
import { buildVolume, memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import type { Length } from "../core/length.js";
import { checkChoice, checkNumber, checkOptions, inVoxels, type RunOptions } from "../core/options.js";
import { labelOf, PALETTE, type Phase } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { AXES, type Axis, type Region, regionShape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { neutralOf } from "../morphology/structuring.js";
import { Columns, FACING } from "./collector-columns.js";
import { type Patches, patchesOf } from "./delaminated-patches.js";
import type { VolumeFace } from "./faces.js";
import { withTableNote } from "./table-note.js";

/** Where the collector or the separator is, if it is no phase: at a face of the volume. */
export type CollectorPlane = VolumeFace;

/** Options of {@link delamination}. */
export interface DelaminationOptions extends Pick<RunOptions, "signal" | "onProgress" | "memoryLimit"> {
  /** The collector: a phase by name or label, or the face of the volume where it is, such as `{ axis: "z", side: "low" }`. */
  collector: string | number | CollectorPlane;
  /** With a phase as collector: the axis across it. Default `z`. */
  axis?: Axis;
  /** With a phase as collector: on which side of it the coating lies, towards higher or lower indices. Default `high`. */
  coating?: "high" | "low";
  /** The phase that gaps are made of. Default: the first of the phase table. */
  void?: string | number;
  /** Widest gap between collector and coating that is a delamination; what is deeper is a pore. Voxels, or a length. Default 5 voxels. */
  gap?: number | Length;
  /**
   * Least diameter of the circle of the same area: smaller patches are pores at the collector. Voxels, or a length.
   * Default: three times the widest gap.
   */
  extent?: number | Length;
}

/** What {@link delamination} returns: a row of figures for each state of the collector's surface. */
export type Delamination = ResultTable & {
  /**
   * A plane across the axis (its rows and columns are those of the volume along the other two axes): labels `no collector`,
   * `bonded`, `delaminated`, `pore`.
   */
  readonly map: Volume;
  /** Delaminated area in µm², of the plane across the axis; in square voxels where the voxel size is unknown. */
  readonly area: number;
  /** Over the area of all of the collector. */
  readonly fraction: number;
  /** Mean width of the delaminated gap in µm or voxels; NaN where nothing is delaminated. */
  readonly opening: number;
  /** Number of delaminated patches. */
  readonly patches: number;
};

const caller = "delamination";
const NAMES = ["no collector", "bonded", "delaminated", "pore"] as const;

/**
 * Where a coating has come off its collector. In each column across the collector the void that begins at its surface is
 * measured: none is **bonded**; one of at most `gap`, with matter behind it, may be a delamination; a deeper one is a **pore**. Columns that may
 * be and hang together (by edges or corners) are a patch, which is **delaminated** if it is as wide as `extent`, else it is
 * pores as well: a coating touches its collector only here and there, and small pores along it are no delamination.
 *
 * Columns of the table, one row for `bonded`, `delaminated` and `pore`: `state`, `area` in µm² (of the plane across the axis; square voxels where
 * the voxel size is unknown), `fraction` (of the collector's area), `mean gap` in µm (0 where bonded, of pores only of those that
 * have matter behind them within `gap`). `map`, `area`, `fraction`, `opening` are properties; `map` can be shown and saved as any volume.
 *
 * Of a collector that is a phase the last voxel towards the coating counts, so it may be rough or bent (specks of its label
 * elsewhere would count, too: {@link keepLargest} takes them away); columns that it is not in have
 * `no collector`, as have those in which label 255 of 8 bits, no phase, lies at its surface. Areas are those of the projection: of a bent foil smaller than its own.
 * Same result for any brick shape, also for volumes larger than memory. Cost O(n) on one thread, of a collector at a face only as far as gaps reach; memory a layer of bricks and 20 bytes a column.
 * @param phases labels of whole numbers
 * @throws InvalidArgument if there are no such phases, or the collector is the void
 * @throws MissingData if no column has a collector
 * @example
 * const off = await delamination(phases, { collector: { axis: "z", side: "low" }, void: "pore", gap: um(2), extent: um(10) });
 * await save(off.map, "delaminated.tif");
 */
export async function delamination(phases: Volume, options: DelaminationOptions): Promise<Delamination> {
  checkVolume(caller, phases);
  checkOptions(caller, options, [
    ...["collector", "axis", "coating", "void", "gap", "extent"],
    ...["signal", "onProgress", "memoryLimit"],
  ]);
  const { axis, fromHigh, collector, hollow } = whereOf(phases, options);
  const k = AXES[axis];
  const across = phases.shape.filter((_, other) => other !== k) as unknown as [height: number, width: number];
  const edges = (phases.spacing?.map((size) => size * 1e6) ?? [1, 1, 1]) as unknown as Triple;
  const [rowEdge, columnEdge] = edges.filter((_, other) => other !== k) as [number, number];
  const { gap, extent } = sizesOf(phases, options, k, edges);
  const { signal, memoryLimit, onProgress } = options;
  const limit = { ...(memoryLimit !== undefined && { memoryLimit }) };
  const count = across[0] * across[1];
  const { brick } = phases.grid;
  const layer = brick[k] * count * (phases.bytes / phases.voxels);
  const claim = await machine.claim(caller, 20 * count + layer, memoryLimitOf(limit, machine));
  try {
    const columns = new Columns(count, gap, { collector, hollow, none: neutralOf(phases) });
    const layers = Math.ceil(phases.shape[k] / brick[k]);
    const watch = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
    await watched(caller, layers, watch, async (run) => {
      for (let n = 0; n < layers; n++) {
        // Reading from memory never leaves this turn of the event loop: without a pause Stop would not be heard.
        await setImmediate();
        run.signal.throwIfAborted();
        // At a face of the volume most layers are behind what matters.
        if (!columns.settled) await seeLayer(phases, k, fromHigh ? layers - 1 - n : n, fromHigh, columns);
        run.step();
      }
    });
    columns.finish();
    const { states, gaps } = columns;
    const patches = patchesOf(states, across, (Math.PI / 4) * (extent / rowEdge) * (extent / columnEdge));
    const parameters = { collector: options.collector, axis, gap, extent, void: hollow, coating: options.coating };
    const provenance = trace(caller, parameters, { phases });
    const spacing = phases.spacing;
    const [a, b] = [0, 1, 2].filter((other) => other !== k) as [number, number];
    const map = await buildVolume(
      {
        shape: [1, ...across],
        spacing: spacing && [spacing[k], spacing[a]!, spacing[b]!],
        dtype: "uint8",
        role: "labels",
        phases: NAMES.map((name, label): Phase => ({ label, name, colour: PALETTE[[7, 2, 5, 0][label]!]! })),
        provenance,
      },
      (writer) => writer.writePlanes(0, patches.map),
      limit,
    );
    return tableOf(map, patches, gaps, rowEdge * columnEdge, edges[k], spacing !== undefined);
  } finally {
    claim.drop();
  }
}

/** Shows a layer of bricks across the axis to the columns, plane by plane away from the collector. */
async function seeLayer(
  volume: Volume,
  k: 0 | 1 | 2,
  layer: number,
  fromHigh: boolean,
  columns: Columns,
): Promise<void> {
  const { shape, grid } = volume;
  const start: [number, number, number] = [0, 0, 0];
  const stop: [number, number, number] = [...shape];
  start[k] = layer * grid.brick[k];
  stop[k] = Math.min(shape[k], start[k] + grid.brick[k]);
  const region: Region = { start, stop };
  const voxels = await volume.read(region);
  const size = regionShape(region);
  const strides = [size[1] * size[2], size[2], 1];
  const [a, b] = [0, 1, 2].filter((other) => other !== k) as [number, number];
  const offsets = new Uint32Array(size[a]! * size[b]!);
  for (let v = 0, column = 0; v < size[a]!; v++)
    for (let u = 0; u < size[b]!; u++, column++) offsets[column] = v * strides[a]! + u * strides[b]!;
  for (let n = 0; n < size[k]; n++) columns.see(voxels, (fromHigh ? size[k] - 1 - n : n) * strides[k]!, offsets);
}

function whereOf(
  volume: Volume,
  { collector, axis, coating, void: hollow }: DelaminationOptions,
): { axis: Axis; fromHigh: boolean; collector: number | undefined; hollow: number } {
  checkLabelled(caller, volume);
  if (volume.role !== "labels")
    throw new InvalidArgument(
      `${caller}: this volume has the role ${volume.role}; give labels, such as threshold(…) makes`,
    );
  const usual = volume.phases?.[0]?.label;
  if (hollow === undefined && usual === undefined)
    throw new InvalidArgument(`${caller}: these labels have no phase table; give \`void\` as a label`);
  const empty = hollow === undefined ? usual! : labelOf(caller, hollow, volume.phases);
  const axes = Object.keys(AXES) as Axis[];
  if (typeof collector === "object" && collector !== null) {
    checkOptions(`${caller}: collector`, collector, ["axis", "side"]);
    checkChoice("collector.axis", collector.axis, axes);
    checkChoice("collector.side", collector.side, ["low", "high"]);
    for (const [name, value] of Object.entries({ axis, coating }))
      if (value !== undefined)
        throw new InvalidArgument(
          `${caller}: ${name} is for a collector that is a phase; this one is a face of the volume`,
        );
    return { axis: collector.axis, fromHigh: collector.side === "high", collector: undefined, hollow: empty };
  }
  if (collector === undefined)
    throw new InvalidArgument(
      `${caller}: say where the collector is: a phase by name or label, or a face of the volume: { collector: { axis: "z", side: "low" } }`,
    );
  const label = labelOf(caller, collector, volume.phases);
  if (label === empty)
    throw new InvalidArgument(`${caller}: collector and void are both ${label}; name two different phases`);
  checkChoice("axis", axis ?? "z", axes);
  checkChoice("coating", coating ?? "high", ["high", "low"]);
  return { axis: axis ?? "z", fromHigh: coating === "low", collector: label, hollow: empty };
}

/** The widest gap in voxels along the axis, and the least extent in µm or voxels. */
function sizesOf(
  volume: Volume,
  { gap = 5, extent }: DelaminationOptions,
  k: 0 | 1 | 2,
  edges: Triple,
): { gap: number; extent: number } {
  const voxels = inVoxels("gap", gap, volume)[k];
  checkNumber("gap (voxels)", voxels, 1, 1e6);
  if (extent === undefined) return { gap: voxels, extent: 3 * voxels * edges[k] };
  // A bare number is voxels of the plane, along its first axis.
  const across = k === 0 ? 1 : 0;
  const size = inVoxels("extent", extent, volume)[across] * edges[across];
  checkNumber("extent", size, 0, 1e9);
  return { gap: voxels, extent: size };
}

function tableOf(
  map: Volume,
  { map: labels, count }: Patches,
  gaps: Uint32Array,
  pixel: number,
  edge: number,
  known: boolean,
): Delamination {
  const [columns, sums, within] = [0, 1, 2].map(() => [0, 0, 0, 0]) as [number[], number[], number[]];
  for (let n = 0; n < labels.length; n++) {
    columns[labels[n]!]!++;
    // Of pores without matter behind them within reach no gap is known.
    if (gaps[n] === FACING) continue;
    sums[labels[n]!]! += gaps[n]!;
    within[labels[n]!]!++;
  }
  const total = columns[1]! + columns[2]! + columns[3]!;
  if (total === 0)
    throw new MissingData(`${caller}: no column has a collector; look at the phase that was named, and at the axis`);
  const rows = [1, 2, 3];
  const mean = (row: number): number => (sums[row]! / within[row]!) * edge;
  const area = columns[2]! * pixel;
  const fraction = columns[2]! / total;
  const unit = known ? "µm" : "voxel";
  const table = resultTable(
    [
      { name: "state", values: rows.map((row) => NAMES[row]!) },
      { name: "area", values: rows.map((row) => columns[row]! * pixel), unit: `${unit}²` },
      { name: "fraction", values: rows.map((row) => columns[row]! / total), unit: "1" },
      { name: "mean gap", values: rows.map(mean), unit },
    ],
    map.provenance,
  );
  const note = `${Number((100 * fraction).toPrecision(3))} % of the collector are delaminated, in ${count} patches.`;
  return Object.assign(withTableNote(table, note), { map, area, fraction, opening: mean(2), patches: count });
}
