import { checkVolume } from "../../../src/compute/run.js";
import { DTYPES } from "../../../src/core/dtype.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkChoice, checkNumber, checkOptions } from "../../../src/core/options.js";
import { percentileWindow } from "../../../src/core/picture.js";
import { checkRegion, type Region, sameShape, type Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import { type SceneState, type SlabMode, THICKEST } from "../../protocol.js";
import { journalOf, LabelEditor } from "../labels/label-editor.js";
import { unlabelled } from "../labels/unlabelled.js";
import { MODES } from "../planes.js";
import { checkNames, checkThresholds, type Scene, sceneAccepts, sceneOf } from "../scene.js";
import { type CameraOptions, checkCamera } from "./camera.js";
import { isLabelled, Slices } from "./slices-view.js";

/** Options of {@link slices}. */
export interface SlicesOptions extends CameraOptions {
  /** Label volume of the same shape that lies over the grey values. */
  labels?: Volume;
  /**
   * Whether the labels can be painted on. Each edit is kept in a file as soon as it is made, and what stands in the file is done again
   * when the same labels are shown for editing: a path, or true for one in the folder `.voxbook/edits` beside the notebook. Without
   * `labels` painting begins on nothing. Default false.
   */
  edit?: boolean | string;
  /**
   * A field of the same shape, such as a flux or an uncertainty: its values lie over the grey ones as colours, in place of labels.
   * The colours go over the values between which 99 % of the middle plane lies.
   */
  field?: Volume;
  /** Another volume of the same shape, to compare with: it is behind a curtain that is drawn over the planes. */
  beside?: Volume;
  /** Where that volume begins, as a share of the width of a plane, 0 to 1. Default 0.5. */
  curtain?: number;
  /** Planes around the cursor's that are shown as one, 1 to 256. Default 1. */
  planes?: number;
  /** How several planes become one: "mean", "max" (maximum intensity projection) or "min". Default "mean". */
  mode?: SlabMode;
  /** Whether labels are outlined, not filled. Default false. */
  outline?: boolean;
  /**
   * With `edit` names of the labels 1, 2, … to paint, where there are no labels yet; default: "label 1", "label 2", "label 3". Else names of the
   * phases between the thresholds, from dark to bright; shared with the histogram of the same volume. Default: those of the histogram.
   */
  names?: readonly string[];
  /** First position of the cursor in voxels, `[z, y, x]`. Default: the middle. */
  cursor?: Triple;
  /** Grey values shown as black and as white. Default: those between which 99 % of the middle plane lies. */
  window?: readonly [low: number, high: number];
  /** Thresholds whose phases colour the planes; shared with the histogram of the same volume. Default: those of the histogram. */
  thresholds?: readonly number[];
  /** A box of interest, in voxels; the reader can draw another. Default: none. */
  region?: Region;
  /** Normal, in space along z, y, x, of a free plane through the cursor. Default: none. */
  normal?: Triple;
  /** 0 (only grey) to 1 (only colour). Default 0.4. */
  opacity?: number;
  /** Name above the view. Default: "scan". */
  title?: string;
}

/** Throws unless a title fits above a view. */
export function checkTitle(title: unknown): void {
  if (typeof title !== "string" || title.length > 60)
    throw new InvalidArgument(`title is ${JSON.stringify(title)}; give a text of at most 60 characters`);
}

/** Throws unless `value`, where it is given, is true or false. */
export function checkFlag(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "boolean")
    throw new InvalidArgument(`${name} is ${JSON.stringify(value)}; give true or false`);
}

/** Throws unless planes can be shown so. */
export function checkDisplay({ planes, mode, outline }: Pick<SlicesOptions, "planes" | "mode" | "outline">): void {
  if (planes !== undefined) checkNumber("planes", planes, 1, THICKEST, true);
  if (mode !== undefined) checkChoice("mode", mode, MODES);
  checkFlag("outline", outline);
}

/** Two grey values in order. @param name of the option */
export function checkWindow(name: string, window: unknown): [low: number, high: number] {
  if (Array.isArray(window) && window.length === 2 && window.every(Number.isFinite) && window[0] < window[1])
    return [window[0], window[1]];
  throw new InvalidArgument(`${name} is ${JSON.stringify(window)}; give [low, high]`);
}

