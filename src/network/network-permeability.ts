import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkNetwork, type PoreNetwork } from "./network.js";
import { countColumns, type NetworkFlowOptions, noteOf } from "./network-diffusion.js";
import { axesOf, sectionOf } from "./network-flow.js";
import { NETWORK_RUN_OPTIONS, runOnNetwork } from "./run-on-network.js";

/**
 * Permeability of a pore network: slow flow (Stokes) from one face of the volume to the other, by Hagen and Poiseuille in each conduit,
 * whose balls narrow towards the cylinder. Faces are as in {@link networkDiffusion}.
 *
 * Columns, a row an axis: `axis`; `permeability`, K of Darcy's law Q = K·A·Δp / (μ·L), in m² where the voxel size is known, else in
 * voxel²; `conducting pores`, `other pores`, `imbalance`. Where no way leads through, K is 0.
 * In a plane (a depth of one voxel) it flows between plates: pores are discs and throats strips, without friction at the plane.
 * Cost as {@link networkDiffusion}, up to ten times as much where throats differ widely.
 * Exact to 1e-10 for the network; that of real pores is off by their shape, as a throat is no circle.
 * @returns one row an axis
 * @throws InvalidArgument, LimitExceeded as {@link networkDiffusion}
 * @see agrees with OpenPNM's StokesFlow with size factors of spheres and cylinders
 */
export async function networkPermeability(
  network: PoreNetwork,
  options: NetworkFlowOptions = {},
): Promise<ResultTable> {
  const caller = "networkPermeability";
  checkNetwork(caller, network);
  checkOptions(caller, options, ["axis", ...NETWORK_RUN_OPTIONS]);
  const axes = axesOf(caller, network, options.axis);
  const flows = await runOnNetwork(caller, network, "flowsAlong", { axes, flowing: "slowly" }, options);
  const known = network.spacing !== undefined;
  const permeability = flows.map(({ rate }, k) => {
    const { length, area } = sectionOf(network, axes[k]!);
    return ((rate * length) / (area * network.sampleFraction)) * (known ? 1e-12 : 1);
  });
  const table = resultTable(
    [
      { name: "axis", values: axes },
      { name: "permeability", values: permeability, unit: known ? "m²" : "voxel²" },
      ...countColumns(network, flows),
    ],
    trace(caller, { axis: options.axis }, { network }),
  );
  return noteOf(table, axes, flows);
}
