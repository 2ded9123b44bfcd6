import { checkChoice, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Axis } from "../core/shape.js";
import { keptOf } from "./build-network.js";
import { checkNetwork, numbersOf, type PoreNetwork, textsOf } from "./network.js";
import { axesOf, clustersOf, facePores } from "./network-flow.js";

/** Options of {@link trimNetwork}. */
export interface TrimNetworkOptions {
  /**
   * Which clusters stay: those that lead from one face of the volume to the other (`spanning`), along `axis` or along any; or the one of
   * most pores (`largest`; of equal ones that with the first pore). Default `spanning`.
   */
  keep?: "spanning" | "largest";
  /** The axis along which a cluster has to lead through; only with `spanning`. Default: any. */
  axis?: Axis;
}

/**
 * A network without isolated clusters: pores that no way joins to the rest, and in which nothing flows. Boundary pores go with their
 * pores. Rows keep their order; those of throats name the new rows of their pores; the porosity stays that of the volume.
 * Where no cluster leads through, the result has no pores.
 * @throws InvalidArgument if it is no network
 */
export function trimNetwork(network: PoreNetwork, options: TrimNetworkOptions = {}): PoreNetwork {
  const caller = "trimNetwork";
  checkNetwork(caller, network);
  checkOptions(caller, options, ["keep", "axis"]);
  const { keep = "spanning", axis } = options;
  checkChoice("keep", keep, ["spanning", "largest"]);
  const axes = axesOf(caller, network, axis);
  const { throats } = network;
  const [one, other] = [numbersOf(throats, "pore 1"), numbersOf(throats, "pore 2")];
  const edges = Array.from(one, (_, k) => k);
  const cluster = clustersOf(network.pores.numRows, edges, one, other);
  const stays =
    keep === "largest" ? [largest(network, cluster)] : axes.flatMap((along) => spanning(network, cluster, along));
  const kept = new Set(stays);
  const provenance = trace(caller, { keep, axis }, { network });
  return keptOf(
    network,
    Array.from(cluster, (of) => kept.has(of)),
    provenance,
  );
}

function largest(network: PoreNetwork, cluster: Int32Array): number {
  const face = textsOf(network.pores, "face");
  const count = new Int32Array(cluster.length);
  for (const [row, of] of cluster.entries()) if (face[row] === "") count[of]!++;
  return count.indexOf(count.reduce((most, n) => Math.max(most, n), 0));
}

/** Clusters with pores at both faces across an axis. */
export function spanning(network: PoreNetwork, cluster: Int32Array, axis: Axis): number[] {
  const [low, high] = facePores(network, axis, true).map((rows) => new Set(rows.map((row) => cluster[row]!)));
  return [...low!].filter((of) => high!.has(of));
}
