/** A thread's part of work on a network: it gets the network's columns, and goes on for a moment each time it is asked. */
import { tableFromIPC } from "apache-arrow";
import { traced } from "../core/arrow/table.js";
import { PoreNetwork } from "./network.js";
import type { NetworkRecord } from "./network-record.js";
import { beginTask, type NetworkTask, type TaskArgument } from "./network-tasks.js";
import type { Steps } from "./steps.js";

export interface ThreadTask<K extends NetworkTask = NetworkTask> {
  readonly name: K;
  readonly argument: TaskArgument<K>;
  readonly record: NetworkRecord;
  /** The columns that every network has, as Arrow streams. */
  readonly pores: Uint8Array;
  readonly throats: Uint8Array;
}

/** How far it is, from 0 to 1; or what it has made. */
export type ThreadAnswer = { readonly share: number } | { readonly result: unknown };

let steps: Steps<unknown> | undefined;

export function begin({ name, argument, record, pores, throats }: ThreadTask): void {
  const { spacing, provenance, ...facts } = record;
  const network = new PoreNetwork({
    ...facts,
    spacing: spacing ?? undefined,
    provenance,
    pores: traced(tableFromIPC(pores), provenance),
    throats: traced(tableFromIPC(throats), provenance),
  });
  steps = beginTask(name, network, argument);
}

/** Goes on for so many milliseconds, or a step. */
export function goOn(milliseconds: number): ThreadAnswer {
  const until = performance.now() + milliseconds;
  while (true) {
    const { done, value } = steps!.next();
    if (done) return { result: value };
    if (performance.now() > until) return { share: value };
  }
}

/** Lets go of the network. */
export function forget(): void {
  steps = undefined;
}
