/** What flows through a network along its axes, in steps that any thread can take. */
import type { Axis } from "../core/shape.js";
import { conductances, type Flowing } from "./conductances.js";
import type { PoreNetwork } from "./network.js";
import { flowAlong } from "./network-flow.js";
import { partOf, type Steps } from "./steps.js";

export interface FlowsTask {
  readonly axes: readonly Axis[];
  readonly flowing: Flowing;
}

/** What a table tells of a flow along an axis. */
export interface FlowFigures {
  /** What comes out at a difference of 1 between the faces; 0 where no way leads from face to face. */
  readonly rate: number;
  readonly imbalance: number;
  /** Number of pores that are joined to both faces. */
  readonly conducting: number;
}

/** One answer an axis. */
export function* flowsAlong(network: PoreNetwork, { axes, flowing }: FlowsTask): Steps<FlowFigures[]> {
  const conductance = conductances(network, flowing);
  const found: FlowFigures[] = [];
  for (const [k, axis] of axes.entries()) {
    const flow = yield* partOf(flowAlong(network, axis, conductance), k / axes.length, (k + 1) / axes.length);
    const conducting = flow.conducting.reduce((sum, one) => sum + one, 0);
    found.push({ rate: flow.rate, imbalance: flow.imbalance, conducting });
  }
  return found;
}
