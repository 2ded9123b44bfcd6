import { memoryLimitOf } from "../compute/build.js";
import { type Claim, machine, release } from "../compute/memory.js";
import { labelComponents } from "../compute/operations/components.js";
import { checkVolume, run } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { type Length, um } from "../core/length.js";
import { checkNumber, checkOptions, inVoxels, type RunOptions } from "../core/options.js";
import { labelOf, type Phase } from "../core/phases.js";
import { type Provenance, trace } from "../core/provenance.js";
import { sameShape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { sheetness } from "../filters/sheetness.js";
import { checkLabelled, findComponents, joined } from "../morphology/find-components.js";
import { countPhases } from "../statistics/phase-counts.js";
import { greyOfCracks } from "./crack-contrast.js";
import { FEATURE_BYTES, shapeOf, type ThinVoid, thinFeatures } from "./crack-features.js";
import { withTableNote } from "./table-note.js";
import { type DarkSheets, thinVoids } from "./thin-voids.js";

/** Options of {@link cracks}. */
export interface CracksOptions extends Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers"> {
  /** The phase that is cracked, by name or label. Default: the last of the phase table. */
  phase?: string | number;
  /** The phase that cracks are made of. Default: the first of the phase table. */
  void?: string | number;
  /** Narrowest and widest opening of a crack: voxels, or lengths such as `um(0.2)`. Default `[0.5, 6]` voxels. */
  widths?: readonly [number | Length, number | Length];
  /** Least flatness of a crack, from 0 to 1: that of a flat sheet is above 0.5, of a channel below 0.3. Default 0.35. */
  flatness?: number;
  /** How many times longer than wide a crack is at least: √area over opening. Default 3. */
  aspect?: number;
  /** The scan that was segmented: cracks that are too thin for its threshold are then found by their {@link sheetness}. */
  scan?: Volume;
  /** With `scan`: the least sheetness of such a crack, in grey values. Default: what one has that is a third as deep as void and phase differ. */
  depth?: number;
}

/** What {@link cracks} returns: a row for each crack, and the figures of all of them. */
export type Cracks = ResultTable & {
  /** The number of the crack at each voxel, 0 where there is none: labels (uint32) of the shape of the phases. */
  readonly labels: Volume;
  /** Volume of all cracks over that of the cracked phase with its cracks. */
  readonly fraction: number;
  /** Area of all cracks, one side, in µm² (square voxels where the voxel size is unknown); a crack has two new surfaces. */
  readonly area: number;
  /** Volume over area of all cracks, in µm or voxels: their mean opening; NaN without cracks. */
  readonly opening: number;
  /** Thin voids that are no cracks: pores, channels, corners. */
  readonly rejected: number;
};

const caller = "cracks";

/**
 * Finds cracks: thin voids in a phase, such as those in the particles of a cycled cathode, told apart from round pores.
 *
 * 1. **Thin voids** are all voxels of the void phase that no ball of the widest opening within the void reaches (it, less its
 *    {@link opening}), and with `scan` those of the cracked phase that are a dark sheet ({@link sheetness}) and themselves dark.
 * 2. Those that touch, also by corners, are **one thin void**. Its area follows from its faces to matter across
 *    z, y and x, less those of the rim that a disc of this area has: right to some per cent for a flat crack of any direction, up to 13 %
 *    too small for a curved one. Its opening is volume over area.
 * 3. A thin void is a **crack** if its opening is within `widths`, if it is `aspect` times longer than wide, and if it is flat: its
 *    `flatness` is the mean sheetness of its voxels, over what a flat sheet has. A round pore is not longer than it is wide, a
 *    channel is long but not flat.
 *
 * Columns, one row a crack: `crack` (its number in `labels`), `voxels`, `volume` in µm³, `area` of one side in µm², `opening` in µm (all in voxels
 * where the voxel size is unknown), `aspect`, `flatness`. `fraction`, `area` and `opening` of all are properties.
 *
 * Voxels count whole: of cracks that are thinner than two voxels volume and opening are those of the voxels, which blur widens; with
 * `scan` also voxels that a crack fills by a quarter or more. Discs of 1.5 to 4 voxels in a contrast of 3 to 12 times the noise: all were found
 * and no pore was, 94 to 99 % of the voxels that were found were crack, 92 to 98 % of the crack was found (with `scan` 85 % and 94 to 98 %).
 * A gap between two particles that nearly touch is a thin void, too; nothing in its shape tells it from a crack. Cracks wider than `widths` are
 * pores.
 * Same result for any brick shape and number of workers, also for volumes larger than memory. Cost one to two microseconds a voxel, a part of it
 * on one thread; memory 9 bytes a voxel, which go to scratch files where they do not fit, and 52 for each thin void.
 * @param phases labels of whole numbers
 * @throws InvalidArgument if phases are missing or the same, or widths are not ascending
 * @throws MissingData if the phase has no voxels, or widths are lengths and the voxel size is unknown
 * @see Y. Sato et al. (2000), doi:10.1109/2945.856997, for the sheets
 * @example const found = await cracks(phases, { phase: "active material", void: "pore", widths: [um(0.2), um(1.5)], scan: clean });
 */
