/** Draws what has changed: coarsely while something moves, sharply when it rests; without a graphics card on the CPU. */
import { projection } from "../../draw/projection.js";
import { clipBox, placeOf } from "../../draw/space.js";
import { perFrame } from "../dom.js";
import { MovingGovernor, RowGovernor } from "./governor.js";
import { drawOverlay } from "./overlay.js";
import type { Quality, Rendering } from "./rendering.js";
import { cameraOf, raysOf, type Stage3d, tableOf } from "./stage.js";

/** After so long without a move the picture becomes sharp. */
const REST_MS = 180;
/** A frame while something moves, and a strip of a sharp one: milliseconds, about. */
const WANTED_MS = { software: 80, hardware: 25 };
const STRIP_MS = 200;
/** What frames begin with: the cost of those that move, and rows of sharp ones. */
const FIRST = { software: { cost: 2, rows: 120 }, hardware: { cost: 8, rows: 8192 } };
/** Sides of the picture that the CPU draws, in its pixels for one of the page. */
const CPU_PIXEL = { moving: 5, resting: 3 };
/** Pixels of a screen for one of the page, at most: more are not seen. */
const DENSEST = 2;

export interface Drawing {
  /** Draws in the next frame, coarsely; sharply when nothing has been asked for a while. */
  ask(): void;
  /** As `ask`, with other colours. */
  recoloured(): void;
  /**
   * Draws sharply, in so many pixels for one of the page; what is asked for meanwhile is drawn later.
   * @param begun is called when it is settled what will be seen
   */
  picture(ratio: number, begun: () => void): Promise<void>;
  /** The graphics part is another one, or gone: what it has begun is nobody's any more. */
  changed(): void;
  /** Copies what is seen to the canvas below, where it stays. */
  keep(): void;
  dispose(): void;
}

/** Pixels of the screen for one of the page. */
const density = (): number => Math.min(DENSEST, window.devicePixelRatio || 1);

/** A canvas in the processor's memory: what the processor has drawn need not wait for a graphics card that is only beginning. */
const inMemory = (canvas: HTMLCanvasElement): CanvasRenderingContext2D =>
  canvas.getContext("2d", { willReadFrequently: true })!;

