/** One plane on its canvas: colours it, places it by zoom and centre, draws cursor and scale bar over it. */
import { formatLength } from "../../../src/core/length.js";
import type { Axis, Shape, Triple } from "../../../src/core/shape.js";
import type { ColourTable, FieldPlane, LabelPlane, Look } from "../../draw/colours.js";
import { shortened } from "../../draw/label-room.js";
import { type Pane, SIDES, scaleBar } from "../../draw/layout.js";
import { NOTHING } from "../../draw/pictures.js";
import { type PlacedGrid, wholeGrid } from "../../draw/placed-grid.js";
import { element } from "../dom.js";
import { paint } from "./painter.js";
import type { LoadedPlane } from "./planes.js";

/** How all panes of a view look at the volume. */
export interface Camera {
  /** Pixels per metre (per voxel, where the voxel size is unknown) at zoom 1. */
  readonly scale: number;
  readonly zoom: number;
  /** Voxel in the middle of the panes, may have fractions. */
  readonly centre: Triple;
}

/** A plane and how it is coloured. */
export interface Painted {
  readonly plane: LoadedPlane;
  readonly over?: LabelPlane | FieldPlane | undefined;
  /** What `over` was made of: another object where something of it was painted, though its values are the same array. */
  readonly overFrom?: LoadedPlane | undefined;
  /** Labels of which only the edges are drawn, over everything else, and what they were made of. */
  readonly outlined?: LabelPlane | undefined;
  readonly outlinedFrom?: LoadedPlane | undefined;
  readonly look: Look;
  /** Colours of the look, shared by the panes of a view. */
  readonly table?: ColourTable | undefined;
}

/** What is drawn over a plane. */
export interface Marks {
  readonly lines: boolean;
  readonly bar: boolean;
  /** In the corner. */
  readonly name: string | undefined;
  /** The plane that is shown, if one has come. */
  readonly shown: LoadedPlane | undefined;
  /** The plane that the cursor is in; undefined: it lies outside of the volume. */
  readonly index: number | undefined;
  /** Where the volume lies, if it does not have the voxels that cursor and camera go by. */
  readonly placed?: PlacedGrid | undefined;
  /** Share of the width at which the second plane begins. */
  readonly curtain: number;
  readonly over: readonly ((pane: PaneCanvas, context: CanvasRenderingContext2D) => void)[];
}

export class PaneCanvas {
  readonly axis: Axis;
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  /** The coloured planes, one pixel a voxel, each with what it was coloured from. */
  readonly #images: { readonly canvas: HTMLCanvasElement; from?: Painted }[] = [];
  readonly #shape: Shape;
  readonly #sizes: Triple;
  readonly #known: boolean;
  #pane: Pane;

  /** @param volume number of the volume that it shows, of a view with a pane for each of several */
  constructor(
    pane: Pane,
    shape: Shape,
    spacing: Triple | null,
    readonly volume = 0,
  ) {
    this.axis = pane.axis;
    this.#pane = pane;
    this.#shape = shape;
    this.#sizes = spacing ?? [1, 1, 1];
    this.#known = spacing !== null;
    this.canvas = element("canvas", { "data-axis": pane.axis });
    this.#context = this.canvas.getContext("2d", { alpha: false })!;
  }

  place(pane: Pane): void {
    this.#pane = pane;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(pane.width * ratio);
    this.canvas.height = Math.round(pane.height * ratio);
    this.canvas.style.cssText = `left:${pane.x}px;top:${pane.y}px;width:${pane.width}px;height:${pane.height}px`;
  }

  get pane(): Pane {
    return this.#pane;
  }