export async function cracks(phases: Volume, options: CracksOptions = {}): Promise<Cracks> {
  checkVolume(caller, phases);
  checkOptions(caller, options, [
    ...["phase", "void", "widths", "flatness", "aspect", "scan", "depth"],
    ...["signal", "onProgress", "memoryLimit", "workers"],
  ]);
  const { widths = [0.5, 6], flatness = 0.35, aspect = 3, scan, depth, ...given } = options;
  const { phase: _, void: __, ...rest } = given;
  checkNumber("flatness", flatness, 0, 1);
  checkNumber("aspect", aspect, 0, 1e6);
  const { host, hollow } = labelsOf(phases, options);
  const { edges, narrowest, widest, radius } = openingsOf(phases, widths);
  if (scan !== undefined) checkScan(scan, phases);
  if (depth !== undefined) checkNumber("depth (grey values)", depth, Number.MIN_VALUE, Number.MAX_VALUE);
  if (depth !== undefined && scan === undefined)
    throw new InvalidArgument(
      `${caller}: depth is ${depth} grey values, but there is no \`scan\` that it would hold for`,
    );
  const { onProgress: ___, ...quiet } = rest;
  const { phases: table, voxels } = await countPhases(caller, phases, quiet);
  const hosts = voxels[table.findIndex(({ label }) => label === host)] ?? 0;
  if (hosts === 0)
    throw new MissingData(`${caller}: no voxel has the label ${host} of the cracked phase; name another \`phase\``);
  const made: Volume[] = [];
  const kept = (volume: Volume): Volume => {
    made.push(volume);
    return volume;
  };
  const free = (volume: Volume): void => {
    made.splice(made.indexOf(volume), 1);
    release(volume);
  };
  const sigma = scales(narrowest, widest, phases);
  let claim: Claim | undefined;
  try {
    let sheets: DarkSheets | undefined;
    if (scan !== undefined) {
      const grey = await greyOfCracks(scan, phases, { host, hollow }, depth, quiet);
      sheets = { scan, grey, sheetness: kept(await sheetness(scan, { ...quiet, sigma })) };
    }
    const thin = kept(await thinVoids(phases, { host, hollow }, radius, sheets, rest));
    if (sheets !== undefined) free(sheets.sheetness);
    const flat = kept(await sheetness(thin, { ...quiet, sigma, of: "bright" }));
    const where = { connectivity: 26, label: 0, except: true } as const;
    const all = await findComponents(thin, where, quiet);
    const parameters = {
      ...{ phase: host, void: hollow, widths, flatness, aspect },
      ...(sheets !== undefined && { depth: sheets.grey.depth }),
    };
    const provenance = trace(caller, parameters, { phases, scan });
    const facts = { provenance, role: "labels", phases: null } as const;
    const numbered = kept(
      await run(
        labelComponents,
        thin,
        joined(thin, where, all, (component) => component + 1),
        quiet,
        facts,
      ),
    );
    claim = await machine.claim(caller, all.count * (FEATURE_BYTES + 4), memoryLimitOf(rest, machine));
    const features = await thinFeatures(numbered, flat, phases, { host, hollow }, all.count, rest);
    free(flat);
    free(numbered);
    const found: ThinVoid[] = [];
    const numbers = new Uint32Array(all.count);
    for (let k = 0; k < all.count; k++) {
      const one = shapeOf(features, k + 1, edges);
      const fits = one.opening >= narrowest && one.opening <= widest;
      if (fits && one.aspect >= aspect && one.flatness >= flatness) numbers[k] = found.push(one);
    }
    const labels = await run(
      labelComponents,
      thin,
      joined(thin, where, all, (k) => numbers[k]!),
      quiet,
      facts,
    );
    return tableOf(found, labels, hosts, all.count - found.length, edges, phases.spacing !== undefined, provenance);
  } finally {
    claim?.drop();
    for (const volume of made) release(volume);
  }
}