export function drawing(
  stage: Stage3d,
  canvases: { readonly still: HTMLCanvasElement; readonly overlay: HTMLCanvasElement },
): Drawing {
  const { still, overlay } = canvases;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let table: Float32Array | undefined;
  /** What is being drawn; one thing at a time. */
  let work: Promise<void> | undefined;
  /** Whether something was asked for meanwhile. */
  let again = false;
  /** Whether a picture waits for what is being drawn. */
  let awaited = false;
  let over = false;
  let moving: MovingGovernor;
  let strips: RowGovernor;

  const software = (): boolean => stage.rendering?.card.software ?? true;
  const kind = (): "software" | "hardware" => (software() ? "software" : "hardware");
  function changed(): void {
    const { cost, rows } = FIRST[kind()];
    moving = new MovingGovernor(WANTED_MS[kind()], cost);
    strips = new RowGovernor(rows, STRIP_MS);
    table = undefined;
  }
  changed();

  /** Takes the camera, colours, clip planes and planes to the graphics card. */
  function dress(rendering: Rendering): void {
    const { members, unit, display, scene } = stage;
    if (table === undefined) {
      table = tableOf(stage);
      rendering.setTransfer(table, display.mode);
      const selection = scene.litOf(stage.handle.get("labelsId"));
      for (const label of display.surfaces) rendering.setLit(label, selection === undefined || selection[label] === 1);
    }
    rendering.setCamera(cameraOf(stage, stage.panes[0]!));
    for (let k = 0; k < members.length; k++) {
      rendering.setClip(k, clipBox(unit, members[0]!, members[k]!, display.clip));
      rendering.setPlanes(k, display.planes ? placeOf(unit, members[0]!, scene.state.cursor) : undefined);
    }
  }

  /** @returns milliseconds until it was on the canvas; undefined where the graphics part has gone meanwhile */
  async function onCard(rendering: Rendering, quality: Quality, rows?: [number, number]): Promise<number | undefined> {
    const start = performance.now();
    rendering.draw(quality, rows);
    await rendering.finished();
    return stage.rendering === rendering ? performance.now() - start : undefined;
  }

  function onCpu(pixel: number): void {
    const context = inMemory(still);
    for (const [k, pane] of stage.panes.entries()) {
      const body = stage.bodies[k];
      if (body === undefined) continue;
      const size = { width: Math.ceil(pane.width / pixel), height: Math.ceil(pane.height / pixel) };
      const { pixels } = projection(body, raysOf(stage, k), stage.view, stage.extent, size);
      const image = new ImageData(pixels as Uint8ClampedArray<ArrayBuffer>, size.width, size.height);
      const small = document.createElement("canvas");
      Object.assign(small, size);
      inMemory(small).putImageData(image, 0, 0);
      context.drawImage(small, pane.x, pane.y, pane.width, pane.height);
    }
  }

  function keep(): void {
    if (stage.rendering !== undefined)
      inMemory(still).drawImage(stage.rendering.canvas, 0, 0, still.width, still.height);
  }

  /** One thing after the other: what was asked for meanwhile comes in the next frame. */
  function begin(job: () => Promise<void>): Promise<void> {
    work = job()
      .catch((error: unknown) => stage.failed((error as Error).message))
      .finally(() => {
        work = undefined;
        if (!again || awaited || over) return;
        again = false;
        // The page's next frame would be later.
        coarse();
      });
    return work;
  }

  function coarse(): void {
    const { rendering, panes, root } = stage;
    if (panes.length === 0) return;
    if (work !== undefined) {
      again = true;
      return;
    }
    clearTimeout(rest);
    // The headset's next frame shows it.
    if (rendering?.immersed) return dress(rendering);
    drawOverlay(stage, overlay, density());
    if (rendering === undefined) {
      onCpu(CPU_PIXEL.moving);
      rest = setTimeout(sharp, REST_MS);
      return;
    }
    void begin(async () => {
      dress(rendering);
      const { pixel, lit } = moving.next(stage.display.lit);
      const ratio = (software() ? 1 : density()) / pixel;
      const took = await onCard(rendering, { ratio, lit, step: software() ? 2 : 1 });
      if (took !== undefined) moving.took(took);
      root.dataset.moving = `${Math.round(took ?? 0)} ${pixel}`;
      if (!over) rest = setTimeout(sharp, REST_MS);
    });
  }

  /** Strip by strip, over what is there. @returns false where it was given up for something else */
  async function inStrips(rendering: Rendering, ratio: number, giveUp: () => boolean): Promise<boolean> {
    const quality: Quality = { ratio, lit: stage.display.lit, step: 1 };
    const all = rendering.rows(quality);
    if (strips.rows < all) keep();
    dress(rendering);
    for (let from = 0; from < all; ) {
      const rows = Math.min(strips.rows, all - from);
      const took = await onCard(rendering, quality, [from, from + rows]);
      if (took === undefined || giveUp()) return false;
      strips.took(took, rows);
      from += rows;
    }
    return true;
  }

  function sharp(): void {
    const { rendering, root } = stage;
    if (work !== undefined || rendering?.immersed) return;
    drawOverlay(stage, overlay, density());
    if (rendering === undefined) return onCpu(CPU_PIXEL.resting);
    const start = performance.now();
    void begin(async () => {
      if (!(await inStrips(rendering, software() ? 1 : density(), () => again || awaited))) return;
      moving.rested();
      root.dataset.frames = `${root.dataset.moving} ${Math.round(performance.now() - start)}`;
    });
  }

  async function picture(ratio: number, begun: () => void): Promise<void> {
    awaited = true;
    while (work !== undefined) await work;
    awaited = false;
    clearTimeout(rest);
    begun();
    const { rendering } = stage;
    if (rendering === undefined) return onCpu(CPU_PIXEL.resting);
    await begin(async () => void (await inStrips(rendering, ratio, () => false)));
  }

  const frame = perFrame(coarse);
  return {
    ask: frame.ask,
    recoloured() {
      table = undefined;
      frame.ask();
    },
    picture,
    changed,
    keep,
    dispose() {
      over = true;
      clearTimeout(rest);
      frame.cancel();
    },
  };
}
