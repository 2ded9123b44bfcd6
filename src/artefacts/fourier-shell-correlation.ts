import { memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkRegion, type Region, regionShape, type Triple, wholeRegion } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { addBoxes, emptyShells, type Shells } from "./shell-sums.js";

/** Options of {@link fourierShellCorrelation}. */
export interface FourierShellCorrelationOptions
  extends Pick<RunOptions, "region" | "signal" | "onProgress" | "memoryLimit"> {
  /** A second scan of the same sample in the same place, or the other half of the projections, reconstructed alike. */
  other?: Volume;
}

/**
 * Fourier shell correlation: up to which frequency two images of the same thing agree, and so what is signal. The resolution
 * is the period, 1 / frequency, where the correlation first falls below the threshold, from shells of 10 coefficients on.
 *
 * - **with `other`**: two scans, or two reconstructions from every other projection each. The honest way.
 * - **of one volume**: each slice against the next, over the frequencies in the plane; in an image of one plane each row against
 *   the next, and each column. What changes from one to the next counts as noise, which makes the result a little too poor;
 *   what neighbours share that is not in the sample, rings or noise after a filter, counts as signal, which makes it too good. In
 *   a reconstruction slices share least.
 *
 * Columns: `frequency` (cycles per voxel along x), `period` (voxels), `correlation`, `threshold` (the 1-bit curve of van Heel &
 * Schatz: from there on a voxel of the sum of both tells less than one bit), `coefficients` (how many independent ones the
 * shell has; a Hann window takes its share).
 * Looked at are up to 8 boxes of 64 × 128 × 128 voxels with `other`, else 16 pairs of slices in up to 4 tiles of 512 × 512,
 * around the middle; sides are powers of two. Cost some seconds; memory 32 bytes a voxel of a box.
 * @param volume any voxel type, at least 16 × 16 voxels a plane
 * @throws InvalidArgument if the volume is too small, or `other` differs in shape
 * @see M. van Heel & M. Schatz, Fourier shell correlation threshold criteria (2005), doi:10.1016/j.jsb.2005.05.009
 */
export async function fourierShellCorrelation(
  volume: Volume,
  options: FourierShellCorrelationOptions = {},
): Promise<ResultTable> {
  const caller = "fourierShellCorrelation";
  checkVolume(caller, volume);
  checkOptions(caller, options, ["other", "region", "signal", "onProgress", "memoryLimit"]);
  const { other, region = wholeRegion(volume.shape) } = options;
  checkRegion(region, volume.shape);
  checkOther(caller, other, volume);
  const size = regionShape(region);
  if (size[2] < LEAST || size[1] < LEAST)
    throw new InvalidArgument(
      `${caller}: planes of ${size[1]} × ${size[2]} voxels are too small; they must be at least ${LEAST} × ${LEAST}`,
    );
  const shells = await shellsOf(caller, volume, other, region, options);
  const kept = Array.from(shells.cross.keys()).slice(1);
  const column = (name: string, value: (shell: number) => number, unit = "1") => ({
    name,
    values: kept.map(value),
    unit,
  });
  return resultTable(
    [
      column("frequency", (k) => k * shells.width, "1/voxel"),
      column("period", (k) => 1 / (k * shells.width), "voxel"),
      column("correlation", (k) => correlationOf(shells, k)),
      column("threshold", (k) => oneBit(shells.independent[k]!)),
      column("coefficients", (k) => shells.independent[k]!),
    ],
    trace(caller, { region: options.region }, { volume, other }),
  );
}

/** Voxels along an axis from which on it has frequencies to speak of. */
const LEAST = 16;
const BOX: Triple = [64, 128, 128];
const PAIRS = 16;

/** Throws unless `other` can be compared with the volume voxel by voxel. */
export function checkOther(caller: string, other: unknown, volume: Volume): void {
  if (other === undefined) return;
  if (!(other instanceof Volume))
    throw new InvalidArgument(`${caller}: other is ${String(other)}; give a second scan of the same sample`);
  if (other.shape.join() !== volume.shape.join())
    throw new InvalidArgument(
      `${caller}: other is ${other.shape.join(" × ")}, the volume ${volume.shape.join(" × ")}; both must show the same voxels`,
    );
}

/** Shells of fewer independent coefficients tell nothing: their threshold is near 1. */
const LEAST_COEFFICIENTS = 10;