function labelsOf(volume: Volume, { phase, void: hollow }: CracksOptions): { host: number; hollow: number } {
  checkLabelled(caller, volume);
  if (volume.role !== "labels")
    throw new InvalidArgument(
      `${caller}: this volume has the role ${volume.role}; give labels, such as threshold(…) makes`,
    );
  const table: readonly Phase[] | undefined = volume.phases;
  const of = (name: string, given: string | number | undefined, usual: Phase | undefined): number => {
    if (given !== undefined) return labelOf(caller, given, table);
    if (usual !== undefined) return usual.label;
    throw new InvalidArgument(`${caller}: these labels have no phase table; give \`${name}\` as a label`);
  };
  const found = { host: of("phase", phase, table?.at(-1)), hollow: of("void", hollow, table?.[0]) };
  if (found.host !== found.hollow) return found;
  throw new InvalidArgument(`${caller}: phase and void are both ${found.host}; name two different phases`);
}

function checkScan(scan: Volume, { shape }: Volume): void {
  checkVolume(caller, scan);
  if (!sameShape(scan.shape, shape))
    throw new InvalidArgument(
      `${caller}: the scan has the shape ${scan.shape.join(" × ")}, the phases ${shape.join(" × ")}; crop one to the other`,
    );
  if (scan.role === "labels" || scan.role === "mask")
    throw new InvalidArgument(`${caller}: the scan has the role ${scan.role}; give grey values`);
}

/** Openings in µm, or voxels where the voxel size is unknown; the radius of the widest one in voxels along each axis. */
function openingsOf(
  volume: Volume,
  widths: readonly (number | Length)[],
): { edges: Triple; narrowest: number; widest: number; radius: Triple } {
  if (!Array.isArray(widths) || widths.length !== 2)
    throw new InvalidArgument(`widths are ${JSON.stringify(widths)}; give the narrowest and the widest opening`);
  const edges = (volume.spacing?.map((size) => size * 1e6) ?? [1, 1, 1]) as unknown as Triple;
  const least = Math.min(...edges);
  // A bare number is voxels along the shortest edge.
  const [narrowest, widest] = widths.map((width) =>
    typeof width === "number" ? width * least : inVoxels("widths", width, volume)[0] * edges[0],
  ) as [number, number];
  if (!(narrowest >= 0 && widest > narrowest))
    throw new InvalidArgument(`widths are ${JSON.stringify(widths)}; the second has to be the larger one`);
  for (const edge of edges) checkNumber("half of the widest opening (voxels)", widest / 2 / edge, 0.5, 60);
  // A ball of the radius r is 2 ⌊r⌋ + 1 voxels across: this is the least one that is wider than the crack.
  const radius = edges.map((edge) => widest / 2 / edge + 0.5) as unknown as Triple;
  return { edges, narrowest, widest, radius };
}

/**
 * Half of each opening, from the narrowest to the widest by factors below 1.6. A voxel at least: below that noise bends as much as
 * cracks do, and the steps of a channel's wall are as flat as a crack.
 */
function scales(narrowest: number, widest: number, { spacing }: Volume): (number | Length)[] {
  const least = 2 * (spacing === undefined ? 1 : Math.min(...spacing) * 1e6);
  const last = Math.max(least, widest) / 2;
  const first = Math.min(last, Math.max(least, narrowest) / 2);
  const steps = Math.ceil(Math.log(last / first) / Math.log(1.6));
  const all = Array.from({ length: steps + 1 }, (_, k) => (steps === 0 ? last : first * (last / first) ** (k / steps)));
  return spacing === undefined ? all : all.map(um);
}

function tableOf(
  found: readonly ThinVoid[],
  labels: Volume,
  hosts: number,
  rejected: number,
  edges: Triple,
  known: boolean,
  provenance: Provenance,
): Cracks {
  const unit = (power: string): { unit: string } => ({ unit: known ? `µm${power}` : `voxel${power}` });
  const columns: Column[] = [
    { name: "crack", values: found.map((_, k) => k + 1), whole: true },
    { name: "voxels", values: found.map(({ voxels }) => voxels) },
    { name: "volume", values: found.map(({ volume }) => volume), ...unit("³") },
    { name: "area", values: found.map(({ area }) => area), ...unit("²") },
    { name: "opening", values: found.map(({ opening }) => opening), ...unit("") },
    { name: "aspect", values: found.map(({ aspect }) => aspect), unit: "1" },
    { name: "flatness", values: found.map(({ flatness }) => flatness), unit: "1" },
  ];
  const sum = (of: (one: ThinVoid) => number): number => found.reduce((total, one) => total + of(one), 0);
  const volume = sum((one) => one.volume);
  const area = sum((one) => one.area);
  const whole = hosts + sum(({ voxels, hosts }) => voxels - hosts);
  const fraction = volume / (whole * edges[0] * edges[1] * edges[2]);
  const note = `${found.length} cracks are ${Number((100 * fraction).toPrecision(3))} % of the phase with its cracks; ${rejected} other thin voids are none.`;
  const table = withTableNote(resultTable(columns, provenance), note);
  return Object.assign(table, { labels, fraction, area, opening: volume / area, rejected });
}
