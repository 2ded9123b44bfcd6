/** What both halves of the view of volumes side by side say to each other. */
import type { Phase } from "../../src/core/phases.js";
import type { Axis } from "../../src/core/shape.js";
import type { PlacedBox, PlacedGrid } from "../draw/placed-grid.js";
import type { ModelState, PlanesState, Reply, Request } from "../protocol.js";
import type { SeveralRequest, VolumeAbout } from "./several.js";

export interface SideBySideState extends ModelState, PlanesState {
  _model_name: "SideBySideModel";
  _view_name: "SideBySideView";
  /** How many volumes there are. */
  count: number;
  /** The plane of which each pane shows that of its volume. */
  axis: Axis;
  /** What the panes show of space, in voxels of the first volume; null: volumes go together voxel by voxel. */
  frame: PlacedBox | null;
  /** Whether all volumes have the window of the scene; else each has its own. */
  locked: boolean;
}

export type SideBySideRequest = Request | SeveralRequest;

/** A volume with the phases of the labels that lie over it; null: none do. */
export interface PanelAbout extends VolumeAbout {
  phases: Phase[] | null;
  /** Whether it is labels itself: these are shown in full colour, and have no window in common with grey values. */
  alone: boolean;
  /** Where it lies. */
  grid: PlacedGrid;
}

export type SideBySideReply = Reply | { kind: "volumes"; id: number; volumes: PanelAbout[] };
