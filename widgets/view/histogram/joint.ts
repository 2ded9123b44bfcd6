/** Grey value against gradient, as a picture below the axis of grey values. */
import type { Reply } from "../../protocol.js";
import { element } from "../dom.js";
import { type Chart, MARGIN, room, span, toPixel } from "./chart.js";

const TALL = 150;

type Joint = Extract<Reply, { kind: "joint" }> & { readonly counts: Float64Array };

export interface JointPicture {
  readonly panel: HTMLElement;
  set(joint: Joint): void;
  draw(): void;
}

/** Counts as grey levels, dark for many, on a logarithmic scale; the gradient grows upwards. */
function imageOf({ counts, columns, rows }: Joint): ImageData {
  const most = Math.log1p(counts.reduce((largest, count) => Math.max(largest, count), 0)) || 1;
  const image = new ImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const share = Math.log1p(counts[row * columns + column]!) / most;
      pixels[(rows - 1 - row) * columns + column] = (Math.round(255 * share) << 24) >>> 0;
    }
  return image;
}

export function jointPicture(chart: Chart): JointPicture {
  const canvas = element("canvas", { role: "img", "aria-label": "number of voxels by grey value and gradient" });
  const side = element("span", { class: "voxbook-side" }, "gradient");
  const panel = element("div", { class: "voxbook-joint" }, side, canvas);
  panel.hidden = true;
  let joint: Joint | undefined;
  let image: HTMLCanvasElement | undefined;
  return {
    panel,
    set(next) {
      joint = next;
      image = element("canvas");
      image.width = next.columns;
      image.height = next.rows;
      image.getContext("2d")!.putImageData(imageOf(next), 0, 0);
    },
    draw() {
      if (joint === undefined || image === undefined || panel.hidden) return;
      const ratio = window.devicePixelRatio || 1;
      canvas.width = Math.round(room(chart) * ratio);
      canvas.height = Math.round(TALL * ratio);
      canvas.style.cssText = `margin-left:${MARGIN.left}px;width:${room(chart)}px;height:${TALL}px`;
      const context = canvas.getContext("2d")!;
      context.scale(ratio, ratio);
      context.fillStyle = "#fff";
      context.fillRect(0, 0, room(chart), TALL);
      const [from, to] = span(chart);
      const scale = room(chart) / (to - from);
      context.imageSmoothingEnabled = false;
      context.drawImage(image, (joint.low - from) * scale, 0, (joint.high - joint.low) * scale, TALL);
      context.fillStyle = "#222";
      for (const value of chart.scene.state.thresholds)
        context.fillRect(toPixel(chart, value) - MARGIN.left - 1, 0, 2, TALL);
    },
  };
}
