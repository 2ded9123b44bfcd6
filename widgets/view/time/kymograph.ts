/** Values along a line through the cursor, over all states: time to the right, the line downwards. What moves is a slanted edge. */
import { formatLength } from "../../../src/core/length.js";
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";
import { drawPlane, type Look } from "../../draw/colours.js";
import type { TimeReply, TimeRequest, TimeState } from "../../protocol/time.js";
import type { Layer } from "../../protocol.js";
import { element } from "../dom.js";
import type { ModelHandle } from "../handle.js";
import { nextNumber } from "../request-number.js";
import { IncomingRows, type Rows } from "../slices/incoming-rows.js";
import type { Stage } from "../slices/stage.js";
import { scrubber, type TimeAxis } from "./axis.js";

const HEIGHT = 96;

interface Wish {
  readonly axis: Axis;
  readonly at: Triple;
}

/** Lines of one layer, where the last wish counts. */
class Lines {
  last: (Rows & Wish) | undefined;
  #open: { readonly id: number; readonly wish: Wish; readonly rows: IncomingRows } | undefined;
  #next: Wish | undefined;
  #asked = "";

  constructor(
    readonly send: (request: TimeRequest) => void,
    readonly layer: Layer,
  ) {}

  want(wish: Wish): void {
    // The place along the line does not matter.
    const text = JSON.stringify([wish.axis, wish.at.map((n, k) => (k === AXES[wish.axis] ? 0 : n))]);
    if (text === this.#asked) return;
    this.#asked = text;
    if (this.#open === undefined) this.#send(wish);
    else this.#next = wish;
  }

  #send(wish: Wish): void {
    const id = nextNumber();
    this.#open = { id, wish, rows: new IncomingRows() };
    this.send({ kind: "kymograph", id, layer: this.layer, ...wish });
  }

  /** @returns the reason why there is none, or whether a new one has come */
  take(reply: TimeReply, buffers: readonly DataView[]): string | boolean {
    const open = this.#open;
    if (open === undefined || reply.id !== open.id) return false;
    const rows = reply.kind === "kymograph" ? open.rows.take(reply, buffers[0]!) : undefined;
    if (reply.kind === "kymograph" && rows === undefined) return false;
    if (rows !== undefined) this.last = { ...rows, ...open.wish };
    this.#open = undefined;
    if (this.#next !== undefined) this.#send(this.#next);
    this.#next = undefined;
    return reply.kind === "error" ? reply.message : rows !== undefined;
  }
}

export interface Kymograph {
  readonly box: HTMLElement;
  /** Draws, and asks for what is missing. @param look of a state */
  draw(look: (state: number) => Look, shown: readonly number[]): void;
  dispose(): void;
}

/** @param go shows a state, at a voxel along the line */
export function kymographOf(
  stage: Stage,
  handle: ModelHandle<TimeState, TimeRequest, TimeReply>,
  axis: TimeAxis,
  go: (state: number, voxel: number) => void,
  settle: () => void,
  failed: (message: string) => void,
): Kymograph {
  const canvas = element("canvas", { class: "voxbook-kymograph", role: "img" });
  const image = element("canvas");
  const context = canvas.getContext("2d")!;
  const send = (request: TimeRequest): void => handle.send(request);
  const [grey, labels] = [new Lines(send, "grey"), new Lines(send, "labels")];
  const { shape, spacing } = stage.volume;
  const along = (): 0 | 1 | 2 => AXES[handle.get("line")];
  scrubber(
    canvas,
    axis,
    (state, down) => go(state, Math.min(shape[along()] - 1, Math.max(0, Math.floor(down * shape[along()])))),
    settle,
  );
  const stop = handle.onMessage((reply, buffers) => {
    for (const lines of [grey, labels]) {
      const taken = lines.take(reply, buffers);
      if (typeof taken === "string") failed(taken);
      if (taken !== false) stage.ask();
    }
  });
  let drawn: { from: Rows; over: Rows | undefined; looks: readonly Look[] } | undefined;

  /** Colours the values, a row a state. */
  function colour(from: Rows & Wish, look: (state: number) => Look): void {
    const over = labels.last?.axis === from.axis && `${labels.last.at}` === `${from.at}` ? labels.last : undefined;
    const looks = Array.from({ length: from.height }, (_, state) => look(state));
    if (drawn?.from === from && drawn.over === over && drawn.looks.every((one, k) => one === looks[k])) return;
    drawn = { from, over, looks };
    const { width, height } = from;
    image.width = width;
    image.height = height;
    const pixels = new ImageData(width, height);
    const row = (rows: Rows, state: number) => rows.values.subarray(state * width, (state + 1) * width);
    for (const [state, one] of looks.entries()) {
      const out = pixels.data.subarray(4 * state * width, 4 * (state + 1) * width);
      const own = over && { values: row(over, state), phases: one.phases, width };
      // Outlines of a line are its ends: filled it can be seen.
      drawPlane(row(from, state), from.dtype, { ...one, outline: false }, out, own);
    }
    image.getContext("2d")!.putImageData(pixels, 0, 0);
  }

  function draw(look: (state: number) => Look, shown: readonly number[]): void {
    const line = handle.get("line");
    const at = stage.scene.state.cursor;
    grey.want({ axis: line, at });
    labels.want({ axis: line, at });
    const from = grey.last;
    if (from === undefined) return;
    colour(from, look);
    const ratio = window.devicePixelRatio || 1;
    const { width, left, span } = axis;
    if (canvas.width !== Math.round(width * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(HEIGHT * ratio);
      canvas.style.cssText = `width:${width}px;height:${HEIGHT}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, HEIGHT);
    context.imageSmoothingEnabled = false;
    for (let state = 0; state < image.height; state++) {
      // Whole pixels: else what lies beside would shine through.
      const [begin, end] = axis.cell(state).map((x) => Math.round(x * ratio)) as [number, number];
      if (end === begin) continue;
      // Rows of the picture run along the line, which goes down.
      context.setTransform(0, (HEIGHT * ratio) / image.width, end - begin, 0, begin, 0);
      context.drawImage(image, 0, state, image.width, 1, 0, 0, image.width, 1);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const place = at[along()];
    const y = ((place + 0.5) * HEIGHT) / shape[along()];
    context.fillStyle = "rgba(255,220,0,0.8)";
    context.fillRect(left, Math.round(y), span, 1);
    for (const [k, state] of shown.entries()) head(axis.x(state), k === 1);
    context.fillStyle = getComputedStyle(canvas).color;
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "right";
    context.fillText(`${line} 0`, left - 6, 10);
    const far = spacing === null ? `${shape[along()]}` : formatLength(shape[along()] * spacing[along()]!);
    context.fillText(far, left - 6, HEIGHT - 3);
    canvas.setAttribute("aria-label", `values along ${line} through the cursor, over all states`);
  }

  function head(x: number, other: boolean): void {
    for (const [width, ink] of [
      [3, "rgba(0,0,0,0.6)"],
      [1, "#fff"],
    ] as const) {
      context.beginPath();
      context.setLineDash(other ? [4, 3] : []);
      context.strokeStyle = ink;
      context.lineWidth = width;
      context.moveTo(x, 0);
      context.lineTo(x, HEIGHT);
      context.stroke();
    }
    context.setLineDash([]);
  }

  return { box: element("div", {}, canvas), draw, dispose: stop };
}
