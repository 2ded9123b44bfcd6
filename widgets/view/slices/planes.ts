/**
 * Planes on request: at most so many bytes are under way, the newest wish goes first, a wish that nobody has any more is
 * never sent. What has come is kept, up to a limit.
 */
import { DTYPES, type DType, type Voxels } from "../../../src/core/dtype.js";
import { AXES, type Axis, type Shape } from "../../../src/core/shape.js";
import type { PredictionKey } from "../../protocol/training.js";
import type { Layer, PlaneRequest, PlanesState, Reply, SlabMode } from "../../protocol.js";
import type { ModelHandle } from "../handle.js";
import { nextNumber } from "../request-number.js";
import { IncomingRows } from "./incoming-rows.js";

export interface PlaneKey {
  /** Which one, of a view of several volumes; else 0. */
  readonly volume: number;
  readonly layer: Layer;
  readonly axis: Axis;
  readonly index: number;
  readonly level: number;
  /** Planes that are put together, and how. */
  readonly planes: number;
  readonly mode: SlabMode;
  /** Of the layer `prediction`: of which forest, and what. */
  readonly prediction?: PredictionKey;
}

export interface LoadedPlane extends PlaneKey {
  readonly dtype: DType;
  readonly values: Voxels;
  readonly height: number;
  readonly width: number;
}

/** Planes under way, as long as they are few bytes; of large ones two. */
const AT_ONCE = 6;
const FEW_BYTES = 2 ** 20;
const KEPT_BYTES = 96 * 2 ** 20;

const keyText = ({ volume, layer, axis, index, level, planes, mode, prediction: of }: PlaneKey): string =>
  `${volume} ${layer} ${axis} ${index} ${level} ${planes} ${mode}${of === undefined ? "" : ` ${of.model} ${of.show}`}`;

export class Planes {
  readonly #handle: ModelHandle<PlanesState>;
  readonly #shape: Shape;
  readonly #voxelBytes: number;
  readonly #atOnce: number;
  readonly #arrived: (plane: LoadedPlane) => void;
  readonly #failed: (message: string) => void;
  /** In the order of their last use. */
  readonly #kept = new Map<string, LoadedPlane>();
  #bytes = 0;
  #wishes: PlaneKey[] = [];
  readonly #flying = new Map<number, { key: PlaneKey; rows: IncomingRows; stale?: true }>();
  readonly #stop: () => void;

  /** @param atOnce planes under way at a time, at most */
  constructor(
    handle: ModelHandle<PlanesState>,
    arrived: (plane: LoadedPlane) => void,
    failed: (message: string) => void,
    atOnce = AT_ONCE,
  ) {
    const { shape, dtype } = handle.get("volume");
    this.#handle = handle;
    this.#shape = shape;
    this.#voxelBytes = DTYPES[dtype].bytes;
    this.#atOnce = atOnce;
    this.#arrived = arrived;
    this.#failed = failed;
    this.#stop = handle.onMessage((reply, buffers) => this.#receive(reply, buffers));
  }

  /** A plane that has come already. */
  get(key: PlaneKey): LoadedPlane | undefined {
    const text = keyText(key);
    const plane = this.#kept.get(text);
    if (plane === undefined) return undefined;
    this.#kept.delete(text);
    this.#kept.set(text, plane);
    return plane;
  }

  /** Whether a plane has come already. */
  has(key: PlaneKey): boolean {
    return this.#kept.has(keyText(key));
  }

  /** What the view wants now, most urgent first; replaces what it wanted before. */
  want(keys: readonly PlaneKey[]): void {
    const flying = new Set([...this.#flying.values()].map(({ key }) => keyText(key)));
    this.#wishes = keys.filter((key) => !this.#kept.has(keyText(key)) && !flying.has(keyText(key)));
    this.#pump();
  }

  /** As {@link want}; what is under way and not among these is given up. */
  wantOnly(keys: readonly PlaneKey[]): void {
    const wanted = new Set(keys.map(keyText));
    for (const [id, { key }] of this.#flying) {
      if (wanted.has(keyText(key))) continue;
      this.#handle.send({ kind: "cancel", id });
      this.#flying.delete(id);
    }
    this.want(keys);
  }

  /** Changes planes that have come, in place. @param change returns whether it did */
  change(layer: PlaneKey["layer"], change: (plane: LoadedPlane) => boolean): void {
    // As another object: who has drawn the old one sees that it is not the same.
    for (const [text, plane] of this.#kept)
      if (plane.layer === layer && change(plane)) this.#kept.set(text, { ...plane });
  }

  /** Forgets planes that the kernel has changed; those on their way may be older, and are asked for again. */
  forget(layer: PlaneKey["layer"], is: (plane: PlaneKey) => boolean): void {
    for (const [text, plane] of this.#kept)
      if (plane.layer === layer && is(plane)) {
        this.#kept.delete(text);
        this.#bytes -= plane.values.byteLength;
      }
    for (const flight of this.#flying.values()) if (flight.key.layer === layer && is(flight.key)) flight.stale = true;
  }

  /** Sends what may go, in one message: the server and the page work as long for each as for a plane. */
  #pump(): void {
    // With half of them still to come a message takes several.
    if (this.#flying.size > this.#atOnce / 2) return;
    const of: PlaneRequest[] = [];
    let bytes = [...this.#flying.values()].reduce((sum, { key }) => sum + this.#bytesOf(key), 0);
    while (this.#flying.size < this.#atOnce && (bytes < FEW_BYTES || this.#flying.size < 2)) {
      const key = this.#wishes.shift();
      if (key === undefined) break;
      const id = nextNumber();
      this.#flying.set(id, { key, rows: new IncomingRows() });
      bytes += this.#bytesOf(key);
      of.push({ id, ...key });
    }
    if (of.length > 0) this.#handle.send({ kind: "planes", of });
  }

  /** What a plane takes, about: layers are of different types. */
  #bytesOf({ axis, level }: PlaneKey): number {
    const sides = this.#shape.filter((_, k) => k !== AXES[axis]);
    return sides.reduce((size, n) => size * Math.ceil(n / 2 ** level), this.#voxelBytes);
  }

  #receive(reply: Reply, buffers: readonly DataView[]): void {
    const flight = this.#flying.get(reply.id);
    if (flight === undefined) return;
    if (reply.kind === "error") {
      this.#flying.delete(reply.id);
      this.#failed(reply.message);
      this.#pump();
      return;
    }
    if (reply.kind !== "plane") return;
    const rows = flight.rows.take(reply, buffers[0]!);
    if (rows === undefined) return;
    this.#flying.delete(reply.id);
    const plane = { ...flight.key, ...rows };
    if (flight.stale === undefined) this.#keep(plane);
    this.#arrived(plane);
    this.#pump();
  }

  #keep(plane: LoadedPlane): void {
    this.#kept.set(keyText(plane), plane);
    this.#bytes += plane.values.byteLength;
    for (const [text, old] of this.#kept) {
      if (this.#bytes <= KEPT_BYTES) break;
      this.#kept.delete(text);
      this.#bytes -= old.values.byteLength;
    }
  }

  dispose(): void {
    this.#stop();
    this.#wishes = [];
    for (const id of this.#flying.keys()) this.#handle.send({ kind: "cancel", id });
    this.#flying.clear();
  }
}
