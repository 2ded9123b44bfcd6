import { checkVolume } from "../../../src/compute/run.js";
import { mapped } from "../../../src/core/affine.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkChoice, checkNumber, checkOptions, type Progress } from "../../../src/core/options.js";
import { percentileWindow } from "../../../src/core/picture.js";
import type { Axis, Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import { gridOf } from "../../../src/register/apply-transform.js";
import { Transform } from "../../../src/register/transform.js";
import type { TransformKind } from "../../../src/register/transform-kind.js";
import { COMPARISONS, type ComparisonMode, MODELS } from "../../protocol/alignment.js";
import { sceneOf } from "../scene.js";
import { changesOf, checkFlag, checkTitle } from "../slices/slices.js";
import { TITLES } from "./alignment-code.js";
import { checkPoint } from "./alignment-requests.js";
import { Alignment, MOST_PAIRS } from "./alignment-view.js";

/**
 * Makes a transform better, by what is in the volumes: called when a reader presses "Refine", with the transform as it is. `signal` tells that the
 * reader has stopped it; `onProgress` moves the bar.
 */
export type Refine = (
  fixed: Volume,
  moving: Volume,
  transform: Transform,
  run: { readonly signal: AbortSignal; readonly onProgress: (progress: Pick<Progress, "done" | "total">) => void },
) => Promise<Transform>;

/** Options of {@link alignment}. */
export interface AlignmentOptions {
  /** Transform from fixed to moving that it begins with. Default: the middles of both on each other. */
  initial?: Transform;
  /** What may change: handles and "Solve" keep to it; the reader can choose another. Default `"rigid"`. */
  model?: TransformKind;
  /** Pairs of landmarks to begin with: points in metres along z, y, x, each in the space of its volume. Default: none. */
  landmarks?: { readonly fixed: readonly Triple[]; readonly moving: readonly Triple[] };
  /**
   * How both are shown: `"overlay"`, `"cyan–magenta"`, `"checkerboard"`, `"curtain"`, `"blink"`, `"difference"` or `"side by side"`.
   * Default `"overlay"`.
   */
  mode?: ComparisonMode;
  /** Of the moving volume in an overlay, 0 to 1. Default 0.5. */
  opacity?: number;
  /** Side of a square of the checkerboard in pixels, 4 to 512. Default 48. */
  square?: number;
  /** Where the moving volume begins behind the curtain, as a share of the width of a plane, 0 to 1. Default 0.5. */
  curtain?: number;
  /** Whether magnified voxels are blended into each other. Default false. */
  smooth?: boolean;
  /** First voxel of the fixed volume where its planes meet, `[z, y, x]`. Default: that of its other views, else the middle. */
  cursor?: Triple;
  /** The plane that is shown side by side and that keys act on. Default `z`. */
  axis?: Axis;
  /** Grey values shown as black and as white, of each volume. Default: those between which 99 % of its middle plane lies. */
  windows?: { readonly fixed?: readonly [number, number]; readonly moving?: readonly [number, number] };
  /** Names above the view. Default: "fixed" and "moving". */
  titles?: readonly [fixed: string, moving: string];
  /** Makes the transform better at the press of a button. Default: there is no such button. */
  refine?: Refine;
}

/** The middle of a volume in space. */
const middleOf = (volume: Volume, what: string): Triple =>
  mapped(gridOf(volume, what), volume.shape.map((n) => (n - 1) / 2) as unknown as Triple);

function pairsOf(landmarks: NonNullable<AlignmentOptions["landmarks"]>): { fixed: Triple; moving: Triple }[] {
  const { fixed, moving } = Object(landmarks) as Partial<NonNullable<AlignmentOptions["landmarks"]>>;
  if (!Array.isArray(fixed) || !Array.isArray(moving) || fixed.length !== moving.length || fixed.length > MOST_PAIRS)
    throw new InvalidArgument(
      `landmarks: give { fixed: […], moving: […] } with as many points of the one as of the other, at most ${MOST_PAIRS}`,
    );
  return fixed.map((point, k) => ({
    fixed: checkPoint("a fixed landmark", point),
    moving: checkPoint("a moving landmark", moving[k]),
  }));
}

async function windowOf(volume: Volume, given: readonly [number, number] | undefined): Promise<[number, number]> {
  if (given === undefined) {
    const { values } = await volume.plane("z", Math.floor(volume.shape[0] / 2));
    return percentileWindow(values);
  }
  if (!Array.isArray(given) || given.length !== 2 || !given.every(Number.isFinite) || !(given[0] < given[1]))
    throw new InvalidArgument(`a window is ${JSON.stringify(given)}; give two grey values, the lower one first`);
  return [...given] as [number, number];
}

/**
 * Brings a moving volume over a fixed one by hand and by landmarks, such as a nano-CT scan of a part over the micro-CT scan of the whole. Both are
 * read at their own resolution along the same physical planes; the moving volume is never resampled. Its edge is the handle: drag inside to move, at
 * the rim to turn, at a corner to scale (similarity, affine). Landmarks are set in both and a transform is solved from them, from rigid to
 * thin plate, with residuals and leave-one-out.
 *
 *   const view = await alignment(micro, nano, { model: "similarity" });
 *   view                             // shows it
 *   view.transform                   // fixed → moving, in metres; view.transform.inverse() goes back
 *   view.residuals.leaveOneOut       // metres
 *
 * The cursor is that of the other views of the fixed volume, and views of the moving one stand at the same place in µm under the transform as it
 * is: each follows at the end of a gesture in any of them. Where the place lies outside of a volume its views stay where they are.
 *
 * Cost: what is looked at; a picture of 640 pixels takes some 0.3 s.
 * @param fixed volume with a voxel size: its planes are shown
 * @param moving volume with a voxel size, of any other shape, resolution and type
 * @throws MissingData if a voxel size is unknown
 * @throws InvalidArgument if an option does not fit
 */
export async function alignment(fixed: Volume, moving: Volume, options: AlignmentOptions = {}): Promise<Alignment> {
  checkVolume("alignment: fixed", fixed);
  checkVolume("alignment: moving", moving);
  checkOptions("alignment", options, [
    ...["initial", "model", "landmarks", "mode", "opacity", "square", "curtain", "smooth", "cursor", "axis"],
    ...["windows", "titles", "refine"],
  ]);
  const { model = "rigid", mode = "overlay", opacity = 0.5, titles = TITLES, initial, refine } = options;
  checkChoice("model", model, MODELS);
  checkChoice("mode", mode, COMPARISONS);
  const { square = 48, curtain = 0.5, smooth = false, axis = "z" } = options;
  checkNumber("opacity", opacity, 0, 1);
  checkNumber("square", square, 4, 512, true);
  checkNumber("curtain", curtain, 0, 1);
  checkFlag("smooth", smooth);
  checkChoice("axis", axis, ["z", "y", "x"]);
  const changes = changesOf(fixed, options.cursor === undefined ? {} : { cursor: options.cursor });
  if (!Array.isArray(titles) || titles.length !== 2) throw new InvalidArgument("titles are two texts");
  for (const title of titles) checkTitle(title);
  if (initial !== undefined && !(initial instanceof Transform))
    throw new InvalidArgument(
      "initial is a Transform from fixed to moving: of landmarkTransform, Transform.affine or a view",
    );
  if (refine !== undefined && typeof refine !== "function") throw new InvalidArgument("refine is a function");
  const [from, to] = [middleOf(fixed, "fixed"), middleOf(moving, "moving")];
  const transform =
    initial ?? Transform.affine([1, 0, 0, 0, 1, 0, 0, 0, 1], [to[0] - from[0], to[1] - from[1], to[2] - from[2]]);
  const windows = {
    fixed: await windowOf(fixed, options.windows?.fixed),
    moving: await windowOf(moving, options.windows?.moving),
  };
  const scenes = { fixed: await sceneOf(fixed), moving: await sceneOf(moving) };
  const { cursor } = { ...scenes.fixed.state, ...changes };
  const view = new Alignment({ fixed, moving }, scenes, {
    titles: { fixed: titles[0], moving: titles[1] },
    transform,
    pairs: options.landmarks === undefined ? [] : pairsOf(options.landmarks),
    refine,
    model,
    windows,
    comparison: { mode, opacity, square, curtain, smooth },
    ...{ cursor, axis },
  });
  if (changes.cursor !== undefined) scenes.fixed.set(changes);
  return view;
}
