/** The graphics part of a view in space: it comes when the view is seen, is given back when it is not, and may be lost at any time. */
import { element } from "../dom.js";
import { cardOf } from "./card.js";
import type { Drawing } from "./drawing.js";
import type { Rendering } from "./rendering.js";
import { type Stage3d, viewportsOf } from "./stage.js";
import type { surfaceLoading } from "./surface-loading.js";

export interface GraphicsPart {
  /** Brings it, with what is loaded already. Without it the CPU draws, and a note says why. */
  light(): Promise<void>;
  /** Gives it back; a picture stays. */
  dark(): void;
  /** @param last is waited for before it ends */
  dispose(last: Promise<void>): void;
}

export function graphicsPart(
  stage: Stage3d,
  parts: {
    readonly draw: Drawing;
    /** The canvas that it is drawn below. */
    readonly overlay: HTMLCanvasElement;
    readonly surfaces: ReturnType<typeof surfaceLoading>;
  },
): GraphicsPart {
  const { draw, overlay, surfaces } = parts;
  const { area, root } = stage;
  const note = element("div", { class: "voxbook-note", role: "status" });
  let over = false;
  /** A canvas whose context may come back. */
  let lost: HTMLCanvasElement | undefined;

  function say(text: string): void {
    note.textContent = text;
    area.append(note);
  }

  function leave(): void {
    stage.rendering = undefined;
    surfaces.forget();
    draw.changed();
    // What draws it is part of what is said.
    stage.say("");
  }

  function lose(made: Rendering): void {
    if (stage.rendering !== made || over) return;
    lost = made.canvas;
    leave();
    // All that was on the card is gone: what comes back is a new one, and until then the CPU's picture is seen below.
    made.dispose();
    draw.ask();
    say("The graphics card was lost: until it is back, the CPU draws a coarse picture.");
  }

  function regain({ canvas }: Rendering): void {
    if (lost !== canvas) return;
    lost = undefined;
    canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
    if (!over) void light();
  }

  async function light(): Promise<void> {
    try {
      const card = cardOf();
      if (card === undefined) throw new Error("this browser gives none here (no graphics card, or it is switched off)");
      const { Rendering } = await import("./rendering.js");
      const { panes } = stage;
      if (over || stage.rendering !== undefined || panes.length === 0) return;
      const { clientWidth: width, clientHeight: height } = area;
      const made = new Rendering(area, viewportsOf(panes, width, height), card);
      made.resize(width, height, viewportsOf(panes, width, height));
      made.canvas.addEventListener("webglcontextlost", () => lose(made));
      made.canvas.addEventListener("webglcontextrestored", () => regain(made));
      area.insertBefore(made.canvas, overlay);
      stage.rendering = made;
      for (const [k, body] of stage.bodies.entries()) if (body !== undefined) made.setBody(k, body);
      note.remove();
      surfaces.follow();
      draw.changed();
      stage.say("");
      draw.ask();
    } catch (error) {
      say(
        `Without WebGL this is a coarse picture by the CPU: ${(error as Error).message}. slices(…) shows every voxel and works without it.`,
      );
    }
    root.dataset.card = stage.rendering?.card.name ?? "none";
  }

  return {
    light,
    dark() {
      const { rendering } = stage;
      if (rendering === undefined) return;
      draw.keep();
      leave();
      rendering.dispose();
    },
    dispose(last) {
      over = true;
      const { rendering } = stage;
      stage.rendering = undefined;
      void last.finally(() => rendering?.dispose());
    },
  };
}
