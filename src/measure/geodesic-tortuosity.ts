import { buildVolume, memoryLimitOf } from "../compute/build.js";
import { hold } from "../compute/execute.js";
import { startIsolated } from "../compute/isolated.js";
import { machine, release } from "../compute/memory.js";
import { describeRegion } from "../compute/places.js";
import { outlineOf } from "../compute/planned.js";
import { defaultWorkers } from "../compute/pool.js";
import { type Run, watched } from "../compute/progress.js";
import { checkMask, checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { formatBytes } from "../core/display.js";
import { InvalidArgument, LimitExceeded, MissingData } from "../core/errors.js";
import { checkChoice, checkNumber, checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { type Provenance, trace } from "../core/provenance.js";
import { AXES, type Axis, checkRegion, regionShape, type Shape, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { phaseOf } from "../morphology/structuring.js";
import { whereOf } from "../morphology/where.js";
import { type GeodesicTask, geodesicBytes } from "./geodesic-thread.js";

/** Options of {@link geodesicTortuosity}. */
export interface GeodesicTortuosityOptions extends Omit<RunOptions, "to"> {
  /** The phase through which paths lead, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
  /** The axis along which paths lead, or several. Default: all along which there is more than one voxel. */
  axis?: Axis | readonly Axis[];
  /** The face at which paths begin: that of the first plane across the axis, or of the last one. Default `first`. */
  from?: "first" | "last";
  /** Also the path to each voxel, as a volume for each axis. Default false. */
  maps?: boolean;
}

/** What {@link geodesicTortuosity} returns: a row for each axis. */
export type GeodesicTortuosity = ResultTable & {
  /** How the paths to the voxels of the outlet are spread: number of `voxels` with a tortuosity `from` … `to`, for each axis. */
  readonly distribution: ResultTable;
  /** With `maps`: length of the shortest path from the inlet face to the centre of each voxel. */
  readonly maps: Partial<Readonly<Record<Axis, Volume>>>;
};

const caller = "geodesicTortuosity";
const OPTIONS = ["phase", "axis", "from", "maps", ...TABLE_OPTIONS];
/** What a thread can address. */
const MOST_BYTES = 2 ** 32 - 2 ** 24;
const PARTS = 20;
/** Voxels after which Stop is heard. */
const STEPS = 2 ** 19;
/** Width of a class of tortuosities. */
const CLASS = 0.01;

/**
 * Geometric tortuosity by shortest paths: how much longer than straight the shortest way through a phase is, from one face of the
 * volume to the other, along each axis. It says how crooked ways are; nothing of how narrow they are, as the tortuosity factor
 * of transport does: **do not put it in the place of one**, nor its square.
 *
 * A front goes out from the inlet face through the phase by fast marching: so each voxel gets the length of its shortest path,
 * which may lead in any direction and not only from voxel to voxel. Its length to the outlet face over the distance of the faces
 * is the tortuosity of a voxel there. Columns, one row an axis: `axis`, `geometric tortuosity` (mean over the voxels of the phase on the outlet
 * face that a path leads to; infinite if there are none), its `deviation` (standard deviation over these voxels), `least` and `largest`,
 * `reached fraction` (these over all voxels of the phase on the outlet face), `phase fraction reached` (voxels that paths lead to
 * over all of the phase), `inlet voxels`, `outlet voxels` (of the phase). The ratio of the rows is the anisotropy of Ebner et al.
 * `distribution` has the classes of 0.01 of each axis.
 * `maps` are lengths in voxels; where these are no cubes in their shortest edge; infinite where no path leads, NaN outside of the phase.
 *
 * Faces are those of the volume, or of `region`. Walls, the sides, and what lies outside the sample (label 255 of 8 bits and what `mask`
 * leaves out) are closed: paths near a side find fewer ways. Differences are of second order where
 * two voxels in a row were reached: exact for straight fronts. Where a path leaves a corner it gets some half a voxel too long,
 * however long it is: around a sphere of radius 10, 20, 40 voxels 1.2, 0.6, 0.3 %; behind a slit one voxel at most, behind a
 * hole of a single voxel 0.75 on average and 1.3 at most (see the tests). Voxels need not be cubes.
 * Same result for any brick shape and number of workers. Cost 0.2 µs for each voxel of the phase and axis, axes side by
 * side; memory 8 bytes a voxel for each axis at work, and 4 for each map, up to about 800 voxels along each edge.
 * @param labels mask or labels of whole numbers
 * @throws MissingData if the phase has no voxel
 * @throws LimitExceeded if the volume does not fit into the 4 GiB that a thread can address
 * @see J. A. Sethian, A fast marching level set method (1996), doi:10.1073/pnas.93.4.1591; M. Ebner, D.-W. Chung, R. E. García & V. Wood (2014),
 * doi:10.1002/aenm.201301278, for the anisotropy of electrodes
 * @example const paths = await geodesicTortuosity(labels, { phase: "pore" });
 */
export async function geodesicTortuosity(
  labels: Volume,
  options: GeodesicTortuosityOptions = {},
): Promise<GeodesicTortuosity> {
  checkVolume(caller, labels);
  checkOptions(caller, options, OPTIONS);
  const { phase, axis, from = "first", maps = false, workers = defaultWorkers(), region, mask } = options;
  checkChoice("from", from, ["first", "last"]);
  checkNumber("workers", workers, 1, 64, true);
  if (typeof maps !== "boolean")
    throw new InvalidArgument(`${caller}: maps is ${JSON.stringify(maps)}; allowed are true and false`);
  checkLabelled(caller, labels);
  const box = region ?? wholeRegion(labels.shape);
  checkRegion(box, labels.shape);
  checkMask(mask, labels);
  const shape = regionShape(box);
  const axes = checkAxes(axis, shape);
  const label = phaseOf(caller, labels, phase);
  const bytes = geodesicBytes(shape);
  if (bytes > MOST_BYTES)
    throw new LimitExceeded(
      `${caller}: ${shape.join(" × ")} voxels need ${formatBytes(bytes)} in one piece, more than a thread can address (${formatBytes(MOST_BYTES)}); choose a region or downsample the volume`,
      bytes,
      MOST_BYTES,
    );
  const provenance = trace(caller, { phase: label, axes, from, region }, { labels, mask });
  const made: Volume[] = [];
  const { memoryLimit, signal, onProgress } = options;
  const where = await whereOf(labels, label, {
    workers,
    ...(region && { region }),
    ...(mask && { mask }),
    ...(memoryLimit !== undefined && { memoryLimit }),
    ...(signal && { signal }),
  });
  try {
    const found = await watched(
      caller,
      axes.length * PARTS,
      { ...(signal && { signal }), ...(onProgress && { onProgress }) },
      (run) =>
        alongAxes(
          where.volume,
          axes,
          { ...where.found, fromLast: from === "last" },
          { maps, workers, bytes, provenance },
          made,
          run,
          options,
        ),
    );
    return tableOf(found, provenance);
  } catch (error) {
    for (const volume of made) release(volume);
    throw error;
  } finally {
    where.free();
  }
}

function checkAxes(axis: GeodesicTortuosityOptions["axis"], shape: Shape): readonly Axis[] {
  const names = Object.keys(AXES) as Axis[];
  const wide = names.filter((name) => shape[AXES[name]] > 1);
  const axes = axis === undefined ? (wide.length > 0 ? wide : names) : Array.isArray(axis) ? axis : [axis as Axis];
  if (axes.length === 0) throw new InvalidArgument(`${caller}: axis is an empty list; leave it out for all axes`);
  for (const name of axes) checkChoice(`${caller}: axis`, name, names);
  if (new Set(axes).size < axes.length)
    throw new InvalidArgument(`${caller}: axis names one twice: ${axes.join(", ")}`);
  return axes;
}

interface Along {
  readonly axis: Axis;
  readonly open: number;
  readonly inlet: number;
  readonly reached: number;
  /** To each voxel of the phase on the outlet face, over the distance of the faces. */
  readonly tortuosities: Float64Array;
  readonly map: Volume | undefined;
}

async function alongAxes(
  labels: Volume,
  axes: readonly Axis[],
  how: Pick<GeodesicTask, "label" | "except" | "fromLast">,
  work: { readonly maps: boolean; readonly workers: number; readonly bytes: number; readonly provenance: Provenance },
  made: Volume[],
  run: Run,
  options: GeodesicTortuosityOptions,
): Promise<Along[]> {
  const limit = memoryLimitOf(options, machine);
  const letGo = hold(labels);
  // As many axes side by side as there is room for.
  let threads = Math.min(work.workers, axes.length);
  let claim = threads > 1 ? await machine.claimIfRoom(threads * work.bytes, limit) : undefined;
  if (claim === undefined) {
    threads = 1;
    claim = await machine.claim(caller, work.bytes, limit).catch((error) => {
      letGo();
      throw error;
    });
  }
  try {
    const found = new Array<Along>(axes.length);
    let next = 0;
    const lane = async (): Promise<void> => {
      try {
        for (let k = next++; k < axes.length; k = next++)
          found[k] = await alongAxis(labels, axes[k]!, how, work, made, run, options);
      } catch (error) {
        next = axes.length;
        throw error;
      }
    };
    // If one fails the others are waited for: they read the volume, and make maps.
    const ended = await Promise.allSettled(Array.from({ length: threads }, lane));
    for (const end of ended) if (end.status === "rejected") throw end.reason;
    return found;
  } finally {
    claim.drop();
    letGo();
  }
}

async function alongAxis(
  labels: Volume,
  axis: Axis,
  how: Pick<GeodesicTask, "label" | "except" | "fromLast">,
  { maps, provenance }: { readonly maps: boolean; readonly provenance: Provenance },
  made: Volume[],
  { signal, step }: Run,
  { memoryLimit }: GeodesicTortuosityOptions,
): Promise<Along> {
  const { shape, spacing = [1, 1, 1] } = labels;
  const shortest = Math.min(...spacing);
  const size = spacing.map((edge) => edge / shortest) as unknown as Triple;
  const module = new URL("./geodesic-thread.js", import.meta.url);
  const thread = startIsolated(module, { what: caller, signal, deadline: 3_600_000 });
  let told = 0;
  const tell = (share: number): void => {
    for (; told < Math.floor(share * PARTS); told++) step();
  };
  try {
    const input = describeRegion(labels, wholeRegion(shape));
    const task: GeodesicTask = { input, ...how, axis: AXES[axis], size };
    const { open, inlet } = await thread.call<{ open: number; inlet: number }>("begin", task);
    if (open === 0) throw new MissingData(`${caller}: no voxel belongs to the phase; name another \`phase\``);
    for (let count = STEPS; !(await thread.call<boolean>("step", STEPS)); count += STEPS)
      tell(Math.min(0.95, count / open));
    const { lengths, reached } = await thread.call<{ lengths: Float32Array; reached: number }>("outlet", undefined);
    const straight = shape[AXES[axis]] * size[AXES[axis]];
    let map: Volume | undefined;
    if (maps) {
      const facts = { ...outlineOf(labels), dtype: "float32", role: "field", phases: undefined, provenance } as const;
      const planes = labels.grid.brick[0];
      map = await buildVolume(
        facts,
        async (writer) => {
          for (let z = 0; z < shape[0]; z += planes) {
            const to = Math.min(shape[0], z + planes);
            await writer.writePlanes(z, await thread.call<Float32Array>("planes", { from: z, to }));
          }
        },
        { signal, ...(memoryLimit === undefined ? {} : { memoryLimit }) },
      );
      made.push(map);
    }
    tell(1);
    const tortuosities = Float64Array.from(lengths, (length) => length / straight);
    return { axis, open, inlet, reached, tortuosities, map };
  } finally {
    await thread.end();
  }
}

function tableOf(found: readonly Along[], provenance: Provenance): GeodesicTortuosity {
  const figures = found.map(({ tortuosities }) => {
    const reached = tortuosities.filter(Number.isFinite);
    const mean = reached.reduce((sum, one) => sum + one, 0) / reached.length;
    const deviation = Math.sqrt(reached.reduce((sum, one) => sum + (one - mean) ** 2, 0) / reached.length);
    const [least, largest] = [
      reached.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
      reached.reduce((a, b) => Math.max(a, b), 0),
    ];
    const none = reached.length === 0;
    const share = tortuosities.length === 0 ? 0 : reached.length / tortuosities.length;
    return {
      reached,
      mean: none ? Number.POSITIVE_INFINITY : mean,
      deviation,
      least,
      largest: none ? least : largest,
      share,
    };
  });
  const table = resultTable(
    [
      { name: "axis", values: found.map(({ axis }) => axis) },
      { name: "geometric tortuosity", values: figures.map(({ mean }) => mean), unit: "1" },
      { name: "deviation", values: figures.map(({ deviation }) => deviation), unit: "1" },
      { name: "least", values: figures.map(({ least }) => least), unit: "1" },
      { name: "largest", values: figures.map(({ largest }) => largest), unit: "1" },
      { name: "reached fraction", values: figures.map(({ share }) => share), unit: "1" },
      { name: "phase fraction reached", values: found.map(({ reached, open }) => reached / open), unit: "1" },
      { name: "inlet voxels", values: found.map(({ inlet }) => inlet), whole: true },
      { name: "outlet voxels", values: found.map(({ tortuosities }) => tortuosities.length), whole: true },
    ],
    provenance,
  );
  const classes = found.flatMap(({ axis }, k) => {
    const counts = new Map<number, number>();
    for (const one of figures[k]!.reached) {
      // A hair more: 1.1 / 0.01 comes out below 110.
      const at = Math.floor(one / CLASS + 1e-6);
      counts.set(at, (counts.get(at) ?? 0) + 1);
    }
    return [...counts].sort(([a], [b]) => a - b).map(([at, voxels]) => ({ axis, at, voxels }));
  });
  const distribution = resultTable(
    [
      { name: "axis", values: classes.map(({ axis }) => axis) },
      { name: "from", values: classes.map(({ at }) => at * CLASS), unit: "1" },
      { name: "to", values: classes.map(({ at }) => (at + 1) * CLASS), unit: "1" },
      { name: "voxels", values: classes.map(({ voxels }) => voxels), whole: true },
    ],
    provenance,
  );
  const maps = Object.fromEntries(found.flatMap(({ axis, map }) => (map === undefined ? [] : [[axis, map]])));
  return Object.assign(table, { distribution, maps });
}
