/** Tables of a network, from the figures of its regions and throats. */
import { REGION, THROAT } from "../compute/operations/network.js";
import { type Column, resultTable } from "../core/arrow/table.js";
import type { Provenance } from "../core/provenance.js";
import { type Triple, voxelCount } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { conduitLengths } from "./conduits.js";
import { FACES, type FaceName } from "./faces.js";
import { PoreNetwork } from "./network.js";
import type { NetworkFigures } from "./network-figures.js";

export interface TablesOf {
  readonly faces: readonly FaceName[];
  readonly sizes: "inscribed" | "equivalent";
  /** Area at which two regions meet, by their labels; of none it is not above 0. Else areas are those of planes across. */
  readonly mesh?: ((one: number, other: number) => number) | undefined;
  /** Share of the box's voxels that belong to the sample. */
  readonly sampleFraction: number;
  readonly provenance: Provenance;
}

const AXES = ["z", "y", "x"] as const;

/** The network of regions: see `poreNetwork`. */
export function networkOf(
  { shape, spacing }: Pick<Volume, "shape" | "spacing">,
  { regions, throats }: NetworkFigures,
  { faces, sizes, mesh, sampleFraction, provenance }: TablesOf,
): PoreNetwork {
  // Lengths in µm, or in voxels.
  const edges = (spacing === undefined ? [1, 1, 1] : spacing.map((edge) => edge * 1e6)) as unknown as Triple;
  const [length, area, volume] = spacing === undefined ? ["voxel", "voxel²", "voxel³"] : ["µm", "µm²", "µm³"];
  const flat = shape.filter((n) => n === 1).length === 1;
  const thick = flat ? edges[shape.indexOf(1)]! : 1;
  // Distances are in the shortest edge.
  const unit = Math.min(...edges);
  const cube = edges[0] * edges[1] * edges[2];
  const across = [edges[1] * edges[2], edges[0] * edges[2], edges[0] * edges[1]] as const;
  const joined = throats.filter(
    (figures) => figures[THROAT.high]! >= 0 || faces.includes(FACES[-1 - figures[THROAT.high]!]!),
  );
  const own = regions.length;
  const count = own + joined.filter((figures) => figures[THROAT.high]! < 0).length;
  const pore = () => new Float64Array(count);
  const throat = () => new Float64Array(joined.length);

  const place = AXES.map(pore);
  const [inscribed, extended, equivalent] = [pore(), pore(), pore()];
  const [voxels, volumes, surface, coordination] = [pore(), pore(), pore(), pore()];
  const label = new Uint32Array(count);
  const face: string[] = new Array(count).fill("");
  const touches: string[] = new Array(count).fill("");
  for (const [k, figures] of regions.entries()) {
    label[k] = figures[REGION.label]!;
    const n = figures[REGION.voxels]!;
    voxels[k] = n;
    volumes[k] = n * cube;
    for (const axis of [0, 1, 2] as const) {
      place[axis]![k] = (figures[REGION.places + axis]! / n) * edges[axis];
      surface[k]! += figures[REGION.walls + axis]! * across[axis];
    }
    inscribed[k] = 2 * Math.sqrt(figures[REGION.inscribed]!) * unit;
    extended[k] = 2 * figures[REGION.extended]! * unit;
    equivalent[k] = flat ? 2 * Math.sqrt(volumes[k]! / thick / Math.PI) : Math.cbrt((6 * volumes[k]!) / Math.PI);
    touches[k] = FACES.filter((_, side) => figures[REGION.edges + side]! > 0).join(", ");
  }

  const ends = [new Int32Array(joined.length), new Int32Array(joined.length)] as const;
  const deepest = AXES.map(throat);
  const [found, width, opening, round, rim] = [throat(), throat(), throat(), throat(), throat()];
  let next = own;
  for (const [k, figures] of joined.entries()) {
    const high = figures[THROAT.high]!;
    ends[0][k] = figures[THROAT.low]!;
    ends[1][k] = high < 0 ? next : high;
    found[k] = figures[THROAT.voxels]!;
    width[k] = 2 * figures[THROAT.inscribed]! * unit;
    opening[k] = Math.hypot(...across.map((size, axis) => figures[THROAT.signed + axis]! * size));
    // A face of the volume is a plane.
    if (mesh !== undefined && high >= 0) {
      const area = mesh(label[figures[THROAT.low]!]!, label[high]!);
      opening[k] = area > 0 ? area : Math.cbrt(cube) ** 2;
    }
    round[k] = flat ? opening[k]! / thick : Math.sqrt((4 * opening[k]!) / Math.PI);
    rim[k] = figures[THROAT.rim]! * (flat ? Math.sqrt(cube / thick) : Math.cbrt(cube));
    const at = figures[THROAT.inscribedPlace]!;
    const line = Math.floor(at / shape[2]);
    const where = [Math.floor(line / shape[1]), line % shape[1], at % shape[2]] as const;
    for (const axis of [0, 1, 2] as const) deepest[axis]![k] = where[axis] * edges[axis];
    if (high >= 0) {
      coordination[ends[0][k]!]!++;
      coordination[ends[1][k]!]!++;
      continue;
    }
    const side = -1 - high;
    face[next] = touches[next] = FACES[side]!;
    const sides = figures.slice(THROAT.faces, THROAT.faces + 3).reduce((sum, n) => sum + n, 0);
    for (const axis of [0, 1, 2] as const) place[axis]![next] = (figures[THROAT.places + axis]! / sides) * edges[axis];
    inscribed[next] = extended[next] = width[k]!;
    equivalent[next] = round[k]!;
    coordination[next] = 1;
    next++;
  }

  const total = throat();
  const direct = throat();
  for (let k = 0; k < joined.length; k++) {
    const [a, b] = [ends[0][k]!, ends[1][k]!];
    total[k] = distanceBetween(place, a, deepest, k) + distanceBetween(deepest, k, place, b);
    direct[k] = distanceBetween(place, a, place, b);
  }
  const cylinder = sizes === "inscribed" ? width : round;
  const ball = (sizes === "inscribed" ? inscribed : equivalent).slice();
  for (let k = 0; k < joined.length; k++)
    for (const end of ends) ball[end[k]!] = Math.max(ball[end[k]!]!, cylinder[k]!);
  const at = (rows: Int32Array): Float64Array => Float64Array.from(rows, (row) => ball[row]!);
  const parts = conduitLengths(direct, at(ends[0]), cylinder, at(ends[1]));

  const places = (of: readonly Float64Array[]): Column[] =>
    AXES.map((name, axis) => ({ name, values: of[axis]!, unit: length }));
  const pores: Column[] = [
    { name: "label", values: label },
    { name: "face", values: face },
    { name: "touches", values: touches },
    ...places(place),
    { name: "voxels", values: voxels },
    { name: "volume", values: volumes, unit: volume },
    { name: "inscribed diameter", values: inscribed, unit: length },
    { name: "extended diameter", values: extended, unit: length },
    { name: "equivalent diameter", values: equivalent, unit: length },
    { name: "surface area", values: surface, unit: area },
    { name: "coordination", values: Int32Array.from(coordination) },
    { name: "diameter", values: ball, unit: length },
  ];
  const rows: Column[] = [
    { name: "pore 1", values: ends[0] },
    { name: "pore 2", values: ends[1] },
    ...places(deepest),
    { name: "voxels", values: found },
    { name: "inscribed diameter", values: width, unit: length },
    { name: "area", values: opening, unit: area },
    { name: "equivalent diameter", values: round, unit: length },
    { name: "perimeter", values: rim, unit: length },
    { name: "total length", values: total, unit: length },
    { name: "direct length", values: direct, unit: length },
    { name: "diameter", values: cylinder, unit: length },
    { name: "length 1", values: parts.first, unit: length },
    { name: "length", values: parts.middle, unit: length },
    { name: "length 2", values: parts.last, unit: length },
  ];
  const filled = regions.reduce((sum, figures) => sum + figures[REGION.voxels]!, 0);
  return new PoreNetwork({
    pores: resultTable(pores, provenance),
    throats: resultTable(rows, provenance),
    shape: shape as Triple,
    spacing,
    porosity: filled / (voxelCount(shape) * sampleFraction),
    sampleFraction,
    provenance,
  });
}

/** Distance of two places, each in columns of coordinates. */
const distanceBetween = (one: Places, a: number, other: Places, b: number): number =>
  Math.hypot(one[0]![a]! - other[0]![b]!, one[1]![a]! - other[1]![b]!, one[2]![a]! - other[2]![b]!);

type Places = readonly Float64Array[];
