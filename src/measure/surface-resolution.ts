import { release } from "../compute/memory.js";
import { checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { labelOf } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { downsample } from "../filters/downsample.js";
import { measuredVoxel } from "./phase-cells.js";
import { measuredPhases } from "./phase-numbers.js";
import { areasOf, checkDepth, type SurfaceMethod } from "./surface-area.js";

/** Options of {@link surfaceResolution}. */
export interface SurfaceResolutionOptions extends Omit<RunOptions, "to" | "region" | "mask"> {
  /** Only this phase, by name or label. Default: all. */
  phase?: string | number;
  /** How the area is measured, see {@link surfaceArea}. Default `"marching cubes"`. */
  method?: SurfaceMethod;
  /** How many voxels become one along each axis: whole numbers, ascending. Default `[1, 2, 4, 8]`, as far as 8 voxels are left along each axis. */
  factors?: readonly number[];
}

const METHODS = ["faces", "marching cubes", "gradient", "crofton"] as const;

/**
 * Surface of each phase against the size of voxels: the volume is made coarser step by step ({@link downsample}, the most frequent label of a block),
 * and measured again. A surface that still grows as voxels become smaller is not resolved: what it is, is a question of the voxel size.
 *
 * Columns, one row for each size and phase: `factor`; `voxel size` (the mean edge, in µm, or in voxels of the volume where its size is unknown);
 * `label`, `phase`; `fraction` of the phase; `area per volume`; `relative` to that of the first factor (with the default the volume as it is); `chord`: the mean length of straight lines through the
 * phase, 4 · volume / area, in voxels of this size; `under three voxels`: 1 where it is less than 3, so that the shape of the phase is that of voxels.
 *
 * Cost that of {@link surfaceArea} and of downsampling for each factor; memory an eighth of the volume.
 * @param labels labels of whole numbers or a mask
 * @throws InvalidArgument if factors are no ascending whole numbers from 1 to 64, or there is no such phase
 * @see the surface as a fractal: B. B. Mandelbrot, How long is the coast of Britain? (1967), doi:10.1126/science.156.3775.636
 * @example lines(await surfaceResolution(phases, { phase: "active material" }), { x: "voxel size", y: "area per volume" })
 */
export async function surfaceResolution(labels: Volume, options: SurfaceResolutionOptions = {}): Promise<ResultTable> {
  const caller = "surfaceResolution";
  checkVolume(caller, labels);
  checkOptions(caller, options, ["phase", "method", "factors", "signal", "onProgress", "memoryLimit", "workers"]);
  const { phase, method = "marching cubes", factors = usualFactors(labels), onProgress: _, ...run } = options;
  checkChoice("method", method, METHODS);
  if (!Array.isArray(factors) || factors.length === 0)
    throw new InvalidArgument(`${caller}: factors is ${JSON.stringify(factors)}; give whole numbers such as [1, 2, 4]`);
  for (const [k, factor] of factors.entries()) {
    checkNumber(`${caller}: a factor (voxels)`, factor, 1, 64, true);
    if (k > 0 && factor <= factors[k - 1]!)
      throw new InvalidArgument(`${caller}: factors are ${factors.join(", ")}; they have to be ascending`);
  }
  if (method !== "faces") checkDepth(caller, method, labels);
  const { phases } = await measuredPhases(caller, labels, run);
  const only = phase === undefined ? undefined : labelOf(caller, phase, phases);
  const wanted = phases.flatMap(({ label }, k) => (only === undefined || label === only ? [k] : []));
  const { length } = measuredVoxel(labels);
  const edge = (volume: Volume): number => Math.cbrt(measuredVoxel(volume).cube);
  const rows: { factor: number; size: number; k: number; fraction: number; area: number; chord: number }[] = [];
  for (const factor of factors) {
    const coarse = factor === 1 ? labels : await downsample(labels, factor, run);
    try {
      const measured = await measuredPhases(caller, coarse, run);
      const voxel = measuredVoxel(coarse);
      // Phases may be lost as voxels become larger.
      const place = wanted.map((k) => measured.phases.findIndex(({ label }) => label === phases[k]!.label));
      const areas = await areasOf(
        coarse,
        measured,
        place.filter((k) => k >= 0),
        { method, smoothing: 0 },
        voxel,
        run,
      );
      for (const [n, k] of wanted.entries()) {
        const voxels = place[n]! < 0 ? 0 : measured.voxels[place[n]!]!;
        const area = place[n]! < 0 ? 0 : areas[place.filter((at) => at >= 0).indexOf(place[n]!)]!;
        const size = labels.spacing === undefined ? factor : edge(coarse);
        // Without a voxel size areas are counted in coarse voxels.
        const scale = labels.spacing === undefined ? factor : 1;
        rows.push({
          factor,
          size,
          k,
          fraction: voxels / measured.total,
          area: area / (measured.total * voxel.cube) / scale,
          chord: (4 * voxels * voxel.cube) / area / (labels.spacing === undefined ? 1 : edge(coarse)),
        });
      }
    } finally {
      if (coarse !== labels) release(coarse);
    }
  }
  const finest = (k: number): number => rows.find((row) => row.k === k)!.area;
  return resultTable(
    [
      { name: "factor", values: rows.map(({ factor }) => factor), whole: true },
      { name: "voxel size", values: rows.map(({ size }) => size), unit: length },
      { name: "label", values: rows.map(({ k }) => phases[k]!.label), whole: true },
      { name: "phase", values: rows.map(({ k }) => phases[k]!.name) },
      { name: "fraction", values: rows.map(({ fraction }) => fraction), unit: "1" },
      { name: "area per volume", values: rows.map(({ area }) => area), unit: `1/${length}` },
      { name: "relative", values: rows.map(({ k, area }) => area / finest(k)), unit: "1" },
      { name: "chord", values: rows.map(({ chord }) => chord), unit: "voxel" },
      { name: "under three voxels", values: rows.map(({ chord }) => (chord >= 3 ? 0 : 1)), whole: true },
    ],
    trace(caller, { phase: only, method, factors }, { labels }),
  );
}

const usualFactors = ({ shape }: Volume): number[] =>
  [1, 2, 4, 8].filter((factor) => factor === 1 || shape.every((n) => n === 1 || n >= 8 * factor));
