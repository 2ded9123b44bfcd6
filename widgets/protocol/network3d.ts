/** What both halves of a pore network's view say to each other. */
import type { Phase } from "../../src/core/phases.js";
import type { Axis, Shape, Triple } from "../../src/core/shape.js";
import type { Scale } from "../draw/network-look.js";
import type { Camera } from "../draw/orthographic.js";
import type { HistoryState, Reply, Request, SceneState } from "../protocol.js";

export type NetworkTable = "pores" | "throats";

/** A column by its table and its name. */
export interface ColumnName {
  readonly of: NetworkTable;
  readonly name: string;
}

export interface PathChoice {
  readonly axis: Axis;
  readonly by: "widest" | "shortest";
}

/** What is drawn beside the pores. */
export interface NetworkShown {
  readonly throats: boolean;
  /** The phase that the network lies in. */
  readonly ghost: boolean;
  /** The voxels of the selected pore. */
  readonly voxels: boolean;
}

export interface Network3dState extends SceneState, HistoryState {
  /** Linked with views of the volume; a name of its own where there is no volume. */
  scene: string;
  phases: Phase[];
  title: string;
  shape: Shape;
  /** Edges of the volume along z, y, x, in the unit of all lengths. */
  size: Triple;
  unit: "µm" | "voxel";
  pores: number;
  throats: number;
  colour: ColumnName;
  scale: Scale;
  /** Values of the column of colours outside of which all is pale; null: none is. */
  range: [low: number, high: number] | null;
  /** Row of a pore. */
  selected: number | null;
  path: PathChoice | null;
  show: NetworkShown;
  /** What can be shown: the ghost of a phase, the voxels of a pore. */
  has: { ghost: boolean; voxels: boolean };
  /** Names the labelling that the pores' regions are, so that only views of it light a pore. Null: there is none. */
  labelsId: string | null;
  camera: Camera;
}

export interface ColumnFacts {
  readonly name: string;
  readonly unit: string;
}

/** Page → kernel. */
export type Network3dRequest =
  | Request
  /** Which columns there are. */
  | { kind: "columns"; id: number }
  /** Values of a column from a row on, as many as a message holds. */
  | { kind: "column"; id: number; of: NetworkTable; name: string; first: number }
  /** All values of a pore, to be read. */
  | { kind: "row"; id: number; row: number }
  | ({ kind: "path"; id: number } & PathChoice)
  | { kind: "ghost"; id: number }
  | { kind: "voxels"; id: number; row: number };

/** Kernel → page. */
export type Network3dReply =
  | Reply
  | { kind: "columns"; id: number; pores: ColumnFacts[]; throats: ColumnFacts[] }
  /** Buffer: float64, from row `first` of `rows` on; of texts numbers of `names`. */
  | { kind: "column"; id: number; first: number; rows: number; names?: string[] }
  /** `label`: of the pore's region, where there are labels; at `place` lies its middle, in voxels. */
  | {
      kind: "row";
      id: number;
      values: [name: string, value: string, unit: string][];
      label: number | null;
      place: Triple;
    }
  /** Buffers: int32 rows of pores, and of throats. */
  | { kind: "path"; id: number; text: string }
  /** Buffer: uint16 places z, y, x of voxels on a grid whose step is so many voxels. */
  | { kind: "ghost" | "voxels"; id: number; step: Triple };
