/**
 * What both halves of a widget say to each other: the state that travels in the notebook's models (each widget's stays
 * under 1 KB), and the custom messages that carry voxels on request. Version both sides of a change.
 */
import type { DType } from "../src/core/dtype.js";
import type { Phase } from "../src/core/phases.js";
import type { Axis, Region, Shape, Triple } from "../src/core/shape.js";
import type { PredictionKey, TrainingChoice, TrainingState } from "./protocol/training.js";
import type { Display3d } from "./protocol/volume3d.js";

/** Name of the browser module that holds all models and views. */
export const MODULE = "@voxbook/widgets";
/** Version of this protocol; a page with another major version shows the picture instead. */
export const MODULE_VERSION = "0.1.0";
/** MIME type of a display that falls back to its picture where the kernel is gone. */
export const VIEW_MIME = "application/vnd.voxbook.view+json";
/** Planes of a slab, at most. */
export const THICKEST = 256;
/** How near planes are seen, at most, and how far: 1 is the whole volume. */
export const CLOSEST = 64;
export const FARTHEST = 0.5;
/** No voxel message is larger; larger planes come in parts. */
export const MAX_PART_BYTES = 1 << 20;

/** What every model says of itself. */
export interface ModelState {
  _model_module: typeof MODULE;
  _model_module_version: string;
  _model_name: string;
  _view_module: typeof MODULE;
  _view_module_version: string;
  _view_name: string;
  _view_count: null;
}

/** Facts of the volume behind a view, which never change. */
export interface VolumeFacts {
  title: string;
  shape: Shape;
  dtype: DType;
  /** Voxel size along z, y, x in metres; null if unknown: the view then speaks of voxels. */
  spacing: Triple | null;
  /** Smallest and largest value of the volume. */
  range: [min: number, max: number];
}

/**
 * What views of one volume share inside the page, under the same `scene` name. It is linked in the browser; the model of
 * the widget that was touched tells the kernel once, at the end of a gesture.
 */
export interface SceneState {
  /** Cursor in voxels, z, y, x. */
  cursor: Triple;
  /** Grey values shown as black and as white. */
  window: [low: number, high: number];
  /** Ascending; phase k holds the values > thresholds[k − 1] and ≤ thresholds[k]. */
  thresholds: number[];
  /** Box of voxels that the reader has drawn; null: none. */
  region: Region | null;
  /** Normal, in space along z, y, x, of the free plane through the cursor; null: there is none. */
  normal: Triple | null;
}

/** How many gestures can be undone, and done again. */
export interface HistoryState {
  history: [done: number, undone: number];
}

/** Which voxels an edit of labels may change. Default: all. */
export interface Limits {
  /** Only those with grey values in this range, both ends included. */
  readonly grey?: readonly [low: number, high: number];
  /** Only those that have this label. */
  readonly only?: number;
  /** Only those in this box. */
  readonly region?: Region;
}

/** A change of labels, as data: the same edits of the same labels give the same result. */
export type Edit = { readonly label: number; readonly limits: Limits } & (
  | /** What a brush went over, as base64 of `encodeRuns`. */ { readonly tool: "stroke"; readonly runs: string }
  | /** The voxels of one label around a voxel that hang together with it in a plane. */ {
      readonly tool: "fill";
      readonly axis: Axis;
      readonly at: Triple;
    }
  | /** All voxels within the limits' grey values that hang together with a voxel. */ {
      readonly tool: "grow";
      readonly at: Triple;
    }
  | /** Planes without the label at `at`, between two that have it. */ {
      readonly tool: "interpolate";
      readonly axis: Axis;
      readonly at: Triple;
    }
);

/** Labels that are selected, as data. */
export interface Lit {
  /** Which labelling they belong to (`labelsId` of the views that show it); views of others do not light them. Null: any. */
  readonly of: string | null;
  /** Base64 of `encodeLabels`. */
  readonly labels: string;
}

/**
 * A gesture as data: what it changed, from what and to what. Actions are plain JSON, so that they can be kept in a cell or a file
 * and be played again.
 */
