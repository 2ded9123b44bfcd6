/** What the parts of an alignment share: camera, transform, landmarks, and where they are drawn. */
import { type AffineMap, gridMap, mapped } from "../../../src/core/affine.js";
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";
import { SIDES } from "../../draw/layout.js";
import { fixedSection, mappedPlane, type Outline, outlineOf, voxelMap } from "../../draw/section.js";
import type { AlignmentFacts, AlignmentState, Comparison, Model, PlacedFacts, Side } from "../../protocol/alignment.js";
import type { ObliquePlane } from "../../protocol.js";
import { nextNumber } from "../request-number.js";
import { movedBy } from "./motions.js";
import type { AlignmentHandle, Rasters } from "./rasters.js";

/** Side by side each pane shows one volume; else both. */
export interface AlignmentPane {
  readonly axis: Axis;
  readonly side: Side | undefined;
  readonly canvas: HTMLCanvasElement;
  /** In pixels of the page. */
  width: number;
  height: number;
  /** Pixels of the canvas in one of the page. */
  ratio: number;
}

export type Tool = "move" | "cursor" | "landmark";

export interface AlignmentStage {
  readonly root: HTMLElement;
  readonly area: HTMLElement;
  readonly handle: AlignmentHandle;
  readonly fixed: PlacedFacts;
  readonly moving: PlacedFacts;
  readonly rasters: Rasters;
  panes: AlignmentPane[];
  cursor: Triple;
  windows: AlignmentState["windows"];
  comparison: Comparison;
  model: Model;
  /** The plane that keys act on. */
  axis: Axis;
  /** Voxel of the fixed volume in the middle of the panes, with fractions; and metres in a pixel. */
  camera: { readonly centre: Triple; readonly pixel: number };
  tool: Tool;
  facts: AlignmentFacts;
  /** Whether the transform was changed here and the kernel was not told yet: what it says meanwhile is older. */
  unsettled: boolean;
  /** Counts what the kernel said of the transform: a thin plate is asked for anew. */
  version: number;
  /** Which of the two a blink shows. */
  blinked: boolean;
  turnAbout: "middle" | "cursor";
  /** Draws in the next frame. */
  ask(): void;
  /** Says something to who looks, and to who listens. */
  say(text: string): void;
}

/** The plane of a pane, in voxels of the fixed volume. @param ratio pixels for each of the page */
export function planeOf({ fixed, camera, cursor }: AlignmentStage, pane: AlignmentPane, ratio = 1): ObliquePlane {
  const across = AXES[pane.axis];
  const at = camera.centre.map((n, k) => (k === across ? cursor[k]! : n)) as unknown as Triple;
  const size = { width: Math.round(pane.width * ratio), height: Math.round(pane.height * ratio) };
  return fixedSection(fixed, pane.axis, at, camera.pixel / ratio, size);
}

/** A plane of the fixed volume in voxels of the moving one; undefined under a thin plate. */
export function thereOf({ fixed, moving, facts }: AlignmentStage, plane: ObliquePlane): ObliquePlane | undefined {
  const { map } = facts.transform;
  return map === null ? undefined : mappedPlane(voxelMap(fixed, moving, map), plane);
}

/** The edge of the moving volume in a pane, in pixels of the page. */
export function outlineIn(stage: AlignmentStage, pane: AlignmentPane): Outline | undefined {
  const there = thereOf(stage, planeOf(stage, pane));
  const outline = there && outlineOf(there, stage.moving);
  // The pixel at 0 has its middle half a pixel from the pane's edge.
  return outline && { ...outline, corners: outline.corners.map(([x, y]) => [x + 0.5, y + 0.5] as const) };
}

/** The voxel of the fixed volume, with fractions, at a pixel of the page. */
export function voxelAt(stage: AlignmentStage, pane: AlignmentPane, x: number, y: number): Triple {
  const { origin, right, down } = planeOf(stage, pane);
  return origin.map((n, k) => n + (x - 0.5) * right[k]! + (y - 0.5) * down[k]!) as unknown as Triple;
}

/** The pixel of the page at a voxel of the fixed volume: what {@link voxelAt} goes back from, for what lies in the plane. */
export function pixelAt(stage: AlignmentStage, pane: AlignmentPane, voxel: Triple): readonly [x: number, y: number] {
  const { origin, right, down } = planeOf(stage, pane);
  const sides = SIDES[pane.axis];
  return [
    (voxel[sides.right] - origin[sides.right]) / right[sides.right] + 0.5,
    (voxel[sides.down] - origin[sides.down]) / down[sides.down] + 0.5,
  ];
}

export const metresAt = ({ fixed }: AlignmentStage, voxel: Triple): Triple => mapped(gridMap(fixed), voxel);

/** Moves the moving picture at once; the kernel is told at the end of the gesture. @param from what it is moved from */
export function move(stage: AlignmentStage, motion: AffineMap, from: AlignmentFacts = stage.facts): void {
  const { map } = from.transform;
  if (map === null) return;
  const pairs = from.pairs.map((pair) => ({ ...pair, moving: pair.moving && mapped(motion, pair.moving) }));
  stage.facts = { ...from, transform: { ...from.transform, map: movedBy(map, motion) }, pairs };
  stage.unsettled = true;
  stage.ask();
}

/** The end of a motion. */
export function settleMove(stage: AlignmentStage): void {
  const { map } = stage.facts.transform;
  stage.unsettled = false;
  if (map !== null) stage.handle.send({ kind: "move", id: nextNumber(), map });
}

/** Saves what the view shows; the kernel hears once. */
export function saveView({ handle, cursor, comparison, axis, windows }: AlignmentStage): void {
  handle.save({ cursor, comparison, axis, windows });
  handle.send({ kind: "settled" });
}

/** The side that the next landmark belongs to. */
export function nextSide({ facts }: AlignmentStage): { side: Side; pair: number } {
  const last = facts.pairs.at(-1);
  if (last === undefined || (last.fixed !== null && last.moving !== null))
    return { side: "fixed", pair: facts.pairs.length };
  return { side: last.fixed === null ? "fixed" : "moving", pair: facts.pairs.length - 1 };
}
