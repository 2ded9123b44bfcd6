import { setImmediate } from "node:timers/promises";
import { memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { checkVolume } from "../compute/run.js";
import { displaySymbol, escapeHtml, type MimeBundle } from "../core/display.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { labelOf, type Phase, rgb } from "../core/phases.js";
import { base64, encodePng } from "../core/png.js";
import {
  checkRegion,
  type Region,
  regionShape,
  type Shape,
  type Triple,
  voxelCount,
  wholeRegion,
} from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { countPhases } from "../statistics/phase-counts.js";
import { phaseBar } from "./phase-table.js";
import { rayCast, type Solid } from "./ray-cast.js";

/** Options of {@link phasePicture}. */
export interface PhasePictureOptions extends Pick<RunOptions, "region" | "signal" | "onProgress" | "memoryLimit"> {
  /** Phases that are shown alone, by name or label. Default: all but those without a voxel, at most six. */
  phases?: readonly (string | number)[];
  /** Turn about z in degrees. Default 35. */
  azimuth?: number;
  /** Height of the eye above the planes in degrees, from −90 to 90. Default 25. */
  elevation?: number;
  /** Pixels of each side of a picture, from 32 to 1024. Default 192. */
  size?: number;
  /** Voxels along the longest side, from 16 to 512; a larger volume is drawn of each second, third, … voxel. Default 160. */
  detail?: number;
}

/** What {@link phasePicture} returns; a notebook shows it. */
export interface PhasePicture {
  readonly phases: readonly (Phase & { readonly fraction: number })[];
  /** PNG files: the whole body, then each phase that is shown alone. */
  readonly pictures: readonly { readonly name: string; readonly png: Uint8Array }[];
  [displaySymbol](): MimeBundle;
}

const SIDES = [32, 1024] as const;
const MOST_ALONE = 6;

/**
 * A segmentation as a body: all phases together, each phase alone with the others clear, and a bar of their volume fractions.
 * Parallel projection, so that lengths can be compared. The fractions are of all voxels, also where the drawing skips some.
 * Cost a histogram and about 0.5 s a picture; memory nine bytes a voxel that is drawn.
 * @param labels labels or a mask
 * @throws MissingData if no voxel belongs to a phase; InvalidArgument for a phase that there is none of
 * @example await phasePicture(phases, { azimuth: 60 })
 */
export async function phasePicture(labels: Volume, options: PhasePictureOptions = {}): Promise<PhasePicture> {
  const caller = "phasePicture";
  checkVolume(caller, labels);
  checkOptions(caller, options, [
    "phases",
    "azimuth",
    "elevation",
    "size",
    "detail",
    "region",
    "signal",
    "onProgress",
    "memoryLimit",
  ]);
  const { phases: chosen, region = wholeRegion(labels.shape), ...rest } = options;
  const { azimuth = 35, elevation = 25, size = 192, detail = 160, ...run } = rest;
  checkNumber(`${caller}: azimuth (degrees)`, azimuth, -360, 360);
  checkNumber(`${caller}: elevation (degrees)`, elevation, -90, 90);
  checkNumber(`${caller}: size (pixels)`, size, ...SIDES, true);
  checkNumber(`${caller}: detail (voxels)`, detail, 16, 512, true);
  checkRegion(region, labels.shape);
  if (chosen !== undefined && !Array.isArray(chosen))
    throw new InvalidArgument(`${caller}: phases is ${JSON.stringify(chosen)}; give a list of names or labels`);
  const { onProgress: _, ...quiet } = run;
  const counted = await countPhases(caller, labels, { ...quiet, region });
  const total = counted.voxels.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new MissingData(`${caller}: no voxel belongs to a phase`);
  const phases = counted.phases.map((phase, k) => ({ ...phase, fraction: counted.voxels[k]! / total }));
  const present = phases.filter(({ fraction }) => fraction > 0);
  const alone =
    chosen === undefined
      ? present.slice(0, MOST_ALONE)
      : chosen.map((one) => phases.find(({ label }) => label === labelOf(caller, one, phases))!);
  const shape = drawnShape(region, detail);
  const claim = await machine.claim(caller, 9 * voxelCount(shape), memoryLimitOf(run, machine));
  const pictures = await watched(caller, 1 + alone.length, run, async ({ signal, step }) => {
    const solid = await solidOf(labels, region, shape, signal);
    const draw = async (name: string, some: readonly Phase[]): Promise<PhasePicture["pictures"][number]> => {
      // A pause for the event loop, so that Stop is heard.
      await setImmediate();
      signal.throwIfAborted();
      const colours = new Map(some.map(({ label, colour }) => [label, rgb(colour)]));
      const png = encodePng(halved(rayCast(solid, colours, 2 * size, { azimuth, elevation }), size), size, size, 4);
      step();
      return { name, png };
    };
    const drawn = [await draw("all phases", present)];
    for (const phase of alone) drawn.push(await draw(phase.name, [phase]));
    return drawn;
  }).finally(() => claim.drop());
  return { phases, pictures, [displaySymbol]: () => bundleOf(phases, pictures, size) };
}

/** Voxels that are drawn along each axis. */
function drawnShape(region: Region, detail: number): Shape {
  const full = regionShape(region);
  const step = Math.max(1, Math.ceil(Math.max(...full) / detail));
  return full.map((n) => Math.ceil(n / step)) as unknown as Shape;
}

/** The labels that are drawn: each second, third, … voxel of a region. */
async function solidOf(labels: Volume, region: Region, shape: Shape, signal: AbortSignal): Promise<Solid> {
  const full = regionShape(region);
  const step = Math.max(...full.map((n, k) => Math.ceil(n / shape[k]!)));
  const out = new Float64Array(shape[0] * shape[1] * shape[2]);
  let to = 0;
  for (let z = region.start[0]; z < region.stop[0]; z += step) {
    signal.throwIfAborted();
    const [start, stop] = [
      [z, region.start[1], region.start[2]],
      [z + 1, region.stop[1], region.stop[2]],
    ] as const;
    const plane = await labels.read({ start, stop });
    for (let y = 0; y < full[1]; y += step)
      for (let x = 0; x < full[2]; x += step) {
        const value = plane[y * full[2] + x]!;
        out[to++] = labels.role === "mask" && value !== 0 ? 1 : value;
      }
  }
  const spacing = labels.spacing ?? [1, 1, 1];
  const shortest = Math.min(...spacing);
  return { labels: out, shape, edges: spacing.map((one) => one / shortest) as unknown as Triple };
}

/** The mean of each two by two pixels: edges without steps. Colours count as much as they cover. */
function halved(pixels: Uint8ClampedArray, size: number): Uint8ClampedArray {
  const out = new Uint8ClampedArray(4 * size * size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const first = 4 * (2 * row * 2 * size + 2 * column);
      const four = [first, first + 4, first + 8 * size, first + 8 * size + 4];
      const covered = four.reduce((sum, k) => sum + pixels[k + 3]! / 255, 0);
      if (covered === 0) continue;
      const to = 4 * (row * size + column);
      for (let channel = 0; channel < 3; channel++)
        out[to + channel] = four.reduce((sum, k) => sum + pixels[k + channel]!, 0) / covered;
      out[to + 3] = (255 * covered) / 4;
    }
  return out;
}

const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;

function bundleOf(phases: PhasePicture["phases"], pictures: PhasePicture["pictures"], size: number): MimeBundle {
  const share = new Map(phases.map(({ name, fraction }) => [name, percent(fraction)]));
  const figures = pictures.map(
    ({ name, png }) =>
      `<div style="display:inline-block;text-align:center;margin-right:8px"><img alt="${escapeHtml(name)}" width="${size}" height="${size}" src="data:image/png;base64,${base64(png)}"><div>${escapeHtml(name)} ${share.get(name) ?? ""}</div></div>`,
  );
  const legend = phases.map(
    ({ name, colour, fraction }) =>
      `<span style="background-color:${escapeHtml(colour)};color:${escapeHtml(colour)}">▇▇</span> ${escapeHtml(name)} ${percent(fraction)}`,
  );
  const bar = phaseBar(
    "fractions",
    phases,
    phases.map(({ fraction }) => fraction),
  );
  return {
    "text/plain": phases.map(({ name, fraction }) => `${name} ${percent(fraction)}`).join(", "),
    "text/html": `<div>${figures.join("")}</div><div>${bar}</div><div>${legend.join(" &nbsp; ")}</div>`,
  };
}
