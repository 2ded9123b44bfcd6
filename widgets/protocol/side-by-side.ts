/** What both halves of the view of volumes side by side say to each other. */
import type { Phase } from "../../src/core/phases.js";
import type { Axis } from "../../src/core/shape.js";
import type { ModelState, PlanesState, Reply, Request } from "../protocol.js";
import type { SeveralRequest, VolumeAbout } from "./several.js";

export interface SideBySideState extends ModelState, PlanesState {
  _model_name: "SideBySideModel";
  _view_name: "SideBySideView";
  /** How many volumes there are. */
  count: number;
  /** The plane of which each pane shows that of its volume. */
  axis: Axis;
  /** Whether all volumes have the window of the scene; else each has its own. */
  locked: boolean;
}

export type SideBySideRequest = Request | SeveralRequest;

/** A volume with the phases of the labels that lie over it; null: none do. */
export interface PanelAbout extends VolumeAbout {
  phases: Phase[] | null;
}

export type SideBySideReply = Reply | { kind: "volumes"; id: number; volumes: PanelAbout[] };
