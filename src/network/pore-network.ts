import { release } from "../compute/memory.js";
import { checkMask, checkVolume } from "../compute/run.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkChoice, checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { OUTSIDE } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { checkRegion, regionShape, voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { measuredVoxel } from "../measure/phase-cells.js";
import { checkLabelled } from "../morphology/find-components.js";
import { neutralOf, phaseOf } from "../morphology/structuring.js";
import { between } from "../segment/field-start.js";
import { checkFloodable } from "../segment/flood-whole.js";
import { snowRegions } from "../segment/part-particles.js";
import { blocksOf, type SnowPartitionOptions, snowOptions } from "../segment/snow-options.js";
import { histogram } from "../statistics/histogram.js";
import { type FaceName, facesOf } from "./faces.js";
import { checkRegions, givenRegions } from "./given-regions.js";
import type { PoreNetwork } from "./network.js";
import { networkFigures } from "./network-figures.js";
import { AXIS_NAMES } from "./network-flow.js";
import { networkOf } from "./network-tables.js";
import { throatAreas } from "./throat-areas.js";

/** Options of {@link poreNetwork}. */
export interface PoreNetworkOptions extends Omit<SnowPartitionOptions, "to"> {
  /**
   * Faces of the volume at which each pore that touches them gets a boundary pore, such as `["z low", "z high"]`; `"all"` of
   * them, or `"none"`. Default `"all"`.
   */
  boundary?: "all" | "none" | readonly FaceName[];
  /**
   * Which diameters balls and cylinders have. `inscribed`: of the largest ball that fits. `equivalent`: of the ball of the
   * pore's volume, and of the circle of the throat's area. Default `inscribed`.
   */
  sizes?: "inscribed" | "equivalent";
  /**
   * How areas of throats are measured. `plane`: of the plane across it. `marching cubes`: half of what the surfaces of both pores have more
   * than that of both together, each blurred over a voxel's neighbours. Default `plane`.
   */
  areas?: "plane" | "marching cubes";
  /** A partition to take in place of SNOW's: whole numbers of the same shape, 0 in the wall. Then neither radius, sigma nor blocks. */
  regions?: Volume;
}

const OPTIONS = [
  "phase",
  "radius",
  "sigma",
  "approximate",
  "block",
  "overlap",
  "boundary",
  "sizes",
  "areas",
  "regions",
  ...TABLE_OPTIONS,
];

/**
 * The pore network of a phase: SNOW's regions (see {@link snowPartition}) become pores, and where two of them touch is a throat.
 * For transport a pore is a ball and a throat a cylinder. A phase is whatever is given: of the active material the pores are
 * particles, and the throats their contacts.
 *
 * Lengths are in µm where the voxel size is known, else in voxels; voxels need not be cubes. Table `pores`: `label` of the region;
 * `face`, the face of the volume whose boundary pore it is, else empty; `touches`, the faces that its region touches; `z`, `y`,
 * `x`, its centroid, from the middle of the first voxel; `voxels`, `volume`; `inscribed diameter` of the largest ball in the
 * region, to which faces of the volume are walls; `extended diameter` of the largest one with its middle in the region, which
 * may reach into others; `equivalent diameter` of the ball of its volume; `surface area` of its faces to the wall (voxel faces:
 * 1.5 times that of a smooth surface); `coordination`, its throats to other pores; `diameter` of its ball: by `sizes`, and no
 * smaller than that of its widest throat.
 *
 * Table `throats`: `pore 1`, `pore 2`, rows of the pores from 0 on; `z`, `y`, `x` of its deepest voxel; `voxels` of the pore of
 * the higher label that touch the other one; `inscribed diameter`, twice the largest distance to the wall of these; `area` of the
 * plane across it: the length of the sum of the normals of its voxel faces, which of a plane is exact whatever its direction,
 * and of a bent throat that of the opening it spans; with `areas: "marching cubes"` that in which both regions share their surfaces, which
 * follows the bend, and of a throat that is small or rough may be none: then a voxel's face (where two balls overlap in a circle of 91.1
 * voxel² it gives 99.2, and the plane 89); `equivalent diameter` of the circle of that area; `perimeter`, those
 * of its voxels less than two edges from the wall; `total length` from centroid to centroid through the deepest voxel,
 * `direct length` without; `diameter` of its cylinder; and the parts of the conduit, whose sum is the direct length: `length 1`
 * in the ball of pore 1, `length` of the cylinder, `length 2`.
 *
 * A boundary pore lies on the face of the volume, at the middle of all voxels of the region there; it has no volume, and a throat
 * to its pore, as wide as the region is there. A plane (a depth of one voxel) is two-dimensional: equivalent diameters are of discs
 * and of widths.
 * What lies outside the sample, label 255 of 8 bits and what `mask` leaves out, is a wall to its pores and counts in no porosity.
 * Exact and the same for any brick shape and number of workers. Cost about 0.2 µs a voxel; memory that of {@link snowPartition}
 * (with `approximate` of volumes of any size), then 16 bytes for each voxel of a brick with the largest pore's radius around it, a worker.
 * @param labels labels or a mask, any shape
 * @returns the network
 * @throws InvalidArgument, MissingData as {@link snowPartition}, or if the regions given have another shape
 * @throws LimitExceeded if the volume does not fit into memory, is larger than a thread can address (about 590 voxels along each edge:
 * then `approximate`), or there are too many regions for it
 * @see J. T. Gostick (2017), doi:10.1103/PhysRevE.96.023307. As porespy.networks.snow2, whose pores, throats, centroids, volumes,
 * inscribed diameters, voxels of throats, perimeters and lengths it has, and by marching cubes the areas of its accuracy "high"; its
 * extended diameter is that of the box around the region
 * @example const network = await poreNetwork(phases, { phase: "pore", boundary: ["z low", "z high"] });
 */
