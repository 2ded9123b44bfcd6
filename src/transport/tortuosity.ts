import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { MissingData } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { AXES, regionShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { AXES_OPTIONS, type AxesOptions, checkAxes, conduct, directionOf, isReversed } from "./conduct-axes.js";
import { type Conductivities, conductorsOf } from "./conductors.js";
import type { Conduction } from "./solve-conduction.js";

/** Options of {@link tortuosity}. */
export interface TortuosityOptions extends AxesOptions {
  /** The phase that conducts, by name or label. Default: of two phases the second; of a mask all but 0. */
  phase?: string | number;
  /**
   * Instead of one phase several, each with its own diffusivity (or conductivity) over that of the bulk:
   * `{ pore: 1, binder: 0.05 }`, by name or label. What is not listed conducts nothing.
   */
  conductivities?: Conductivities;
}

/**
 * Tortuosity factor of a phase along each axis: how much slower diffusion through its voxels is than through a straight channel of the
 * same volume fraction. Diffusion of ions, conduction of electrons or of heat: the equation is the same.
 *
 * It solves ∇·(D∇c) = 0 with c = 1 at the one face and 0 at the other (half a voxel outside of the first and the last voxels) and
 * closed or periodic sides, by finite volumes: a voxel exchanges with its six neighbours, through faces of the harmonic mean of
 * both diffusivities; voxels that are no cubes are taken as they are.
 *
 * A row for each axis. Columns: `axis`; with `collector`, `direction`; `volume fraction` ε of what conducts; `percolating fraction`, the
 * share of it that is connected with both faces (the rest is left out, for nothing flows there); `effective diffusivity` D over
 * that of the bulk; `tortuosityFactor` k = ε·D_bulk/D_eff, which is τ² and must not be squared again; `tortuosity` τ = √k;
 * `flux difference`, the largest difference of the fluxes through two planes over their mean that was reached; `steps` of the
 * iteration; `reason`, where the factor is infinite, else empty.
 *
 * Of several conductivities k = D̄/D_eff with the mean D̄ = Σ ε·D over the phases, as TauFactor has it: layers along the flux have
 * k = 1; ε is the fraction of all that conducts. What lies outside the sample (label 255 of 8 bits, and what `mask` leaves
 * out) conducts nothing and counts in no fraction.
 *
 * D is found from what is dissipated, which is wrong only by the square of what the potentials are wrong by: with the default
 * `tolerance` by about 10⁻⁵. It does not tell how wrong the voxels are; see {@link sensitivity}.
 *
 * Multigrid with conjugate gradients: ten to twenty steps whatever the size. Same result for any number of workers. Cost O(n), about
 * 0.1 µs a voxel, axis and thread; memory 22 bytes a voxel, of several conductivities (or voxels that are no cubes) 26; sides that are
 * periodic and an odd number of voxels wide take the box twice. Up to about 570³ voxels, what threads can address.
 * @param labels labels of whole numbers or a mask, any shape
 * @throws InvalidArgument if there is no such phase; MissingData if it has no voxel
 * @throws LimitExceeded before anything runs, if it does not fit into memory or is larger than threads can address
 * @throws ComputeFailed if the tolerance cannot be reached with numbers of 32 bits
 * @see factor and its name: B. Tjaden et al., doi:10.1016/j.coche.2016.02.006; boundary conditions as in TauFactor (S. J. Cooper et
 * al., doi:10.1016/j.softx.2016.09.002), with which it agrees
 * @example await tortuosity(phases, { phase: "pore" })
 */
export async function tortuosity(labels: Volume, options: TortuosityOptions = {}): Promise<ResultTable> {
  const caller = "tortuosity";
  checkOptions(caller, options, ["phase", "conductivities", ...AXES_OPTIONS]);
  const { phase, conductivities, region, mask, axis: _, sides: __, collector: ___, tolerance: ____, ...run } = options;
  const { conductors, named, what } = conductorsOf(caller, labels, {
    phase,
    conductivities,
    ...(region && { region }),
    ...(mask && { mask }),
  });
  const { axes, sides, tolerance, collector } = checkAxes(caller, regionShape(conductors.region), options);
  const around = sides === "periodic";
  const directions = axes.map((axis) => ({
    axis: AXES[axis],
    reversed: isReversed(axis, collector),
    periodic: [0, 1, 2].map((n) => around && n !== AXES[axis]) as [boolean, boolean, boolean],
    open: true,
    reaction: 0,
  }));
  const solved = await conduct(caller, conductors, directions, tolerance, run);
  const figures = solved.map((one) => figuresOf(caller, what, one, conductors.conductivities));
  const provenance = trace(
    caller,
    { conductivities: named, axes, sides, collector, tolerance, region },
    { labels, mask },
  );
  const columns: Column[] = [{ name: "axis", values: [...axes] }];
  if (collector !== undefined)
    columns.push({ name: "direction", values: axes.map((axis) => directionOf(axis, collector)) });
  const of = (pick: (one: Figures) => number): number[] => figures.map(pick);
  columns.push(
    { name: "volume fraction", values: of(({ fraction }) => fraction), unit: "1" },
    { name: "percolating fraction", values: of(({ percolating }) => percolating), unit: "1" },
    { name: "effective diffusivity", values: of(({ effective }) => effective), unit: "1" },
    { name: "tortuosityFactor", values: of(({ mean, effective }) => mean / effective), unit: "1" },
    { name: "tortuosity", values: of(({ mean, effective }) => Math.sqrt(mean / effective)), unit: "1" },
    { name: "flux difference", values: solved.map(({ spread }) => spread), unit: "1" },
    { name: "steps", values: solved.map(({ iterations }) => iterations), whole: true },
    {
      name: "reason",
      values: solved.map(({ percolates }, k) =>
        percolates ? "" : `no path of ${what} leads from face to face along ${axes[k]}`,
      ),
    },
  );
  return resultTable(columns, provenance);
}

/** What a solution means. */
export interface Figures {
  /** Volume fraction of what conducts, share of it that is connected, mean conductivity. */
  readonly fraction: number;
  readonly percolating: number;
  readonly mean: number;
  readonly effective: number;
}

/** @throws MissingData if nothing conducts */
export function figuresOf(caller: string, what: string, one: Conduction, conductivities: readonly number[]): Figures {
  const { counts, kept, inside, size, dissipated } = one;
  const sum = (of: Uint32Array, weigh: (byte: number) => number): number =>
    conductivities.reduce((total, value, byte) => total + (value > 0 ? of[byte]! * weigh(byte) : 0), 0);
  const conducting = sum(counts, () => 1);
  if (conducting === 0) throw new MissingData(`${caller}: no voxel of region and mask belongs to ${what}`);
  const most = Math.max(...conductivities);
  const box = size[0] * size[1] * size[2];
  return {
    fraction: conducting / inside,
    percolating: sum(kept, () => 1) / conducting,
    mean: sum(counts, (byte) => conductivities[byte]!) / inside,
    effective: ((most * dissipated * size[0]) / (size[1] * size[2])) * (box / inside),
  };
}