export type Action =
  | {
      [Part in keyof SceneState]: {
        readonly kind: Part;
        readonly from: SceneState[Part];
        readonly to: SceneState[Part];
      };
    }[keyof SceneState]
  | { readonly kind: "edit"; readonly from: null; readonly to: Edit }
  /** How a view in space shows the volume: the first, second … of those of the volume that are shown, from 0. */
  | {
      [Part in keyof Display3d]: {
        readonly kind: Part;
        readonly view: number;
        readonly from: Display3d[Part];
        readonly to: Display3d[Part];
      };
    }[keyof Display3d]
  | { readonly kind: "time"; readonly from: ShownStates; readonly to: ShownStates }
  /** Null: nothing is selected. */
  | { readonly kind: "selection"; readonly from: Lit | null; readonly to: Lit | null }
  /** What is kept under a name. Null: nothing. */
  | { readonly kind: "group"; readonly name: string; readonly from: Lit | null; readonly to: Lit | null };

/** Which states of a series are shown, by their numbers from 0. */
export interface ShownStates {
  readonly index: number;
  /** The one behind the curtain; null: there is none. */
  readonly other: number | null;
}

/** What a plane holds: grey values, labels, a field or what a forest predicts over them, or the volume beside them. */
export type Layer = "grey" | "labels" | "field" | "beside" | "prediction";

/** How several planes become one: their mean, their largest or their least values. */
export type SlabMode = "mean" | "max" | "min";

/** How slices are shown, besides what the scene says. */
export interface SlicesDisplay {
  /** Planes that are put together around the one of the cursor. */
  planes: number;
  mode: SlabMode;
  /** Whether labels are outlined, not filled. */
  outline: boolean;
  /** Where the volume beside begins, as a share of the pane's width; 1: it is not seen. */
  curtain: number;
}

/** What of the planes is seen. */
export interface SlicesCamera {
  /** 1: the whole volume. */
  zoom: number;
  /** Place in the middle of the planes in voxels, z, y, x; the middle of a voxel is at whole numbers. Null: the middle of all that there is. */
  centre: Triple | null;
}

/** A volume of numbers whose values are shown as colours. */
export interface FieldFacts {
  name: string;
  range: [low: number, high: number];
}

/** What every view that shows planes says of itself, be they of one volume or of several of the same shape. */
export interface PlanesState extends SceneState, HistoryState {
  scene: string;
  /** Of several volumes the first. */
  volume: VolumeFacts;
  /** Colours and names by label: of the label volume if there is one, else of the thresholds' phases. */
  phases: Phase[];
  /** Whether a label volume of the same shape lies over the grey values (its planes come by `layer: "labels"`). */
  labels: boolean;
  /** Names the labelling, so that only what is selected of it is lit. */
  labelsId: string | null;
  /** Lies over the grey values instead of labels. */
  field: FieldFacts | null;
  display: SlicesDisplay;
  camera: SlicesCamera;
  /** 0 (only grey) to 1 (only colour). */
  opacity: number;
}

export interface SlicesState extends ModelState, PlanesState {
  _model_name: "SlicesModel";
  _view_name: "SlicesView";
  /** Whether the labels can be painted on. */
  editable: boolean;
  /** Another volume of the same shape, behind a curtain. */
  beside: { title: string; dtype: DType; window: [low: number, high: number] } | null;
  /** Of labels that a forest learns from, and what of it is shown; null: there is none. */
  training: TrainingState | null;
  prediction: TrainingChoice | null;
}

/** Which voxels are counted. */
export type Part =
  | { readonly of: "whole" }
  | { readonly of: "region"; readonly region: Region }
  | { readonly of: "plane"; readonly axis: Axis; readonly index: number }
  | { readonly of: "label"; readonly label: number };

/** Counts of another volume or of a file, to compare with. */
export interface Reference {
  name: string;
  low: number;
  step: number;
  exact: boolean;
}

/** A method's proposal of thresholds, with how sure it is. */
export interface Suggestion {
  /** Shown on its chip: "Otsu", "multi-Otsu 3". */
  name: string;
  thresholds: number[];
  /** Between-class variance over total variance, 0 to 1. */
  separability: number;
}

export interface HistogramState extends ModelState, SceneState, HistoryState {
  _model_name: "HistogramModel";
  _view_name: "HistogramView";
  scene: string;
  volume: VolumeFacts;
  phases: Phase[];
  scale: "linear" | "log";
}

