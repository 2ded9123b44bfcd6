/** What the parts of a view in space share. */
import type { ByteVolume, Rays } from "../../draw/projection.js";
import { clipBox, extentIn, type SpaceUnit } from "../../draw/space.js";
import { solidLabels, transferTable } from "../../draw/transfer.js";
import { type Projector, projector, type Vector } from "../../draw/turntable.js";
import type { Display3d, Member, Turntable } from "../../protocol/volume3d.js";
import type { PageScene } from "../scene.js";
import type { Asking, Handle3d } from "./asking.js";
import type { Rendering } from "./rendering.js";

/** Where a volume is in the area, in pixels. */
export interface Pane3d {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Stage3d {
  readonly root: HTMLElement;
  readonly area: HTMLElement;
  readonly handle: Handle3d;
  readonly scene: PageScene;
  readonly asking: Asking;
  readonly members: readonly Member[];
  readonly unit: SpaceUnit;
  /** Size of the first volume along x, y, z. */
  readonly extent: Vector;
  readonly bodies: (ByteVolume | undefined)[];
  scale: readonly [number, number];
  display: Display3d;
  view: Turntable;
  panes: Pane3d[];
  rendering: Rendering | undefined;
  /** Whether the handles of the clip planes are there to be drawn at. */
  clipping: boolean;
  /** The clip plane that keys move, 2 · axis (z, y, x) + 1 for the far one; undefined: none yet. */
  chosen: number | undefined;
  /** Draws in the next frame, quickly; sharply when nothing has moved for a while. */
  ask(): void;
  /** The colours are other ones. */
  recoloured(): void;
  /** Changes what is shown, at once. */
  show(changes: Partial<Display3d>): void;
  /** Tells the kernel what is shown and from where. */
  settle(): void;
  say(text: string): void;
  failed(message: string): void;
}

/** What is drawn now: without a graphics card labels stand for their surfaces. */
const drawn = ({ display, handle, rendering }: Stage3d): Display3d =>
  rendering === undefined ? solidLabels(display, handle.get("phases"), handle.get("labelled")) : display;

/** The table of colours and densities of now. */
export function tableOf(stage: Stage3d): Float32Array {
  const { scene, scale, handle } = stage;
  const { window, thresholds } = scene.state;
  const labelled = handle.get("labelled");
  const selection = scene.litOf(handle.get("labelsId"));
  const phases = handle.get("phases");
  return transferTable({ display: drawn(stage), scale, window, thresholds, labelled, phases, selection });
}

export const cameraOf = ({ view, extent }: Stage3d, { width, height }: Pane3d): Projector =>
  projector(view, extent, { width, height });

/** What a ray through volume `k` needs. */
export const raysOf = (stage: Stage3d, k: number, table = tableOf(stage)): Rays => ({
  table,
  mode: drawn(stage).mode,
  lit: stage.display.lit,
  clip: clipBox(stage.unit, stage.members[0]!, stage.members[k]!, stage.display.clip),
});

export const extentOfMember = ({ unit, members }: Stage3d, k: number): Vector => extentIn(unit, members[k]!);

/** Where panes are in the area, as shares of its sides from the lower left corner: as graphics cards have it. */
export const viewportsOf = (panes: readonly Pane3d[], width: number, height: number) =>
  panes.map(
    ({ x, y, width: w, height: h }) => [x / width, 1 - (y + h) / height, (x + w) / width, 1 - y / height] as const,
  );

/** Volumes side by side, in rows. */
export function layout3d(count: number, width: number, height: number, gap = 4): { panes: Pane3d[]; height: number } {
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const wide = Math.floor((width - gap * (columns - 1)) / columns);
  const tall = Math.round(count === 1 ? height : Math.min(height, Math.max(160, wide * 0.85)));
  return {
    panes: Array.from({ length: count }, (_, k) => ({
      x: (k % columns) * (wide + gap),
      y: Math.floor(k / columns) * (tall + gap),
      width: wide,
      height: tall,
    })),
    height: rows * (tall + gap) - gap,
  };
}
