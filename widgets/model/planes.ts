/** Answers a page's requests one after the other: what is voxels travels in parts of at most 1 MiB. */
import type { Json } from "../../kernel/comm.js";
import { DTYPES, type DType, type Voxels } from "../../src/core/dtype.js";
import { InvalidArgument } from "../../src/core/errors.js";
import { checkChoice, checkNumber } from "../../src/core/options.js";
import { AXES, type Axis } from "../../src/core/shape.js";
import type { Volume } from "../../src/core/volume.js";
import { type Layer, MAX_PART_BYTES, type Reply, type SlabMode, THICKEST } from "../protocol.js";
import { planeOf } from "./kept-bricks.js";
import type { OwnWidget } from "./own-widget.js";
import { type PlaneValues, type Reduction, reduced, WHOLE } from "./reduced.js";

const LAYERS: readonly Layer[] = ["grey", "labels", "field", "beside"];
/** How several planes become one. */
export const MODES: readonly SlabMode[] = ["mean", "max", "min"];

/**
 * A plane, or several as one: mean, largest or least value of each line across them; whole numbers are rounded. At the faces of the volume
 * there are fewer.
 * @param planes that are put together, as many before `index` as behind it; one more before, where they are even
 * @param reduction default: all pixels
 */
export async function slab(
  volume: Volume,
  axis: Axis,
  index: number,
  planes: number,
  mode: SlabMode,
  reduction: Reduction = WHOLE,
): Promise<PlaneValues> {
  checkNumber("planes", planes, 1, THICKEST, true);
  checkChoice("mode", mode, MODES);
  if (planes === 1) return planeOf(volume, axis, index, reduction);
  const k = AXES[axis];
  checkNumber(`index of the ${axis} plane`, index, 0, volume.shape[k] - 1, true);
  const from = Math.max(0, index - Math.floor(planes / 2));
  const to = Math.min(volume.shape[k], index - Math.floor(planes / 2) + planes);
  const first = await planeOf(volume, axis, from);
  const sums = Float64Array.from(first.values);
  for (let n = from + 1; n < to; n++) {
    const { values } = await planeOf(volume, axis, n);
    if (mode === "mean") for (let i = 0; i < sums.length; i++) sums[i]! += values[i]!;
    else if (mode === "max") for (let i = 0; i < sums.length; i++) sums[i] = Math.max(sums[i]!, values[i]!);
    else for (let i = 0; i < sums.length; i++) sums[i] = Math.min(sums[i]!, values[i]!);
  }
  const { values } = first;
  const scale = mode === "mean" ? 1 / (to - from) : 1;
  const whole = DTYPES[volume.dtype].integer;
  for (let i = 0; i < sums.length; i++) values[i] = whole ? Math.round(sums[i]! * scale) : sums[i]! * scale;
  return reduced({ ...first, values }, reduction.level, reduction.labels);
}

/** The volumes whose planes lie over each other. */
export type Layers = Readonly<Partial<Record<Layer, Volume | undefined>>>;

/** Rows of values, which travel in parts where they are many. */
export interface Rows {
  readonly values: Voxels;
  readonly dtype: DType;
  readonly height: number;
  readonly width: number;
}

/** An answer without its number, and its buffers; or rows. */
export type Answer = readonly [answer: object, buffers: readonly ArrayBufferView[]] | Rows;

/** What a view can be asked for. */
export interface Sources extends Layers {
  /** Of a view of several volumes: the layers of each, by its number from 0. Default: number 0 has the layers above. */
  readonly volumes?: (volume: number) => Layers | undefined;
  /**
   * Planes of the layer `prediction`: they are computed, take their time and have a queue of their own, so that all others come
   * meanwhile. Undefined: it is not wanted any more, and there is no answer.
   */
  readonly predicted?: (
    request: Record<string, Json>,
    plane: readonly [axis: Axis, index: number],
    signal: AbortSignal,
  ) => Promise<PlaneValues | undefined>;
  /** What else, by the kind of the request. */
  readonly others?: Readonly<Record<string, (request: Record<string, Json>) => Promise<Answer>>>;
}

/** Tells a page why what it asked for was not done. */
export const errorReply = (id: number, error: unknown): Reply => ({
  kind: "error",
  id,
  message: error instanceof Error ? error.message : String(error),
});

const checkedNumber = (value: Json | undefined, what: string, most: number): number => {
  const n = Number(value);
  if (!Number.isInteger(n) || n < 0 || n > most) throw new InvalidArgument(`${what} ${n}`);
  return n;
};