/** What paints on labels: one for all views of a volume. */
export async function editorOf(scene: Scene, labels: Volume, edit: boolean | string): Promise<LabelEditor> {
  if (edit !== true && (typeof edit !== "string" || edit === ""))
    throw new InvalidArgument(
      `edit is ${JSON.stringify(edit)}; give true, or the path of the file that keeps the edits`,
    );
  if (!DTYPES[labels.dtype].integer) throw new InvalidArgument(`labels are whole numbers, these are ${labels.dtype}`);
  const path = edit === true ? journalOf(labels) : edit;
  if (scene.editor?.path === path) return scene.editor;
  const editor = await LabelEditor.open(labels, scene.volume, path);
  scene.takeEditor(editor);
  return editor;
}

const OPTIONS = [
  ...([
    "labels",
    "edit",
    "names",
    "field",
    "beside",
    "curtain",
    "planes",
    "mode",
    "outline",
    "cursor",
    "window",
    "thresholds",
  ] as const),
  ...(["region", "normal", "zoom", "centre", "opacity", "title"] as const),
];

/** What the options set of the scene. @throws InvalidArgument if one of them does not fit the volume */
export function changesOf(
  volume: Volume,
  { cursor, window, thresholds, region, normal }: SlicesOptions,
): Partial<SceneState> {
  const changes: Partial<SceneState> = {};
  if (cursor !== undefined) {
    for (const [k, n] of cursor.entries()) checkNumber(`cursor[${k}]`, n, 0, volume.shape[k]! - 1, true);
    changes.cursor = cursor;
  }
  if (window !== undefined) changes.window = checkWindow("window", window);
  if (thresholds !== undefined) changes.thresholds = checkThresholds(thresholds);
  if (region !== undefined) {
    checkRegion(region, volume.shape);
    changes.region = region;
  }
  if (normal !== undefined) {
    const direction = sceneAccepts({ volume }).normal!(normal);
    if (!direction) throw new InvalidArgument(`normal is ${JSON.stringify(normal)}; give [z, y, x], not all 0`);
    changes.normal = direction;
  }
  return changes;
}

/**
 * Shows three linked orthogonal planes of a volume with a cursor, window and level, zoom and pan, the grey value and the
 * position in µm (in voxels where the voxel size is unknown) under the mouse, and a scale bar. While the thresholds of the
 * volume's histogram are dragged, the planes follow.
 *
 *   const view = await slices(scan);   // last line of a cell: `view`
 *
 * @param volume any voxel type; a labels or mask volume is shown in the colours of its phases
 * @returns a view that shows itself in a notebook: live in JupyterLab, as a picture everywhere else
 * @throws InvalidArgument if the labels have another shape, or an option is out of range
 */
export async function slices(volume: Volume, options: SlicesOptions = {}): Promise<Slices> {
  checkVolume("slices", volume);
  checkOptions("slices", options, OPTIONS);
  const { labels, field, beside, edit = false, names, curtain, opacity, title } = options;
  for (const [name, one] of Object.entries({ labels, field, beside })) {
    if (one === undefined) continue;
    checkVolume(`slices: ${name}`, one);
    if (!sameShape(one.shape, volume.shape))
      throw new InvalidArgument(
        `${name}: the shape is ${one.shape.join(" × ")}, that of the volume ${volume.shape.join(" × ")}; they must be the same`,
      );
  }
  checkDisplay(options);
  checkCamera(options);
  if (curtain !== undefined) checkNumber("curtain", curtain, 0, 1);
  if (opacity !== undefined) checkNumber("opacity", opacity, 0, 1);
  if (title !== undefined) checkTitle(title);
  const changes = changesOf(volume, options);
  const scene = await sceneOf(volume);
  if (names !== undefined && edit === false) {
    const { thresholds } = { ...scene.state, ...changes };
    if (thresholds.length === 0)
      throw new InvalidArgument("names: there are no phases to name; give thresholds, or edit to paint labels");
    scene.names = checkNames(names, thresholds.length + 1);
    // Their phases are made anew.
    changes.thresholds = thresholds;
  }
  if (Object.keys(changes).length > 0) scene.set(changes);
  const windows = {
    beside: beside && (await sceneOf(beside)).state.window,
    field: field && percentileWindow((await field.plane("z", field.shape[0] >> 1)).values),
  };
  if (edit === false) return new Slices(volume, scene, options, windows);
  const start = labels ?? (isLabelled(volume) ? volume : unlabelled(volume, names));
  return new Slices(volume, scene, options, windows, await editorOf(scene, start, edit));
}
