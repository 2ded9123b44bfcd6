/** What views of several volumes of one shape say, besides what all views of planes do. */
import type { DType } from "../../src/core/dtype.js";
import type { Phase } from "../../src/core/phases.js";

/** One volume of several. */
export interface VolumeAbout {
  name: string;
  dtype: DType;
  /** Grey values shown as black and as white where each volume has its own. */
  window: [low: number, high: number];
}

/** Page → kernel. */
export type SeveralRequest =
  /** What volumes there are. */
  | { kind: "volumes"; id: number }
  /** Another window of one volume. */
  | { kind: "window"; volume: number; window: [low: number, high: number] };

/** A line of a chart over the volumes. */
export interface ChartLine {
  name: string;
  colour: Phase["colour"];
}
