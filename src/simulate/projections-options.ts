import { anglesOf } from "../artefacts/forward-projection.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { defaultEllipses, type Ellipse } from "./ellipses.js";

/** Options of `samples.projections`. */
export interface ProjectionsOptions extends Pick<RunOptions, "signal" | "onProgress" | "memoryLimit"> {
  /** Columns of the detector, from 16 to 4096. Default 160. */
  columns?: number;
  /** Rows of the detector, from 1 to 4096; all see the same slice, each with its own noise and stripes. Default 2. */
  rows?: number;
  /** Angles in degrees, or how many, evenly over half a turn. Default: π/2 · columns. */
  angles?: readonly number[] | number;
  /** Column of the axis of rotation. Default: the middle. */
  centre?: number;
  /** The sample. Default: a light disc with pores and grains. */
  ellipses?: readonly Ellipse[];
  /** Share of each energy in the beam; they sum to 1. Default `[1]`: one energy. */
  spectrum?: readonly number[];
  /** Mean photons in a pixel of the open beam, up to 50 000; 0: no noise. Default 20 000. */
  photons?: number;
  /** Standard deviation of the factors that the flats do not know, from 0 (no stripes) to 0.5. Default 0. */
  stripes?: number;
  /** Columns that show the same whatever the sample does, from 0 to a tenth of all. Default 0. */
  dead?: number;
  /** Whole number from 0 to 2³² − 1. Default 1. */
  seed?: number;
}

/** What the detector adds to a scan. */
export interface Detector {
  readonly photons: number;
  readonly stripes: number;
  readonly dead: number;
  readonly seed: number;
  readonly centre: number;
}

export interface CheckedProjections {
  readonly detector: Detector;
  readonly degrees: readonly number[];
  readonly columns: number;
  readonly rows: number;
  readonly ellipses: readonly Ellipse[];
  readonly spectrum: readonly number[];
  readonly run: Pick<RunOptions, "signal" | "onProgress" | "memoryLimit">;
}

const NAMES = ["columns", "rows", "angles", "centre", "ellipses", "spectrum", "photons", "stripes", "dead", "seed"];

/** Throws where a value is outside its limits. */
export function checkedProjections(options: ProjectionsOptions): CheckedProjections {
  checkOptions("samples.projections", options, [...NAMES, "signal", "onProgress", "memoryLimit"]);
  const {
    columns = 160,
    rows = 2,
    spectrum = [1],
    photons = 20_000,
    stripes = 0,
    dead = 0,
    seed = 1,
    ...rest
  } = options;
  checkNumber("columns", columns, 16, 4096, true);
  checkNumber("rows", rows, 1, 4096, true);
  const { angles = Math.ceil((Math.PI / 2) * columns), centre = (columns - 1) / 2, ellipses, ...run } = rest;
  checkNumber("centre (columns)", centre, 0, columns - 1);
  checkNumber("photons", photons, 0, 50_000);
  checkNumber("stripes", stripes, 0, 0.5);
  checkNumber("dead", dead, 0, Math.floor(columns / 10), true);
  checkNumber("seed", seed, 0, 2 ** 32 - 1, true);
  const shares = Array.isArray(spectrum) && spectrum.length > 0 && spectrum.every((share) => share >= 0);
  if (!shares || Math.abs(spectrum.reduce((a, b) => a + b, 0) - 1) > 1e-6)
    throw new InvalidArgument(`spectrum is ${JSON.stringify(spectrum)}; give shares of at least 0 that sum to 1`);
  const sample = ellipses ?? defaultEllipses(columns);
  for (const one of sample) checkEllipse(one, spectrum.length, columns);
  const detector = { photons, stripes, dead, seed, centre };
  return { detector, degrees: anglesOf(angles), columns, rows, ellipses: sample, spectrum, run };
}

function checkEllipse(ellipse: Ellipse, energies: number, columns: number): void {
  const { x, y, a, b, turn = 0, attenuation } = ellipse ?? {};
  for (const [name, value] of Object.entries({ x, y, turn })) checkNumber(`ellipse, ${name}`, value, -1e6, 1e6);
  for (const [name, value] of Object.entries({ a, b })) checkNumber(`ellipse, ${name}`, value, 1e-6, 10 * columns);
  const list = typeof attenuation === "number" ? [attenuation] : attenuation;
  if (!Array.isArray(list) || (typeof attenuation !== "number" && list.length !== energies))
    throw new InvalidArgument(
      `ellipse, attenuation is ${JSON.stringify(attenuation)}; give one number, or one for each of the ${energies} energies`,
    );
  for (const value of list) checkNumber("ellipse, attenuation", value, -10, 10);
}