export async function poreNetwork(labels: Volume, options: PoreNetworkOptions = {}): Promise<PoreNetwork> {
  const caller = "poreNetwork";
  checkVolume(caller, labels);
  checkOptions(caller, options, OPTIONS);
  const {
    phase,
    radius,
    sigma,
    boundary = "all",
    sizes = "inscribed",
    areas = "plane",
    regions,
    region,
    mask,
  } = options;
  checkChoice("sizes", sizes, ["inscribed", "equivalent"]);
  checkChoice("areas", areas, ["plane", "marching cubes"]);
  checkLabelled(caller, labels);
  if (region !== undefined) checkRegion(region, labels.shape);
  checkMask(mask, labels);
  const label = phaseOf(caller, labels, phase);
  const snow = snowOptions({ radius, sigma });
  const blocks = blocksOf(caller, options);
  const faces = facesOf(boundary);
  const rest = between(options);
  const meshed = areas === "marching cubes";
  const thin = regionShape(region ?? wholeRegion(labels.shape)).indexOf(1);
  if (meshed && thin >= 0)
    throw new InvalidArgument(
      `${caller}: areas by marching cubes need a volume; along ${AXIS_NAMES[thin]} there is one voxel: leave areas out`,
    );
  // The default is named by nothing, as in networks made before there was another.
  const named = { phase: label, boundary: faces, sizes, ...(meshed && { areas }), region };
  const where = { ...(region && { region }), ...(mask && { mask }) };
  if (regions !== undefined) {
    checkVolume(`${caller}: regions`, regions);
    for (const [name, value] of Object.entries({ radius, sigma, approximate: blocks && true }))
      if (value !== undefined)
        throw new InvalidArgument(`${caller}: ${name} is ${value}, but regions are given; leave one of them out`);
    checkRegions(caller, regions, labels);
  }
  if (regions === undefined && blocks === undefined)
    checkFloodable(
      caller,
      regionShape(region ?? wholeRegion(labels.shape)),
      "flood it block by block, by `approximate: true`",
    );
  const sampleFraction = await sampleFractionOf(labels, where, rest);
  const made =
    regions === undefined
      ? await snowRegions(caller, labels, label, { ...snow, blocks }, where, rest)
      : { ...(await givenRegions(caller, labels, label, regions, where, rest)), found: {} };
  try {
    const figures = await networkFigures(made.labels, made.distances, rest);
    if (figures.regions.length === 0) throw new MissingData(`${caller}: there is no region, and so no pore`);
    const how =
      regions === undefined
        ? { ...named, radius: snow.radius, sigma: snow.sigma, ...blocks, found: made.found }
        : named;
    const provenance = trace(caller, how, { labels, mask, regions });
    const mesh = meshed ? await throatAreas(made.labels, measuredVoxel(labels).size, rest) : undefined;
    return networkOf(made.labels, figures, { faces, sizes, mesh, sampleFraction, provenance });
  } finally {
    release(made.labels);
    release(made.distances);
  }
}

/** Share of the voxels of region that are of the sample: inside the mask and not labelled as outside. */
async function sampleFractionOf(
  labels: Volume,
  where: Pick<RunOptions, "region" | "mask">,
  { onProgress: _, ...options }: RunOptions,
): Promise<number> {
  const outside = neutralOf(labels);
  if (outside === undefined && where.mask === undefined) return 1;
  const { low, counts, total } = await histogram(labels, { ...options, ...where });
  const left = outside === undefined ? 0 : (counts[OUTSIDE - Math.round(low + 0.5)] ?? 0);
  const box = voxelCount(regionShape(where.region ?? wholeRegion(labels.shape)));
  // Where nothing is left, the phase is told to be missing.
  return total > left ? (total - left) / box : 1;
}