/**
 * Period in voxels at which the correlation first falls below the threshold, between two shells; 2 if it never does, for
 * there is nothing finer in voxels; NaN if it is below from the start.
 */
export function resolutionOf(table: ResultTable): number {
  const column = (name: string): number[] => [...table.getChild(name)!].map(Number);
  const [frequency, correlation, threshold] = [column("frequency"), column("correlation"), column("threshold")];
  const above = correlation.map((value, k) => value - threshold[k]!);
  const first = column("coefficients").findIndex((count) => count >= LEAST_COEFFICIENTS);
  const k = above.findIndex((value, shell) => shell >= first && !(value >= 0));
  if (first < 0 || k === first) return Number.NaN;
  if (k < 0) return 2;
  const share = above[k - 1]! / (above[k - 1]! - above[k]!);
  return 1 / (frequency[k - 1]! + share * (frequency[k]! - frequency[k - 1]!));
}

function correlationOf({ cross, first, second }: Shells, k: number): number {
  const power = Math.sqrt(first[k]! * second[k]!);
  return power > 0 ? cross[k]! / power : 0;
}

/** The 1-bit curve, for so many independent coefficients. */
function oneBit(count: number): number {
  const root = Math.sqrt(Math.max(1, count));
  return (0.5 + (1 + Math.SQRT2) / root) / (1.5 + Math.SQRT2 / root);
}

async function shellsOf(
  caller: string,
  volume: Volume,
  other: Volume | undefined,
  region: Region,
  options: Pick<RunOptions, "signal" | "onProgress" | "memoryLimit">,
): Promise<Shells> {
  const [z, y, x] = volume.spacing ?? [1, 1, 1];
  const scale: Triple = [z / x, y / x, 1];
  const pairs = other === undefined && regionShape(region)[0] > 1;
  const boxes = other === undefined ? boxesIn(region, [pairs ? 2 : 1, 512, 512], PAIRS) : boxesIn(region, BOX, 2);
  const size = regionShape(boxes[0]!);
  const [depth, height, width] = size;
  const shells = emptyShells(Math.min(height, width) / 2);
  const claim = await machine.claim(caller, 32 * depth * height * width, memoryLimitOf(options, machine));
  try {
    await watched(caller, boxes.length, options, async ({ signal, step }) => {
      for (const box of boxes) {
        // A pause for the event loop, so that Stop is heard.
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
        const values = await volume.read(box);
        const half = values.length / 2;
        if (other !== undefined) addBoxes(shells, values, await other.read(box), size, scale);
        else if (pairs) addBoxes(shells, values.subarray(0, half), values.subarray(half), [1, height, width], scale);
        else addLines(shells, values, height, width, scale[1]);
        step();
      }
    });
  } finally {
    claim.drop();
  }
  return shells;
}

/**
 * Boxes around the middle of a region whose sides are powers of two: along y and x two where there is room for them, along z
 * up to `most`, spread evenly.
 */
function boxesIn(region: Region, largest: Triple, most: number): Region[] {
  const size = regionShape(region);
  const sides = size.map((n, axis) => 2 ** Math.floor(Math.log2(Math.min(n, largest[axis]!))));
  const starts = ([0, 1, 2] as const).map((axis) => {
    const [n, side] = [size[axis], sides[axis]!];
    const count = Math.min(Math.floor(n / side), axis === 0 ? most : 2);
    return Array.from({ length: count }, (_, k) => region.start[axis] + Math.floor(((k + 0.5) * n) / count - side / 2));
  });
  const [alongZ, alongY, alongX] = starts as [number[], number[], number[]];
  return alongZ.flatMap((z) =>
    alongY.flatMap((y) =>
      alongX.map((x) => ({ start: [z, y, x], stop: [z + sides[0]!, y + sides[1]!, x + sides[2]!] }) as const),
    ),
  );
}

/** Each even row against the next, and each even column. */
function addLines(shells: Shells, values: ArrayLike<number>, height: number, width: number, stretch: number): void {
  const line = (start: number, step: number, count: number): Float64Array =>
    Float64Array.from({ length: count }, (_, k) => values[start + k * step]!);
  for (let y = 0; y + 1 < height; y += 2)
    addBoxes(shells, line(y * width, 1, width), line((y + 1) * width, 1, width), [1, 1, width], [1, 1, 1]);
  for (let x = 0; x + 1 < width; x += 2)
    addBoxes(shells, line(x, width, height), line(x + 1, width, height), [1, 1, height], [1, 1, stretch]);
}
