/** The free plane on its canvas: asks the kernel for its values, the newest wish first, and colours them as all planes are. */

import { type DType, type Voxels, voxelArray } from "../../../../src/core/dtype.js";
import type { Triple } from "../../../../src/core/shape.js";
import { drawPlane, type Look } from "../../../draw/colours.js";
import { frameOf, freePlane } from "../../../draw/free-plane.js";
import type { Layer, ObliquePlane, Reply } from "../../../protocol.js";
import { bytesOf, element } from "../../dom.js";
import { nextNumber } from "../../request-number.js";
import { settling } from "../../settling.js";
import { inside, type Stage } from "../stage.js";

interface Raster {
  readonly plane: ObliquePlane;
  /** The plane as text: where two have the same, they lie on each other. */
  readonly key: string;
  readonly dtype: DType;
  readonly values: Voxels;
  readonly inside: Uint8Array;
}

/** Pixels of the screen per pixel of the page; a plane of more would be larger than a message may be. */
const ratio = (): number => Math.min(2, window.devicePixelRatio || 1);

/** Values of one layer along the plane, where the last wish counts. */
class Rasters {
  last: Raster | undefined;
  #open: { id: number; plane: ObliquePlane } | undefined;
  #next: ObliquePlane | undefined;
  #asked = "";

  constructor(
    readonly stage: Stage,
    readonly layer: Layer,
    readonly failed: (message: string) => void,
  ) {}