/** Views below each other in one output. */
export interface TogetherState extends ModelState {
  _model_name: "TogetherModel";
  _view_name: "TogetherView";
  /** References to the models of the views, `IPY_MODEL_…`. */
  children: string[];
}

export interface ProgressState extends ModelState {
  _model_name: "ProgressModel";
  _view_name: "ProgressView";
  operation: string;
  done: number;
  /** null: nobody can know. */
  total: number | null;
  /** Seconds since the start. */
  seconds: number;
  state: "running" | "done" | "stopped" | "failed";
}

/** Where the pixels of a picture lie in a volume, in voxels z, y, x; the centre of a voxel is at whole numbers. */
export interface ObliquePlane {
  /** The first pixel. */
  readonly origin: Triple;
  /** From one pixel to the next, to the right and down. */
  readonly right: Triple;
  readonly down: Triple;
  readonly width: number;
  readonly height: number;
}

export interface PlaneRequest {
  id: number;
  /** Which one, of a view of several volumes. Default 0. */
  volume?: number;
  layer: Layer;
  axis: Axis;
  index: number;
  /** Averaged over 2^level voxels along both sides. */
  level: number;
  /** Planes around `index` that are put together, fewer at the faces; of labels and fields one. */
  planes: number;
  mode: SlabMode;
  /** Of the layer `prediction`. */
  prediction?: PredictionKey;
}

/** Page → kernel, as custom messages. */
export type Request =
  /** Planes, each answered as if it had been asked for alone: one message costs the server as much as one plane. */
  | { kind: "planes"; of: readonly PlaneRequest[] }
  /** Values along a plane that goes along no axis. */
  | { kind: "oblique"; id: number; layer: Layer; plane: ObliquePlane }
  | { kind: "counts"; id: number; part: Part }
  /** What methods would choose for these voxels, and how sure they are. */
  | { kind: "suggest"; id: number; part: Part }
  /** Labels that can be counted one by one, and references; their counts are in the buffers. */
  | { kind: "about"; id: number }
  /** Counts of grey value against gradient. */
  | { kind: "joint"; id: number; part: Part }
  /** A request that is no longer wanted. */
  | { kind: "cancel"; id: number }
  /** A picture of the view as it is now, for the notebook file: what was last seen. Sent once per gesture. */
  | { kind: "settled" }
  /** Asks what is selected; where nothing is, there is no answer. */
  | { kind: "selection" }
  /** What the reader has selected; sent once per gesture. Buffer: `encodeLabels`. */
  | { kind: "selected"; of: string | null }
  /** Changes labels; answered by `edited` or an error. */
  | { kind: "edit"; id: number; edit: Edit }
  /** Takes back the last gesture of the scene, or does it again. */
  | { kind: "undo" }
  | { kind: "redo" }
  /** Asks for a cell that makes the view as it is now. */
  | { kind: "code"; id: number }
  | { kind: "stop" };

/** Kernel → page, as custom messages; voxels are in the buffers. */
export type Reply =
  | {
      kind: "plane";
      id: number;
      dtype: DType;
      height: number;
      width: number /** First row of this part; the buffer holds whole rows. */;
      row: number;
    }
  /** Buffer: float64 counts. Bin k reaches from `low + k · step` to the next; `exact`: its middle is the one value in it. */
  | { kind: "counts"; id: number; low: number; step: number; exact: boolean; nan: number }
  /** Buffers: the values, and for each pixel 1 where it lies in the volume. */
  | { kind: "oblique"; id: number; dtype: DType }
  | { kind: "suggestions"; id: number; suggestions: Suggestion[] }
  | { kind: "about"; id: number; labels: { label: number; name: string }[]; references: Reference[] }
  /** Buffer: float64 counts, a row for each bin of the gradient from 0 to `steepest`, a column for each bin of grey values. */
  | { kind: "joint"; id: number; columns: number; rows: number; low: number; high: number; steepest: number }
  /** Labels in a box have changed, by the edit of this id (0: by none of this page). Null: none has. */
  | { kind: "edited"; id: number; box: Region | null }
  /** What is selected now. Buffer: `encodeLabels`. */
  | { kind: "selected"; id: number; of: string | null }
  | { kind: "code"; id: number; text: string }
  | { kind: "error"; id: number; message: string };
