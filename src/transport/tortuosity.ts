import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import {
  AXES_OPTIONS,
  type AxesOptions,
  axisColumns,
  type ConductorOptions,
  conductAlongAxes,
  solverColumns,
} from "./conduct-axes.js";

/** Options of {@link tortuosity}. */
export interface TortuosityOptions extends AxesOptions, ConductorOptions {}

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
 * Multigrid with conjugate gradients: ten to twenty steps whatever the size; of voxels that are no cubes more, some 70 where they are ten
 * times as long as wide. Same result for any number of workers. Cost O(n), about
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
  const found = await conductAlongAxes(caller, labels, options);
  const { named, axes, sides, collector, tolerance, figures } = found;
  const { region, mask } = options;
  const parameters = { conductivities: named, axes, sides, collector, tolerance, region };
  const factors = figures.map(({ mean, effective }) => mean / effective);
  return resultTable(
    [
      ...axisColumns(found),
      { name: "volume fraction", values: figures.map(({ fraction }) => fraction), unit: "1" },
      { name: "percolating fraction", values: figures.map(({ percolating }) => percolating), unit: "1" },
      { name: "effective diffusivity", values: figures.map(({ effective }) => effective), unit: "1" },
      { name: "tortuosityFactor", values: factors, unit: "1" },
      { name: "tortuosity", values: factors.map(Math.sqrt), unit: "1" },
      ...solverColumns(found),
    ],
    trace(caller, parameters, { labels, mask }),
  );
}
