/** What the parts of a network's view share. */
import type { Body } from "../../draw/bodies.js";
import type { ColumnValues, NetworkShape } from "../../draw/network-look.js";
import type { Box, Camera } from "../../draw/orthographic.js";
import type { Network3dState } from "../../protocol/network3d.js";
import type { PageScene } from "../scene.js";
import type { NetworkHandle } from "./handle.js";
import type { NetworkData, ShownPath } from "./network-data.js";

/** What is this reader's own; it is the model's state, which a cell reads. */
export type Own = Pick<Network3dState, "colour" | "scale" | "range" | "selected" | "path" | "show" | "camera">;

export interface Stage {
  readonly root: HTMLElement;
  readonly handle: NetworkHandle;
  readonly scene: PageScene;
  readonly data: NetworkData;
  readonly box: Box;
  /** Undefined until it has come. */
  shape: NetworkShape | undefined;
  /** The column of the colours, with its unit. */
  column: (ColumnValues & { readonly unit: string }) | undefined;
  path: ShownPath | undefined;
  /** Voxels behind the network, and those of the selected pore. */
  ghost: Body | undefined;
  voxels: Body | undefined;
  /** The network as it is drawn now. */
  network: Body | undefined;
  /** Changes what is shown in the page only. */
  note(changes: Partial<Own>): void;
  /** Ends a gesture: the kernel is told once. */
  settle(): void;
  /** Says what went wrong. */
  failed(error: unknown): void;
}

export const cameraOf = ({ handle }: Pick<Stage, "handle">): Camera => handle.get("camera");

/** Selects a pore, or none; the kernel is told. */
export function select(stage: Stage, row: number | null): void {
  stage.note({ selected: row });
  stage.settle();
}

/** Pores that a throat joins to a pore, in the order of their rows. */
export function neighboursOf({ one, other }: NetworkShape, row: number): number[] {
  const found = new Set<number>();
  for (let e = 0; e < one.length; e++) {
    if (one[e] === row) found.add(other[e]!);
    else if (other[e] === row) found.add(one[e]!);
  }
  return [...found].sort((a, b) => a - b);
}
