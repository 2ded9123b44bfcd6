/** Draws what has changed: quickly while something moves, sharply when it rests; without a graphics card on the CPU. */
import { projection } from "../../draw/projection.js";
import { clipBox, placeOf } from "../../draw/space.js";
import { perFrame } from "../dom.js";
import { drawOverlay } from "./overlay.js";
import type { Quality, Rendering } from "./rendering.js";
import { cameraOf, raysOf, type Stage3d, tableOf } from "./stage.js";

/** After so long without a move the picture becomes sharp. */
const REST_MS = 180;
/** A frame while something moves. */
const QUICK_MS = 45;
/** A sharp frame of a software renderer: all other things of the page wait for it. */
const SHARP_MS = 900;
/** Sides of the picture that the CPU draws, in its pixels for one of the page. */
const CPU_PIXEL = { moving: 5, resting: 3 };

/** How large pixels have to be, if frames of `pixel` took so long. */
export function pixelFor(pixel: number, took: number, wanted: number, most: number): number {
  const next = pixel * Math.sqrt(took / wanted);
  // Not for every little thing: each change of size takes time.
  return Math.abs(next / pixel - 1) < 0.25 ? pixel : Math.min(most, Math.max(1, Math.round(2 * next) / 2));
}

export interface Drawing {
  ask(): void;
  recoloured(): void;
  /** Draws sharply now. */
  now(quality?: Quality, ratio?: number): void;
  /** Milliseconds of the last frame while something moved, and of the last sharp one. */
  readonly times: { quick: number; sharp: number };
  dispose(): void;
}

export function drawing(
  stage: Stage3d,
  canvases: { readonly still: HTMLCanvasElement; readonly overlay: HTMLCanvasElement },
): Drawing {
  const { still, overlay } = canvases;
  const times = { quick: 0, sharp: 0 };
  let rest: ReturnType<typeof setTimeout> | undefined;
  let table: Float32Array | undefined;
  let moving = 3;
  let resting = 2;

  /** Takes colours, clip planes and planes to the graphics card. */
  function dress(rendering: Rendering): void {
    const { members, unit, display, scene } = stage;
    if (table === undefined) {
      table = tableOf(stage);
      rendering.setTransfer(table, display.mode);
      const selection = scene.litOf(stage.handle.get("labelsId"));
      for (const label of display.surfaces) rendering.setLit(label, selection === undefined || selection[label] === 1);
    }
    for (let k = 0; k < members.length; k++) {
      rendering.setClip(k, clipBox(unit, members[0]!, members[k]!, display.clip));
      rendering.setPlanes(k, display.planes ? placeOf(unit, members[0]!, scene.state.cursor) : undefined);
    }
  }

  function onCard(rendering: Rendering, quality: Quality, ratio: number): number {
    dress(rendering);
    rendering.setCamera(cameraOf(stage, stage.panes[0]!));
    return rendering.draw(quality, ratio, true);
  }

  function onCpu(pixel: number): void {
    const context = still.getContext("2d")!;
    for (const [k, pane] of stage.panes.entries()) {
      const body = stage.bodies[k];
      if (body === undefined) continue;
      const size = { width: Math.ceil(pane.width / pixel), height: Math.ceil(pane.height / pixel) };
      const { pixels } = projection(body, raysOf(stage, k), stage.view, stage.extent, size);
      const image = new ImageData(pixels as Uint8ClampedArray<ArrayBuffer>, size.width, size.height);
      const small = document.createElement("canvas");
      Object.assign(small, size);
      small.getContext("2d")!.putImageData(image, 0, 0);
      context.drawImage(small, pane.x, pane.y, pane.width, pane.height);
    }
  }

  const ratio = (): number => Math.min(2, window.devicePixelRatio || 1);
  const software = (): boolean => stage.rendering?.card.software ?? true;

  function quick(): void {
    const { rendering } = stage;
    if (stage.panes.length === 0) return;
    // The headset's next frame shows it.
    if (rendering?.immersed) return dress(rendering);
    drawOverlay(stage, overlay, ratio());
    if (rendering === undefined) onCpu(CPU_PIXEL.moving);
    else {
      const lit = stage.display.lit && !software();
      const took = onCard(rendering, { pixel: moving, lit }, software() ? 1 : ratio());
      times.quick = took;
      moving = pixelFor(moving, took, QUICK_MS, 8);
    }
    clearTimeout(rest);
    rest = setTimeout(now, REST_MS);
  }

  function now(quality?: Quality, scale?: number): void {
    clearTimeout(rest);
    const { rendering } = stage;
    if (stage.panes.length === 0 || rendering?.immersed) return;
    drawOverlay(stage, overlay, ratio());
    if (rendering === undefined) return onCpu(CPU_PIXEL.resting);
    const sharp = quality ?? { pixel: software() ? resting : 1, lit: stage.display.lit };
    const took = onCard(rendering, sharp, scale ?? (software() ? 1 : ratio()));
    if (quality !== undefined) return;
    times.sharp = took;
    if (software()) resting = pixelFor(resting, took, SHARP_MS, 4);
    stage.root.dataset.frames = `${Math.round(times.quick)} ${Math.round(took)}`;
  }

  const frame = perFrame(quick);
  return {
    ask: frame.ask,
    recoloured() {
      table = undefined;
      frame.ask();
    },
    now,
    times,
    dispose() {
      clearTimeout(rest);
      frame.cancel();
    },
  };
}