  want(plane: ObliquePlane): void {
    const text = JSON.stringify(plane);
    if (text === this.#asked) return;
    this.#asked = text;
    if (this.#open === undefined) this.#send(plane);
    else this.#next = plane;
  }

  /** Asks again for what it has: the kernel's voxels have changed. */
  renew(): void {
    this.#asked = "";
  }

  #send(plane: ObliquePlane): void {
    this.#open = { id: nextNumber(), plane };
    this.stage.handle.send({ kind: "oblique", id: this.#open.id, layer: this.layer, plane });
  }

  take(reply: Reply, buffers: readonly DataView[]): boolean {
    if (this.#open === undefined || reply.id !== this.#open.id) return false;
    const { plane } = this.#open;
    this.#open = undefined;
    if (reply.kind === "oblique") {
      const values = voxelArray(reply.dtype, bytesOf(buffers[0]!).buffer, 0, plane.width * plane.height);
      this.last = { plane, key: JSON.stringify(plane), dtype: reply.dtype, values, inside: bytesOf(buffers[1]!) };
    } else if (reply.kind === "error") this.failed(reply.message);
    if (this.#next !== undefined) this.#send(this.#next);
    this.#next = undefined;
    return true;
  }
}

export class FreePane {
  readonly canvas = element("canvas", { "data-axis": "free", "aria-label": "free plane" });
  readonly #stage: Stage;
  readonly #grey: Rasters;
  readonly #labels: Rasters;
  readonly #ending = new AbortController();
  readonly #stop: () => void;
  #size = { x: 0, y: 0, width: 0, height: 0 };
  #drawn: { raster: Raster; over: Raster | undefined; look: Look } | undefined;

  /** @param failed shows why the kernel has no values of a plane */
  constructor(stage: Stage, failed: (message: string) => void) {
    this.#stage = stage;
    this.#grey = new Rasters(stage, "grey", failed);
    this.#labels = new Rasters(stage, "labels", failed);
    this.#stop = stage.handle.onMessage((reply, buffers) => {
      if (reply.kind === "edited") this.#labels.renew();
      if (this.#grey.take(reply, buffers) || this.#labels.take(reply, buffers) || reply.kind === "edited") stage.ask();
    });
    this.#listen();
  }

  place(size: { x: number; y: number; width: number; height: number }): void {
    this.#size = size;
    this.canvas.width = Math.round(size.width * ratio());
    this.canvas.height = Math.round(size.height * ratio());
    this.canvas.style.cssText = `left:${size.x}px;top:${size.y}px;width:${size.width}px;height:${size.height}px`;
    this.#drawn = undefined;
  }

  #planeNow(): ObliquePlane | undefined {
    const { scene, camera, volume } = this.#stage;
    const { normal, cursor } = scene.state;
    if (normal === null || this.#size.width === 0) return undefined;
    const pixel = 1 / (camera.scale * camera.zoom * ratio());
    const { width, height } = this.canvas;
    return freePlane(cursor, normal, volume.spacing, pixel, { width, height });
  }

  draw(look: Look): void {
    const plane = this.#planeNow();
    this.canvas.hidden = plane === undefined;
    if (plane === undefined) return;
    const labelled = this.#stage.handle.get("labels") && this.#stage.handle.get("field") === null;
    this.#grey.want(plane);
    if (labelled) this.#labels.want(plane);
    const raster = this.#grey.last;
    if (raster === undefined) return;
    // Labels of another plane would lie beside their grey values.
    const over = labelled && this.#labels.last?.key === raster.key ? this.#labels.last : undefined;
    const same = this.#drawn;
    if (same?.raster === raster && same.over === over && same.look === look) return;
    this.#drawn = { raster, over, look };
    this.#paint(raster, over, look);
  }

  #paint({ plane, dtype, values, inside: within }: Raster, over: Raster | undefined, look: Look): void {
    const { width, height } = plane;
    const image = new ImageData(width, height);
    drawPlane(values, dtype, look, image.data, over && { values: over.values, phases: look.phases, width });
    const pixels = new Uint32Array(image.data.buffer);
    for (let k = 0; k < pixels.length; k++) if (within[k] === 0) pixels[k] = 0xff000000;
    const context = this.canvas.getContext("2d", { alpha: false })!;
    if (this.canvas.width !== width || this.canvas.height !== height) return;
    context.putImageData(image, 0, 0);
    context.strokeStyle = "rgba(255,220,0,0.7)";
    context.lineWidth = ratio();
    context.strokeRect(0.5, 0.5, width - 1, height - 1);
    const arm = 7 * ratio();
    context.beginPath();
    context.moveTo(width / 2 - arm, height / 2);
    context.lineTo(width / 2 + arm, height / 2);
    context.moveTo(width / 2, height / 2 - arm);
    context.lineTo(width / 2, height / 2 + arm);
    context.stroke();
  }

  /** Moves the cursor by so many pixels of the plane, and so many across it. */
  #move(from: Triple, right: number, down: number, across: number): void {
    const { scene, volume, camera } = this.#stage;
    const { normal } = scene.state;
    if (normal === null) return;
    const frame = frameOf(normal);
    const pixel = 1 / (camera.scale * camera.zoom);
    const cursor = from.map((n, k) => {
      const far = frame.right[k]! * right + frame.down[k]! * down + normal[k]! * across;
      return inside(this.#stage, n + (far * pixel) / (volume.spacing?.[k] ?? 1), k);
    });
    scene.update({ cursor: cursor as unknown as Triple });
  }

  #listen(): void {
    const { scene, handle, root } = this.#stage;
    const listen = { signal: this.#ending.signal };
    const { canvas } = this;
    let begun: { x: number; y: number; cursor: Triple } | undefined;
    canvas.addEventListener(
      "pointerdown",
      (event) => {
        event.preventDefault();
        root.focus({ preventScroll: true });
        canvas.setPointerCapture(event.pointerId);
        begun = { x: event.clientX, y: event.clientY, cursor: scene.state.cursor };
      },
      listen,
    );
    canvas.addEventListener(
      "pointermove",
      (event) => {
        // The picture goes with the mouse: the cursor goes the other way.
        if (begun !== undefined) this.#move(begun.cursor, begun.x - event.clientX, begun.y - event.clientY, 0);
      },
      listen,
    );
    const end = (): void => {
      if (begun !== undefined) scene.settle(handle);
      begun = undefined;
    };
    canvas.addEventListener("pointerup", end, listen);
    canvas.addEventListener("pointercancel", end, listen);
    const pending = settling(root, () => scene.settle(handle));
    this.#ending.signal.addEventListener("abort", () => pending.cancel());
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (!root.contains(root.ownerDocument.activeElement)) return;
        event.preventDefault();
        // At least to the next voxel.
        const { volume, camera } = this.#stage;
        const voxel = Math.min(...(volume.spacing ?? [1])) * camera.scale * camera.zoom;
        this.#move(scene.state.cursor, 0, 0, (event.deltaY > 0 ? 1 : -1) * Math.max(1, 1.2 * voxel));
        pending.soon();
      },
      { ...listen, passive: false },
    );
  }

  dispose(): void {
    this.#stop();
    this.#ending.abort();
  }
}
