import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { checkNumber } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { AXES } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import type { PlaneProfile } from "./conduction-thread.js";
import { type Electrode, type ElectrodePoreOptions, withElectrode } from "./electrode-pores.js";

/** Options of {@link electrodeTortuosity}. */
export interface ElectrodeTortuosityOptions extends ElectrodePoreOptions {
  /** What potentials may be wrong by, over what they are, at which a solution counts as such. Default 0.0001. */
  tolerance?: number;
}

/** What {@link electrodeTortuosity} gives. */
export type ElectrodeTortuosity = ResultTable & {
  /**
   * A row for each plane from the separator on: `depth` of its middle, in µm (or voxels); `volume fraction`; `walls`, as in the table, over
   * all voxels of the plane; `potential`, the mean in the electrolyte; `flux` that comes in from the plane before; and
   * the local `tortuosityFactor` between them. For a reaction that an ideal electrode of the same volume and walls would let in
   * to its own depth.
   */
  readonly profile: ResultTable;
};

/**
 * Tortuosity factor of an electrode as impedance in a symmetric cell measures it: ions come in from the separator and go to the walls of
 * the pores, none go through. So dead ends count, and what is near to the separator counts more.
 *
 * It is 3·R·ε·κ/L, with R the real part of the impedance at low frequency (per area, less the capacity's), which is R_ion/3 of an even
 * electrode; 1 for straight pores. R is found from the one potential at which all walls take the same current.
 *
 * One row. Columns: `axis`, `direction`, `volume fraction` ε of the electrolyte, `connected fraction`, the share of it that is connected
 * with the separator; `walls`, faces that store charge per voxel; `electrodeTortuosityFactor`. All walls are of the same capacity per
 * area. Voxels that are no cubes are taken as they are, as in {@link tortuosity}, and faces count by their area: `walls` is then in faces
 * across the axis, so that walls per volume are `walls` over the voxel's edge along the axis, whatever the other edges are.
 *
 * Staircases of voxels resist more than smooth walls do: of grains of five voxels the factor falls by about 3 % when voxels are cut into
 * eight, and by 1 % when they are cut in two along one axis. Cost and memory as {@link tortuosity}, and 8 bytes a voxel more, of
 * voxels that are no cubes 12.
 * @param labels labels of whole numbers or a mask, any shape
 * @throws MissingData if no voxel of the phase is at the separator, or none has a wall
 * @throws ComputeFailed if the tolerance cannot be reached, as of voxels many times longer than wide
 * @see T.-T. Nguyen et al., The electrode tortuosity factor: why the conventional tortuosity factor is not well suited for quantifying
 * transport in porous Li-ion battery electrodes (2020), doi:10.1038/s41524-020-00386-4; J. Landesfeind et al.,
 * doi:10.1149/2.1141607jes
 * @example await electrodeTortuosity(phases, { phase: "pore", collector: { axis: "z", side: "low" } })
 */
export async function electrodeTortuosity(
  labels: Volume,
  options: ElectrodeTortuosityOptions = {},
): Promise<ElectrodeTortuosity> {
  const caller = "electrodeTortuosity";
  const { tolerance = 1e-4, ...rest } = options;
  checkNumber("tolerance", tolerance, 1e-6, 0.1);
  return withElectrode(caller, labels, rest, ["tolerance"], 2, async (team, electrode, { step }) => {
    const { depth, area, faces, fraction, connected, collector, sides, rate, named, inside } = electrode;
    // The power that is lost when all faces take the current 1.
    const lost = await team.call<number>("solve", { tolerance });
    step();
    const box = depth * area;
    const voxels = (fraction * inside) / box;
    const factor = ((3 * lost) / faces ** 2) * ((voxels * area) / depth);
    await team.call("setReaction", { reaction: rate });
    await team.call("reactingFaces", undefined);
    await team.call("solve", { tolerance });
    const planes = await team.call<PlaneProfile>("profile", undefined);
    step();
    const { walls, region, mask } = options;
    const parameters = { conductivities: named, walls, collector, sides, tolerance, region };
    const provenance = trace(caller, parameters, { labels, mask });
    const table = resultTable(
      [
        { name: "axis", values: [collector.axis] },
        { name: "direction", values: ["through plane, separator to collector"] },
        { name: "volume fraction", values: [fraction], unit: "1" },
        { name: "connected fraction", values: [connected], unit: "1" },
        { name: "walls", values: [faces / inside], unit: "faces/voxel" },
        { name: "electrodeTortuosityFactor", values: [factor], unit: "1" },
      ],
      provenance,
    );
    const profile = profileOf(planes, electrode, labels.spacing?.[AXES[collector.axis]], provenance);
    Object.defineProperty(table, "profile", { value: profile, enumerable: false });
    return table as ElectrodeTortuosity;
  });
}

/** Potentials from what is missing to 1, over the rate of the reaction. */
function profileOf(
  { voxels, faces, potential, taken }: PlaneProfile,
  { area, rate }: Electrode,
  spacing: number | undefined,
  provenance: ResultTable["provenance"],
): ResultTable {
  const depth = voxels.length;
  const fraction = voxels.map((count) => count / area);
  const level = potential.map((sum, z) => (voxels[z]! > 0 ? 1 - (rate * sum) / voxels[z]! : 0));
  // What comes in through the face before a plane is what all faces behind it take.
  const flux = new Float64Array(depth);
  for (let z = depth - 1, sum = 0; z >= 0; z--) {
    sum += rate * (faces[z]! - rate * taken[z]!);
    flux[z] = sum / area;
  }
  const factor = Float64Array.from(fraction, (here, z) => {
    const before = z > 0 ? fraction[z - 1]! : here;
    if (here === 0 || before === 0 || !(flux[z]! > 0)) return Number.NaN;
    const fall = z > 0 ? level[z - 1]! - level[z]! : 2 * (1 - level[0]!);
    return (((here + before) / 2) * fall) / flux[z]!;
  });
  const unit = spacing === undefined ? "voxel" : "µm";
  const step = spacing === undefined ? 1 : spacing * 1e6;
  return resultTable(
    [
      { name: "depth", values: Float64Array.from(fraction, (_, z) => (z + 0.5) * step), unit },
      { name: "volume fraction", values: fraction, unit: "1" },
      { name: "walls", values: faces.map((count) => count / area), unit: "faces/voxel" },
      { name: "potential", values: level, unit: "1" },
      { name: "flux", values: flux, unit: "1" },
      { name: "tortuosityFactor", values: factor, unit: "1" },
    ],
    provenance,
  );
}
