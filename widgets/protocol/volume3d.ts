/** What both halves of the 3D view say to each other. */
import type { Phase } from "../../src/core/phases.js";
import type { Region, Triple } from "../../src/core/shape.js";
import type { HistoryState, SceneState, VolumeFacts } from "../protocol.js";

/** How the voxels along a ray become a colour; "none": only surfaces and planes are shown. */
export type RenderMode = "composite" | "mip" | "average" | "iso" | "none";

/** Bytes of all textures of a view together, at most; a voxel takes one. */
export const TEXTURE_BUDGET = 512 << 20;
/** Volumes side by side, at most. */
export const MOST_VOLUMES = 6;

/** What is drawn, besides what the scene says. */
export interface Display3d {
  mode: RenderMode;
  /** Grey value of the isosurface; null: the largest threshold, else the middle of the window. */
  iso: number | null;
  /** 0 (nothing is seen) to 1 (what is seen is solid). */
  opacity: number;
  /** Whether a lamp at the reader's shoulder lights it. */
  lit: boolean;
  /** Whether the three planes through the cursor are in it. */
  planes: boolean;
  /** What the six clip planes leave, in voxels of the first volume; null: all. */
  clip: Region | null;
  /** Phases that are not drawn, by label (without labels: by their place from dark to bright). */
  hidden: number[];
  /** Labels whose surfaces are drawn. */
  surfaces: number[];
}

/** From where it is seen. */
export interface Turntable {
  /** Degrees; at 0, 0 the reader looks along −y, at 0, 90 along z as slices do. */
  azimuth: number;
  elevation: number;
  zoom: number;
  /** To the right and up, as shares of the largest side. */
  pan: [number, number];
}

/** One of the volumes side by side. */
export interface Member {
  name: string;
  shape: Triple;
  spacing: Triple | null;
}

/** State of the 3D view, besides what every model says of itself. */
export interface Volume3dState extends SceneState, HistoryState {
  scene: string;
  volume: VolumeFacts;
  volumes: Member[];
  phases: Phase[];
  /** Whether the voxels are labels; else they are grey values. */
  labelled: boolean;
  /** Whether there are labels whose surfaces can be drawn. */
  surfaced: boolean;
  /** Names the labelling of the first volume, so that only what is selected of it is lit. Null: there is none. */
  labelsId: string | null;
  display: Display3d;
  view: Turntable;
}

/** A volume in blocks of `step` voxels: the last ones may reach over its faces. */
export interface Level {
  readonly shape: Triple;
  readonly step: Triple;
}

/** Page → kernel. */
export type Request3d =
  /** The mean of each brick, from its record. */
  | { kind: "glance"; id: number; volume: number }
  /** What the page can hold of a volume: voxels, and voxels along an edge. */
  | { kind: "levels"; id: number; volume: number; budget: number; edge: number }
  /** A box of blocks of a level: planes and rows, all columns; at most 1 MiB. */
  | {
      kind: "blocks";
      id: number;
      volume: number;
      step: Triple;
      start: readonly [number, number];
      stop: readonly [number, number];
    }
  /** The surface of a label, of about so many triangles at most. */
  | { kind: "surface"; id: number; volume: number; label: number; triangles: number }
  /** A part of the surface that was asked for last by this label; at most 1 MiB. */
  | { kind: "mesh"; id: number; volume: number; label: number; part: number }
  /** A surface as a file. */
  | { kind: "export"; id: number; volume: number; label: number; format: "stl" | "glb"; part: number }
  | { kind: "cancel"; id: number }
  | { kind: "settled" }
  | { kind: "undo" }
  | { kind: "redo" }
  | { kind: "code"; id: number };

/** Kernel → page. */
export type Reply3d =
  /**
   * Buffer: the coarse level, a byte a voxel. Bytes go from `scale[0]` to `scale[1]`; labels beyond 255 begin again at 1.
   * The sharp level comes by `blocks` of `part` planes and rows.
   */
  | {
      kind: "levels";
      id: number;
      coarse: Level;
      sharp: Level;
      part: [planes: number, rows: number];
      scale: [low: number, high: number];
    }
  /** Buffer: the means. Null: there are none, or the coarse level is there as soon. */
  | { kind: "glance"; id: number; level: Level | null; scale: [low: number, high: number] }
  | { kind: "blocks"; id: number }
  /** `parts` buffers come by `mesh`: first the float32 positions (x, y, z in voxels), then the uint32 corners. */
  | { kind: "surface"; id: number; vertices: number; triangles: number; step: number; parts: number }
  | { kind: "mesh"; id: number }
  | { kind: "export"; id: number; parts: number; bytes: number }
  | { kind: "code"; id: number; text: string }
  | { kind: "error"; id: number; message: string };
