/** The picture of an alignment that a notebook keeps: as the page shows it, drawn on the CPU. */
import { gridMap, inverted, mapped } from "../../../src/core/affine.js";
import { formatLength } from "../../../src/core/length.js";
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { Transform } from "../../../src/register/transform.js";
import { comparePixels, type GreyLayer, greys, type Together } from "../../draw/compare.js";
import { GAP, layoutPanes, type Pane, SIDES } from "../../draw/layout.js";
import { type Colour, drawCross, drawLine } from "../../draw/lines.js";
import type { Picture } from "../../draw/pictures.js";
import {
  boundsOf,
  cropped,
  fixedSection,
  magnified,
  mappedPlane,
  meanOver,
  outlineOf,
  type Placed,
  type PlanarMap,
  voxelMap,
} from "../../draw/section.js";
import type { AlignmentState } from "../../protocol/alignment.js";
import type { ObliquePlane } from "../../protocol.js";
import type { CaptionPart } from "../own-widget.js";
import type { Shown } from "../view.js";
import type { Pair } from "./alignment-actions.js";
import { factsOfAlignment } from "./alignment-facts.js";
import { type Volumes, warpThrough } from "./alignment-requests.js";
import { sectionValues, type Warp } from "./sampling.js";

const MOST = { width: 640, height: 520 };
const FIXED: Colour = [0, 200, 220];
const MOVING: Colour = [255, 90, 220];
const CURSOR: Colour = [255, 220, 0];

async function layerOf(
  volume: Volume,
  plane: ObliquePlane,
  window: readonly [number, number],
  smooth: boolean,
  warp?: Warp,
): Promise<GreyLayer> {
  const nearest = !smooth && magnified(plane);
  const { values, inside } = await sectionValues(volume, plane, nearest ? 1 : meanOver(plane), nearest, warp);
  const { width, height } = plane;
  const place: PlanarMap = { start: [0, 0], right: [1, 0], down: [0, 1] };
  return { grey: greys(values, volume.dtype, window), inside, width, height, place };
}

/** The moving volume where an affine map takes a plane; only its own box of pixels is read. */
async function movingLayer(
  volume: Volume,
  there: ObliquePlane,
  { moving, windows, comparison }: AlignmentState,
): Promise<GreyLayer | undefined> {
  const outline = outlineOf(there, moving);
  const box = outline?.cut ? boundsOf(outline, there) : undefined;
  if (box === undefined) return undefined;
  const layer = await layerOf(volume, cropped(there, box), windows.moving, comparison.smooth);
  return { ...layer, place: { ...layer.place, start: [-box.x, -box.y] } };
}

/** What is shown in one pane. */
interface View {
  readonly axis: Axis;
  readonly pane: Pane;
  readonly mode: Together["mode"];
}

function viewsOf(fixed: Placed, { comparison, axis }: AlignmentState): { views: View[]; scale: number } {
  const { mode } = comparison;
  if (mode !== "side by side") {
    const { panes, scale } = layoutPanes(fixed.shape, fixed.spacing, MOST);
    // A picture cannot blink.
    const shown = mode === "blink" ? "overlay" : mode;
    return { views: panes.map((pane) => ({ axis: pane.axis, pane, mode: shown })), scale };
  }
  const { right, down } = SIDES[axis];
  const [wide, tall] = [fixed.shape[right] * fixed.spacing[right], fixed.shape[down] * fixed.spacing[down]];
  const scale = Math.min((MOST.width - GAP) / 2 / wide, MOST.height / tall);
  const [width, height] = [Math.max(24, Math.round(wide * scale)), Math.max(24, Math.round(tall * scale))];
  const views = (["fixed", "moving"] as const).map(
    (side, k): View => ({
      axis,
      mode: side,
      pane: { axis, x: k * (width + GAP), y: 0, width, height },
    }),
  );
  return { views, scale };
}