  /** Pixels of the page per voxel, to the right and down. */
  pixelsPerVoxel({ scale, zoom }: Camera): { right: number; down: number } {
    const { right, down } = SIDES[this.axis];
    return { right: this.#sizes[right] * scale * zoom, down: this.#sizes[down] * scale * zoom };
  }

  /** Position in voxels (with fractions; x.0 is a voxel's edge) along the axes to the right and down. */
  voxelAt(x: number, y: number, camera: Camera): { right: number; down: number } {
    const { right, down } = SIDES[this.axis];
    const step = this.pixelsPerVoxel(camera);
    return {
      right: (x - this.#pane.width / 2) / step.right + camera.centre[right],
      down: (y - this.#pane.height / 2) / step.down + camera.centre[down],
    };
  }

  /** Pixel of a place in voxels: what {@link voxelAt} goes back from. */
  pixelAt(right: number, down: number, camera: Camera): { x: number; y: number } {
    const sides = SIDES[this.axis];
    const step = this.pixelsPerVoxel(camera);
    return {
      x: (right - camera.centre[sides.right]) * step.right + this.#pane.width / 2,
      y: (down - camera.centre[sides.down]) * step.down + this.#pane.height / 2,
    };
  }

  /** The plane in colours; drawn again only where something of it has changed. */
  #coloured(k: number, painted: Painted): HTMLCanvasElement {
    this.#images[k] ??= { canvas: element("canvas") };
    const image = this.#images[k]!;
    const { plane, over, look, table } = painted;
    const { from, canvas } = image;
    const same = from?.overFrom === painted.overFrom && from?.outlinedFrom === painted.outlinedFrom;
    if (same && from?.plane === plane && from.look === look) return canvas;
    image.from = painted;
    // Each pixel is painted: the canvas needs not be cleared.
    if (canvas.width !== plane.width) canvas.width = plane.width;
    if (canvas.height !== plane.height) canvas.height = plane.height;
    const fits = over?.values.length === plane.values.length;
    paint(fits ? painted : { plane, look, table }, canvas.getContext("2d")!);
    return canvas;
  }

  /** Draws everything. @param images the plane, and the one behind the curtain, if there is one */
  draw(images: readonly Painted[], camera: Camera, cursor: Triple, marks: Marks): void {
    const context = this.#context;
    const ratio = this.canvas.width / this.#pane.width;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.#tell(marks);
    if (images.length === 0 && marks.placed === undefined) return;
    const { right, down } = SIDES[this.axis];
    const step = this.pixelsPerVoxel(camera);
    // From voxels to device pixels.
    const a = step.right * ratio;
    const d = step.down * ratio;
    const { shape, start, stop } = marks.placed ?? wholeGrid(this.#shape);
    const [wide, tall] = [stop[right] - start[right], stop[down] - start[down]];
    const e = (this.#pane.width / 2) * ratio + (start[right] - camera.centre[right]) * a;
    const f = (this.#pane.height / 2) * ratio + (start[down] - camera.centre[down]) * d;
    if (marks.placed !== undefined) {
      this.#nothing(ratio);
      // Its planes may be on their way.
      context.fillStyle = "#000";
      if (marks.index !== undefined) context.fillRect(e, f, wide * a, tall * d);
    }
    for (const [k, painted] of images.entries()) {
      const image = this.#coloured(k, painted);
      const { plane } = painted;
      context.save();
      if (k > 0) {
        context.beginPath();
        context.rect(marks.curtain * this.canvas.width, 0, this.canvas.width, this.canvas.height);
        context.clip();
        context.fillRect(0, 0, this.canvas.width, this.canvas.height);
      }
      context.imageSmoothingEnabled = a * wide < shape[right];
      if (this.axis === "x") {
        // Rows of this plane run along z, which points to the right.
        context.setTransform(0, (d * tall) / plane.width, (a * wide) / plane.height, 0, e, f);
      } else context.setTransform((a * wide) / plane.width, 0, 0, (d * tall) / plane.height, e, f);
      context.drawImage(image, 0, 0);
      context.restore();
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const at = this.pixelAt(cursor[right] + 0.5, cursor[down] + 0.5, camera);
    if (marks.lines) this.#lines(at.x, at.y);
    if (marks.bar) this.#bar(camera);
    if (marks.name !== undefined && this.#pane.width > 60) this.#name(marks.name);
    for (const mark of marks.over) mark(this, context);
  }

  /** For who cannot see the canvas: which plane it shows, and whether in all its voxels. */
  #tell({ shown, index }: Marks): void {
    const { dataset } = this.canvas;
    const plane = shown === undefined ? "" : String(shown.index);
    const exact = String(shown?.level === 0 && shown.index === index);
    if (dataset.plane !== plane) dataset.plane = plane;
    if (dataset.exact !== exact) dataset.exact = exact;
  }

  /** Where there is no volume: hatched, for voxels may have any grey. */
  #nothing(ratio: number): void {
    const context = this.#context;
    const { width, height } = this.canvas;
    context.fillStyle = `rgb(${NOTHING.join(",")})`;
    context.fillRect(0, 0, width, height);
    context.strokeStyle = "rgba(255,255,255,0.12)";
    context.lineWidth = ratio;
    context.beginPath();
    for (let x = -height; x < width; x += 10 * ratio) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.stroke();
  }

  /** Which plane this is; with an outline, for the picture below may be bright or dark. */
  #name(text: string): void {
    const context = this.#context;
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "left";
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeStyle = "rgba(0,0,0,0.7)";
    const fitting = shortened(text, this.#pane.width - 12, (part) => context.measureText(part).width);
    context.strokeText(fitting, 6, 15);
    context.fillStyle = "#fff";
    context.fillText(fitting, 6, 15);
  }

  #lines(x: number, y: number): void {
    const context = this.#context;
    context.strokeStyle = "rgba(255,220,0,0.7)";
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, this.#pane.height);
    context.moveTo(0, Math.round(y) + 0.5);
    context.lineTo(this.#pane.width, Math.round(y) + 0.5);
    context.stroke();
  }

  #bar(camera: Camera): void {
    const context = this.#context;
    const { length, pixels } = scaleBar({ scale: camera.scale * camera.zoom }, this.#pane.width);
    const text = this.#known ? formatLength(length) : `${Number(length.toPrecision(3))} voxels`;
    const x = this.#pane.width - pixels - 12;
    const y = this.#pane.height - 12;
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    const box = Math.max(pixels, context.measureText(text).width);
    context.fillStyle = "rgba(0,0,0,0.55)";
    context.fillRect(x + pixels / 2 - box / 2 - 6, y - 20, box + 12, 28);
    context.fillStyle = "#fff";
    context.fillRect(x, y, pixels, 4);
    context.fillText(text, x + pixels / 2, y - 6);
  }
}
