import { checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { labelOf, type Phase } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { sameShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { countPhases } from "../statistics/phase-counts.js";
import { type SurfaceFigures, surfaceFigures } from "./surface-figures.js";

/** Options of {@link surfaceDistances}. */
export interface SurfaceDistancesOptions extends Omit<RunOptions, "region" | "mask" | "to"> {
  /** Only this phase, by the name or label that it has in the truth. Default: a row for each phase. */
  phase?: string | number;
  /** How far apart surfaces may lie and still count as equal, for the surface Dice: voxels (of the shortest edge) or a length. Default 1. */
  tolerance?: number | Length;
}

export const SURFACE_OPTIONS = ["signal", "onProgress", "memoryLimit", "workers"] as const;

/**
 * How far the surfaces of a segmentation lie from those of the truth, phase by phase. Overlap says little of thin or large
 * bodies; distances say by how much a face has moved.
 *
 * The surface of a phase are its voxels that share a face with a voxel of another one; what lies beyond the faces of the volume
 * counts as nothing, so that a phase has no surface where the volume cuts it. From the centre of each surface voxel the
 * distance to that of the nearest one of the other surface is taken, both ways. Columns, one row a phase: `label` and `phase` (of
 * the truth), `surface` and `true surface` (numbers of voxels), and in µm where the voxel size is known, else in voxels:
 * `Hausdorff` (the largest of all distances), `Hausdorff 95` (the larger of the 95th percentiles of the two ways, interpolated
 * as by numpy), `mean distance` (average symmetric surface distance: the sum of all over their number), `mean to truth` and
 * `mean from truth` (of either way); and `surface Dice` (the share of both surfaces that lies within `tolerance` of the other
 * one). NaN where neither surface has a voxel; infinite, with a surface Dice of 0, where only one has.
 *
 * Phases are matched as by {@link compareLabels}. Distances are exact in float32. Cost two distance transforms a phase and some
 * passes; memory twice 4 bytes a voxel, and 4 bytes for each surface voxel.
 * @param labels the segmentation: labels of whole numbers or a mask
 * @param truth labels of the same shape
 * @throws MissingData if there is no truth, or `tolerance` is a length and the voxel size is not known
 * @throws InvalidArgument if shapes, voxel sizes or numbers of phases differ, or there is no such phase
 * @see S. Nikolov et al., Clinically applicable segmentation of head and neck anatomy for radiotherapy (2021),
 * doi:10.2196/26151 (surface Dice); P. Cignoni, C. Rocchini & R. Scopigno, Metro: measuring error on simplified surfaces
 * (1998), doi:10.1111/1467-8659.00236. Differs from MedPy, whose surfaces go along the faces of the volume, and which takes the
 * percentile of both ways together; from SimpleITK's HausdorffDistance, which takes the voxels inside, too.
 */
export async function surfaceDistances(
  labels: Volume,
  truth: Volume | undefined,
  options: SurfaceDistancesOptions = {},
): Promise<ResultTable> {
  const caller = "surfaceDistances";
  checkOptions(caller, options, ["phase", "tolerance", ...SURFACE_OPTIONS]);
  const { phase, tolerance = 1, ...run } = options;
  const pair = checkedPair(caller, labels, truth);
  const within = toleranceIn(caller, tolerance, pair.spacing);
  const matched = await matchedPhases(caller, pair.labels, pair.truth, run);
  const wanted =
    phase === undefined
      ? undefined
      : labelOf(
          caller,
          phase,
          matched.map(({ truth }) => truth),
        );
  const rows: { phase: Phase; figures: SurfaceFigures }[] = [];
  for (const { labels: own, truth: right } of matched)
    if (wanted === undefined || right.label === wanted)
      rows.push({ phase: right, figures: await surfaceFigures(caller, pair, own.label, right.label, within, run) });
  const of = (name: keyof SurfaceFigures): number[] => rows.map(({ figures }) => figures[name]);
  return resultTable(
    [
      { name: "label", values: rows.map((row) => row.phase.label), whole: true },
      { name: "phase", values: rows.map((row) => row.phase.name) },
      { name: "surface", values: of("surface") },
      { name: "true surface", values: of("trueSurface") },
      ...distanceColumns(of, pair.unit),
    ],
    trace(caller, { phase: wanted, tolerance }, { labels, truth: pair.truth }),
  );
}

/** Columns of distances, as tables of methods have them, too. */
export function distanceColumns(of: (name: keyof SurfaceFigures) => number[], unit: string) {
  const lengths = [
    ["Hausdorff", "hausdorff"],
    ["Hausdorff 95", "hausdorff95"],
    ["mean distance", "mean"],
    ["mean to truth", "toTruth"],
    ["mean from truth", "fromTruth"],
  ] as const;
  return [
    ...lengths.map(([name, key]) => ({ name, values: of(key), unit })),
    { name: "surface Dice", values: of("dice"), unit: "1" },
  ];
}

/** Two volumes on one grid, and the unit of distances between them. */
export interface LabelPair {
  readonly labels: Volume;
  readonly truth: Volume;
  readonly spacing: readonly number[] | undefined;
  /** Of distances as they are told, and how many of these a step of the distance transform has. */
  readonly unit: "µm" | "voxel";
  readonly step: number;
}

export function checkedPair(caller: string, labels: Volume, truth: Volume | undefined): LabelPair {
  checkVolume(caller, labels);
  if (truth === undefined)
    throw new MissingData(`${caller}: the truth is undefined; only simulated scans (samples.electrode) carry one`);
  checkVolume(caller, truth);
  checkLabelled(caller, labels);
  checkLabelled(caller, truth);
  if (!sameShape(labels.shape, truth.shape))
    throw new InvalidArgument(
      `${caller}: the labels have the shape ${labels.shape.join(" × ")}, the truth ${truth.shape.join(" × ")}; crop one to the other`,
    );
  const [own, right] = [labels.spacing, truth.spacing];
  if (own !== undefined && right !== undefined && own.some((size, k) => Math.abs(size - right[k]!) > 1e-6 * right[k]!))
    throw new InvalidArgument(
      `${caller}: the voxels of the labels are ${own.join(" × ")} m, those of the truth ${right.join(" × ")} m; say which is right with labels.with({ spacing: … })`,
    );
  const spacing = right ?? own;
  if (spacing === undefined) return { labels, truth, spacing, unit: "voxel", step: 1 };
  return { labels, truth, spacing, unit: "µm", step: Math.min(...spacing) * 1e6 };
}

/** The tolerance in the unit of the distances that are told. */
export function toleranceIn(caller: string, tolerance: unknown, spacing: readonly number[] | undefined): number {
  if (!isLength(tolerance)) {
    checkNumber(`${caller}: tolerance (voxels)`, tolerance, 0, Number.MAX_VALUE);
    return tolerance * (spacing === undefined ? 1 : Math.min(...spacing) * 1e6);
  }
  checkNumber(`${caller}: tolerance (metres)`, tolerance.metres, 0, Number.MAX_VALUE);
  if (spacing === undefined)
    throw new MissingData(
      `${caller}: tolerance is a length, but the voxel size is unknown: give voxels, or set it with truth.with({ spacing: um(…) })`,
    );
  return tolerance.metres * 1e6;
}

/** The phases of both, the first with the first and so on. */
export async function matchedPhases(
  caller: string,
  labels: Volume,
  truth: Volume,
  { onProgress: _, ...run }: RunOptions,
): Promise<{ labels: Phase; truth: Phase }[]> {
  const own = (await countPhases(caller, labels, run)).phases;
  const right = (await countPhases(caller, truth, run)).phases;
  if (own.length !== right.length)
    throw new InvalidArgument(
      `${caller}: the labels have ${own.length} phases (${own.map(({ name }) => name).join(", ")}), the truth ${right.length} (${right.map(({ name }) => name).join(", ")}); make as many as the truth has`,
    );
  return own.map((phase, k) => ({ labels: phase, truth: right[k]! }));
}
