/** All that is worked out of a network in steps, by its name. */
import type { PoreNetwork } from "./network.js";
import { flowsAlong } from "./network-flows.js";
import { statisticsOf } from "./network-quantities.js";
import type { Steps } from "./steps.js";

export const networkTasks = { flowsAlong, statisticsOf } as const;

export type NetworkTask = keyof typeof networkTasks;
export type TaskArgument<K extends NetworkTask> = Parameters<(typeof networkTasks)[K]>[1];
export type TaskResult<K extends NetworkTask> = ReturnType<(typeof networkTasks)[K]> extends Steps<infer R> ? R : never;

/** Begins a task. */
export const beginTask = <K extends NetworkTask>(
  name: K,
  network: PoreNetwork,
  argument: TaskArgument<K>,
): Steps<TaskResult<K>> => {
  const task = networkTasks[name] as (of: PoreNetwork, with_: TaskArgument<K>) => Steps<TaskResult<K>>;
  return task(network, argument);
};