/** Draws all panes as the page shows a whole fixed volume. */
export async function alignmentShown(
  volumes: Volumes,
  transform: Transform,
  pairs: readonly Pair[],
  state: AlignmentState,
): Promise<Shown> {
  const { fixed, moving, cursor, comparison, windows, model } = state;
  const { views, scale } = viewsOf(fixed, state);
  const width = Math.max(...views.map(({ pane }) => pane.x + pane.width));
  const height = Math.max(...views.map(({ pane }) => pane.y + pane.height));
  const picture: Picture = { pixels: new Uint8ClampedArray(4 * width * height).fill(255), width, height };
  const facts = factsOfAlignment(transform, pairs, model);
  const { map } = facts.transform;
  for (const { axis, pane, mode } of views) {
    const at = fixed.shape.map((n, k) => (k === AXES[axis] ? cursor[k]! : (n - 1) / 2)) as unknown as Triple;
    const plane = fixedSection(fixed, axis, at, 1 / scale, pane);
    const there = map && mappedPlane(voxelMap(fixed, moving, map), plane);
    const front = mode === "moving" ? undefined : await layerOf(volumes.fixed, plane, windows.fixed, comparison.smooth);
    const seen =
      mode === "fixed"
        ? undefined
        : there === null
          ? await layerOf(volumes.moving, plane, windows.moving, true, warpThrough(volumes, transform))
          : await movingLayer(volumes.moving, there, state);
    const out = new Uint32Array(pane.width * pane.height);
    const together: Together = { ...comparison, mode, blinked: false };
    comparePixels(out, pane, front, seen, together);
    const part: Picture = { pixels: new Uint8ClampedArray(out.buffer), width: pane.width, height: pane.height };
    drawMarks(part, plane, there, axis, state, facts.pairs);
    for (let y = 0; y < pane.height; y++)
      picture.pixels.set(
        part.pixels.subarray(4 * y * pane.width, 4 * (y + 1) * pane.width),
        4 * ((pane.y + y) * width + pane.x),
      );
  }
  const caption: CaptionPart[] = [
    { text: fixed.title, colour: "#00c8dc" },
    { text: moving.title, colour: "#ff5adc" },
    { text: `${transform.kind}` },
    { text: comparison.mode },
    ...(facts.rootMeanSquare === null
      ? []
      : [{ text: `${pairs.length} landmarks, root mean square ${formatLength(facts.rootMeanSquare)}` }]),
  ];
  return { picture, alt: `alignment of ${moving.title} with ${fixed.title}`, caption };
}

/** Edge of the moving volume, lines of the cursor, landmarks near the plane. */
function drawMarks(
  picture: Picture,
  plane: ObliquePlane,
  there: ObliquePlane | null,
  axis: Axis,
  { fixed, moving, cursor }: AlignmentState,
  pairs: ReturnType<typeof factsOfAlignment>["pairs"],
): void {
  const { right, down } = SIDES[axis];
  const pixelOf = (voxel: Triple): readonly [number, number] => [
    (voxel[right] - plane.origin[right]) / plane.right[right] + 0.5,
    (voxel[down] - plane.origin[down]) / plane.down[down] + 0.5,
  ];
  const [x, y] = pixelOf(cursor);
  if (fixed.shape[0] > 1) {
    drawLine(picture, [x, 0], [x, picture.height], CURSOR, 3);
    drawLine(picture, [0, y], [picture.width, y], CURSOR, 3);
  }
  const outline = there === null ? undefined : outlineOf(there, moving);
  for (const [k, [fromX, fromY]] of outline?.corners.entries() ?? []) {
    const [toX, toY] = outline!.corners[(k + 1) % 4]!;
    drawLine(picture, [fromX + 0.5, fromY + 0.5], [toX + 0.5, toY + 0.5], MOVING, outline!.cut ? 0 : 4);
  }
  const toVoxels = inverted(gridMap(fixed));
  for (const pair of pairs) {
    if (pair.fixed !== null) drawCross(picture, pixelOf(mapped(toVoxels, pair.fixed)), 5, FIXED, false);
    if (pair.moving !== null) drawCross(picture, pixelOf(mapped(toVoxels, pair.moving)), 5, MOVING, true);
  }
}
