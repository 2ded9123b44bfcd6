/** A plot's canvas with axes: numbers and names around a room that others draw in and drag over. */
import { type AxisScale, numberText, ticksOf } from "../../draw/axis.js";
import { element } from "../dom.js";

export const MARGIN = { left: 58, right: 10, top: 8, bottom: 40 };

/** Colours of the page's theme. */
export interface Theme {
  readonly ink: string;
  readonly faint: string;
  readonly paper: string;
}

/** The theme's colours; those of a canvas do not follow it by themselves. */
export function themeOf(root: HTMLElement): Theme {
  const style = getComputedStyle(root);
  const colour = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  return {
    ink: style.color,
    faint: colour("--jp-ui-font-color2", "#666"),
    paper: colour("--jp-layout-color0", "#fff"),
  };
}

/** `#rrggbb` of a colour as CSS has it. */
export function hexOf(colour: string): string {
  const context = element("canvas").getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return `#${[r, g, b].map((part) => part!.toString(16).padStart(2, "0")).join("")}`;
}

export interface Place {
  /** Pixels of the plot's room, from its upper left corner. */
  readonly x: number;
  readonly y: number;
}

export class Plot {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  width = 0;
  height = 0;

  /** @param label of the canvas, for who does not see it */
  constructor(label: string) {
    this.canvas = element("canvas", { role: "img", "aria-label": label });
    this.element = element("div", { class: "voxbook-table-plot" }, this.canvas);
    this.context = this.canvas.getContext("2d", { alpha: false })!;
  }

  /** Device pixels per pixel of the page. */
  get ratio(): number {
    return window.devicePixelRatio || 1;
  }

  /** The room between the axes. */
  get room(): { width: number; height: number } {
    return {
      width: Math.max(1, this.width - MARGIN.left - MARGIN.right),
      height: Math.max(1, this.height - MARGIN.top - MARGIN.bottom),
    };
  }

  resize(width: number, height: number): void {
    [this.width, this.height] = [width, height];
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    this.canvas.style.cssText = `width:${width}px;height:${height}px`;
  }

  /** Where the mouse is; it may be beside the room. */
  placeOf(event: MouseEvent): Place {
    const box = this.canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) * this.width) / box.width - MARGIN.left,
      y: ((event.clientY - box.top) * this.height) / box.height - MARGIN.top,
    };
  }

  /** Clears the canvas; drawing is in pixels of the page from here on. */
  begin({ paper }: Theme): CanvasRenderingContext2D {
    const { context } = this;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.fillStyle = paper;
    context.fillRect(0, 0, this.width, this.height);
    return context;
  }

  /** Draws axes with their names; `y` upwards. */
  axes(x: AxisScale, y: AxisScale, names: { readonly x: string; readonly y: string }, { ink, faint }: Theme): void {
    const { context } = this;
    const { width, height } = this.room;
    const [left, bottom] = [MARGIN.left, MARGIN.top + height];
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = faint;
    context.strokeStyle = faint;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(left - 0.5, MARGIN.top);
    context.lineTo(left - 0.5, bottom + 0.5);
    context.lineTo(left + width, bottom + 0.5);
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const tick of ticksOf(x, Math.max(2, width / 70))) {
      const at = Math.round(left + x.at(tick) * width) + 0.5;
      context.moveTo(at, bottom);
      context.lineTo(at, bottom + 4);
      context.fillText(numberText(tick, 4), at, bottom + 6);
    }
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of ticksOf(y, Math.max(2, height / 36))) {
      const at = Math.round(bottom - y.at(tick) * height) + 0.5;
      context.moveTo(left - 4, at);
      context.lineTo(left, at);
      context.fillText(numberText(tick, 4), left - 7, at);
    }
    context.stroke();
    context.fillStyle = ink;
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    context.fillText(names.x, left + width / 2, this.height - 6, width);
    context.save();
    context.translate(12, MARGIN.top + height / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(names.y, 0, 0, height);
    context.restore();
  }
}

/** Presses and drags over a plot. `begin` may refuse by giving nothing. @returns a function that ends the listening */
export function dragging(
  plot: Plot,
  begin: (place: Place, event: PointerEvent) => { move(place: Place): void; end(place: Place): void } | undefined,
): () => void {
  const { canvas } = plot;
  const ending = new AbortController();
  const listen = { signal: ending.signal };
  let drag: ReturnType<typeof begin>;
  canvas.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0 || drag !== undefined) return;
      drag = begin(plot.placeOf(event), event);
      if (drag === undefined) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
    },
    listen,
  );
  canvas.addEventListener("pointermove", (event) => drag?.move(plot.placeOf(event)), listen);
  const end = (event: PointerEvent): void => {
    const ended = drag;
    drag = undefined;
    ended?.end(plot.placeOf(event));
  };
  canvas.addEventListener("pointerup", end, listen);
  canvas.addEventListener("pointercancel", end, listen);
  return () => ending.abort();
}
