import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Axis } from "../core/shape.js";
import { withTableNote } from "../measure/table-note.js";
import { checkNetwork, type PoreNetwork } from "./network.js";
import { axesOf, sectionOf } from "./network-flow.js";
import type { FlowFigures } from "./network-flows.js";
import { NETWORK_RUN_OPTIONS, type NetworkRunOptions, runOnNetwork } from "./run-on-network.js";

/** Options of {@link networkDiffusion} and {@link networkPermeability}. */
export interface NetworkFlowOptions extends NetworkRunOptions {
  /** Along this axis alone. Default: along each axis of more than one voxel. */
  axis?: Axis;
}

/**
 * Diffusion through a pore network, and any other transport that follows a gradient (conduction of charge, of heat): from one face
 * of the volume to the other, by Fick's law in each conduit of ball, cylinder and ball. From boundary pores to boundary pores;
 * where a face has none, from the middles of the pores that touch it, whose outer halves are then left out. What lies outside the
 * sample (see {@link poreNetwork}) counts in no number.
 *
 * Columns, a row an axis: `axis`; `porosity`; `relative diffusivity`, D_eff / D of the whole volume; `tortuosityFactor`, k = ε·D / D_eff;
 * `tortuosity`, √k; `conducting pores`, those joined to both faces, and `other pores`, which do not count; `imbalance`, by how much
 * less comes out than goes in. Where no way leads through, D_eff is 0 and k is infinite.
 * In a plane (a depth of one voxel) pores are discs and throats strips of its thickness.
 * A network is rougher than its voxels: k of balls and cylinders is often 10 to 30 % off that of the voxels, and where pores are fissures rather than
 * balls it says little: of the NMC electrode of `samples.published` 4.8 with inscribed and 1.3 with equivalent diameters, in place of 2.08. Take
 * {@link tortuosity} for the number, and the network for what differs from place to place.
 * Exact to 1e-10; cost about 1 µs a throat and iteration, two seconds for a lattice of 10⁵ pores, more where throats differ widely or form
 * long chains; memory 300 bytes a throat and 200 a pore. More than a thousand throats are worked on in a thread of their own.
 * @returns one row an axis
 * @throws InvalidArgument if it is no network, or a pore touches both faces and there are no boundary pores; LimitExceeded if the memory
 * limit does not hold it
 * @see J. Gostick et al., OpenPNM: a pore network modeling package (2016), doi:10.1109/MCSE.2016.49, whose FickianDiffusion with
 * size factors of spheres and cylinders it agrees with
 * @example await networkDiffusion(await poreNetwork(phases, { phase: "pore" }), { axis: "z" })
 */
export async function networkDiffusion(network: PoreNetwork, options: NetworkFlowOptions = {}): Promise<ResultTable> {
  const caller = "networkDiffusion";
  checkNetwork(caller, network);
  checkOptions(caller, options, ["axis", ...NETWORK_RUN_OPTIONS]);
  const axes = axesOf(caller, network, options.axis);
  const flows = await runOnNetwork(caller, network, "flowsAlong", { axes, flowing: "gradient" }, options);
  const { porosity } = network;
  const relative = flows.map(({ rate }, k) => {
    const { length, area } = sectionOf(network, axes[k]!);
    return (rate * length) / (area * network.sampleFraction);
  });
  const factor = relative.map((share) => (share === 0 ? Number.POSITIVE_INFINITY : porosity / share));
  const table = resultTable(
    [
      { name: "axis", values: axes },
      { name: "porosity", values: axes.map(() => porosity), unit: "1" },
      { name: "relative diffusivity", values: relative, unit: "1" },
      { name: "tortuosityFactor", values: factor, unit: "1" },
      { name: "tortuosity", values: factor.map(Math.sqrt), unit: "1" },
      ...countColumns(network, flows),
    ],
    trace(caller, { axis: options.axis }, { network }),
  );
  return noteOf(table, axes, flows);
}

/** Columns that tell how much of the network a flow went through. */
export function countColumns(network: PoreNetwork, flows: readonly FlowFigures[]) {
  const conducting = flows.map((flow) => flow.conducting);
  return [
    { name: "conducting pores", values: conducting, whole: true },
    { name: "other pores", values: conducting.map((n) => network.pores.numRows - n), whole: true },
    { name: "imbalance", values: flows.map(({ imbalance }) => imbalance), unit: "1" },
  ] as const;
}

/** Says so where nothing percolates. */
export function noteOf(table: ResultTable, axes: readonly Axis[], flows: readonly FlowFigures[]): ResultTable {
  const closed = axes.filter((_, k) => flows[k]!.rate === 0);
  return closed.length === 0
    ? table
    : withTableNote(table, `No way leads through the network along ${closed.join(", ")}: nothing flows.`);
}
