import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Axis } from "../core/shape.js";
import { checkNetwork, type PoreNetwork } from "./network.js";
import { axesOf } from "./network-flow.js";
import { NETWORK_RUN_OPTIONS, type NetworkRunOptions, runOnNetwork } from "./run-on-network.js";

/** Options of {@link networkStatistics}. */
export interface NetworkStatisticsOptions extends NetworkRunOptions {
  /** Numbers from face to face along this axis alone. Default: along each axis of more than one voxel. */
  axis?: Axis;
  /** Random orders in which throats are taken away, from 1 to 10000. Default 64. */
  orders?: number;
  /** Seed of these orders. Default 1. */
  seed?: number;
}

/**
 * How a network hangs together: numbers that tell structures apart whose porosity and tortuosity factor are the same.
 *
 * Columns: `quantity`, `value`, `unit`. Boundary pores and their throats count in no number but those from face to face.
 * - `pores`, `throats`, `clusters` of pores that hang together, `spanning clusters` along any axis, `isolated pores` without a throat,
 *   `dead ends`: pores of one throat that touch no face.
 * - `coordination`: mean, `coordination deviation`, `largest coordination`.
 * - `cycles`: throats that could go without a cluster falling apart, throats − pores + clusters (the genus of the pore space as far as
 *   the network sees it); `cycles per pore`, and per volume of the whole.
 * - `constriction`: mean of a throat's diameter over that of the narrower of its two balls.
 * - `bottleneck z` and so on: diameter of the widest ball that comes from face to face; 0 where no way leads through.
 * - `independent ways z`: how many ways from face to face have no throat in common: the fewest throats that cut it (Menger). Both are
 *   infinite where one pore reaches from face to face.
 * - `removable share z`: share of throats that have to be closed, in random order, until nothing leads through; a mean over
 *   orders.
 * - `participating share z`: on how large a part of the throats a diffusive flow spreads: (Σ w)² / (n Σ w²) of the power w that
 *   each takes; 1 if all take as much. `largest share z`: of the flow in the throat that has most of it.
 * Exact but for the random orders, whose seed is in the provenance. Cost some seconds for 10⁵ pores;
 * memory and threads as {@link networkDiffusion}.
 * @throws InvalidArgument, LimitExceeded as {@link networkDiffusion}
 * @see K. Menger, Zur allgemeinen Kurventheorie (1927), doi:10.4064/fm-10-1-96-115 (cuts); E. A. Dinic (1970) (their number)
 */
export async function networkStatistics(
  network: PoreNetwork,
  options: NetworkStatisticsOptions = {},
): Promise<ResultTable> {
  const caller = "networkStatistics";
  checkNetwork(caller, network);
  checkOptions(caller, options, ["axis", "orders", "seed", ...NETWORK_RUN_OPTIONS]);
  const { orders = 64, seed = 1 } = options;
  checkNumber("orders", orders, 1, 10_000, true);
  checkNumber("seed", seed, 0, 2 ** 32 - 1, true);
  const axes = axesOf(caller, network, options.axis);
  const rows = await runOnNetwork(caller, network, "statisticsOf", { axes, orders, seed }, options);
  return resultTable(
    [
      { name: "quantity", values: rows.map(([name]) => name) },
      { name: "value", values: rows.map(([, value]) => value) },
      { name: "unit", values: rows.map(([, , unit]) => unit) },
    ],
    trace(caller, { axis: options.axis, orders, seed }, { network }),
  );
}
