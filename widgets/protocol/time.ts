/** What both halves of the view of a series say to each other. */

import type { DType } from "../../src/core/dtype.js";
import type { Axis, Triple } from "../../src/core/shape.js";
import type { Layer, ModelState, PlanesState, Reply, Request, ShownStates } from "../protocol.js";
import type { ChartLine, SeveralRequest, VolumeAbout } from "./several.js";

export interface TimeState extends ModelState, PlanesState {
  _model_name: "TimeModel";
  _view_name: "TimeView";
  /** How many states there are. */
  count: number;
  shown: ShownStates;
  /** Whether all states have the window of the scene; else each has its own. */
  locked: boolean;
  /** States shown in a second while it plays. */
  fps: number;
  /** Axis of the line whose values are shown over the states. */
  line: Axis;
}

/** A state, as far as the series tells of it. */
export interface StateAbout extends VolumeAbout {
  voltage?: number;
  charge?: number;
  /** Seconds. */
  time?: number;
}

/** Thickness as a line of its own, with its unit. */
export interface ThicknessAbout {
  name: string;
  unit: string;
}

export type TimeRequest =
  | Request
  | SeveralRequest
  /** Values along a line through `at`, in all states. */
  | { kind: "kymograph"; id: number; layer: Layer; axis: Axis; at: Triple };

export type TimeReply =
  | Reply
  | {
      kind: "volumes";
      id: number;
      volumes: StateAbout[];
      chargeUnit: string;
      /** Fractions of phases over the states. */
      lines: ChartLine[];
      thickness: ThicknessAbout | null;
    }
  /** Buffer: float64, a number for each line and, where it is asked for, the thickness; NaN where there is none. */
  | { kind: "measured"; id: 0; state: number; failed: string | null }
  /** Rows of states, in parts as planes are. */
  | { kind: "kymograph"; id: number; dtype: DType; height: number; width: number; row: number };