/** Lets a widget serve planes, and what else it has. A request that was withdrawn while it waited is not answered. */
export function serve(widget: OwnWidget<object>, sources: Sources): void {
  /** Requests that wait for their turn or are under way. */
  const pending = new Map<number, AbortController>();
  const { others = {}, volumes = (volume) => (volume === 0 ? sources : undefined) } = sources;
  let turn: Promise<void> = Promise.resolve();
  let predictions: Promise<void> = Promise.resolve();
  const reply = (message: Reply, buffers: readonly ArrayBufferView[] = []): void =>
    widget.send(message as unknown as Record<string, Json>, buffers);

  async function answer(kind: string, request: Record<string, Json>, { signal }: AbortController): Promise<void> {
    if (signal.aborted) return;
    const id = Number(request.id);
    try {
      const answered = await (kind === "plane" ? rowsOf(request, signal) : others[kind]!(request));
      if (answered === undefined || signal.aborted) return;
      if ("dtype" in answered) return sendRows(id, kind, answered);
      const [message, buffers] = answered;
      reply({ id, kind, ...message } as Reply, buffers);
    } catch (error) {
      if (!signal.aborted) reply(errorReply(id, error));
    } finally {
      pending.delete(id);
    }
  }

  async function predictedRows(request: Record<string, Json>, signal: AbortSignal): Promise<Rows | undefined> {
    const { grey } = sources;
    if (sources.predicted === undefined || grey === undefined) throw new InvalidArgument("this view has no prediction");
    const axis = String(request.axis) as Axis;
    if (!Object.hasOwn(AXES, axis)) throw new InvalidArgument(`axis ${axis}; allowed are z, y, x`);
    const level = checkedNumber(request.level, "level", 16);
    const index = checkedNumber(request.index, `index of the ${axis} plane`, grey.shape[AXES[axis]] - 1);
    const plane = await sources.predicted(request, [axis, index], signal);
    if (plane === undefined) return undefined;
    const dtype = plane.values instanceof Float32Array ? "float32" : "uint8";
    return { ...reduced(plane, level, dtype === "uint8"), dtype };
  }

  async function rowsOf(request: Record<string, Json>, signal: AbortSignal): Promise<Rows | undefined> {
    if (request.layer === "prediction") return predictedRows(request, signal);
    const layer = String(request.layer) as Layer;
    const layers = volumes(Number(request.volume ?? 0));
    if (layers === undefined) throw new InvalidArgument(`this view has no volume ${String(request.volume)}`);
    const volume = LAYERS.includes(layer) ? layers[layer] : undefined;
    if (volume === undefined) throw new InvalidArgument(`this view has no ${layer}`);
    const axis = String(request.axis) as Axis;
    if (!Object.hasOwn(AXES, axis)) throw new InvalidArgument(`axis ${axis}; allowed are z, y, x`);
    const level = Number(request.level);
    if (!Number.isInteger(level) || level < 0 || level > 16) throw new InvalidArgument(`level ${level}`);
    const { planes = 1, mode = "mean" } = request as { planes?: number; mode?: SlabMode };
    const reduction = { level, labels: layer === "labels" };
    return { ...(await slab(volume, axis, Number(request.index), planes, mode, reduction)), dtype: volume.dtype };
  }

  function sendRows(id: number, kind: string, { values, dtype, height, width }: Rows): void {
    const rows = Math.max(1, Math.floor(MAX_PART_BYTES / (width * DTYPES[dtype].bytes)));
    for (let row = 0; row < height; row += rows) {
      const part = values.subarray(row * width, Math.min(height, row + rows) * width);
      reply({ kind, id, dtype, height, width, row } as Reply, [part]);
    }
  }

  function take(kind: string, request: Record<string, Json>): void {
    const wanted = new AbortController();
    pending.set(Number(request.id), wanted);
    if (request.layer === "prediction") predictions = predictions.then(() => answer(kind, request, wanted));
    else turn = turn.then(() => answer(kind, request, wanted));
  }

  widget.onMessage((content) => {
    const { kind } = content;
    if (kind === "cancel") {
      pending.get(Number(content.id))?.abort();
      pending.delete(Number(content.id));
    } else if (kind === "planes") {
      // What is no request is nobody's: a page of ours sends none.
      for (const request of Array.isArray(content.of) ? content.of : [])
        if (typeof request === "object" && request !== null && !Array.isArray(request)) take("plane", request);
    } else if (Object.hasOwn(others, String(kind))) take(String(kind), content);
  });
}
