/**
 * Sections of both volumes on request: at most two are under way, of each name only the newest wish counts, and the name that waits longest goes
 * first. What has come stays until something newer has.
 */
import { type DType, type Voxels, voxelArray } from "../../../src/core/dtype.js";
import { greys } from "../../draw/compare.js";
import type { AlignmentReply, AlignmentRequest, AlignmentState, Side } from "../../protocol/alignment.js";
import type { ObliquePlane } from "../../protocol.js";
import { bytesOf } from "../dom.js";
import type { ModelHandle } from "../handle.js";
import { nextNumber } from "../request-number.js";

export type AlignmentHandle = ModelHandle<AlignmentState, AlignmentRequest, AlignmentReply>;

/** A section that is wanted. */
export interface Wish {
  /** Of wishes of the same name only the newest counts. */
  readonly name: string;
  readonly side: Side;
  /** In voxels of that side; `bent`: of the fixed volume, though the moving one is read. */
  readonly plane: ObliquePlane;
  readonly bent: boolean;
  readonly fine: number;
  readonly nearest: boolean;
  /** Changes where the same plane has other values: the number of the thin plate. */
  readonly version: number;
}

/** A section that has come. */
export class Raster {
  #greys: { window: readonly [number, number]; grey: Uint8Array } | undefined;

  constructor(
    readonly wish: Wish,
    readonly dtype: DType,
    readonly values: Voxels,
    readonly inside: Uint8Array,
  ) {}

  /** Its greys under a window; made once for each. */
  grey(window: readonly [number, number]): Uint8Array {
    const known = this.#greys;
    if (known?.window[0] === window[0] && known.window[1] === window[1]) return known.grey;
    const grey = greys(this.values, this.dtype, window);
    this.#greys = { window, grey };
    return grey;
  }
}

const IN_FLIGHT = 2;
/** Numbers of messages are of the page, not of one view. */

export class Rasters {
  readonly #handle: AlignmentHandle;
  readonly #arrived: () => void;
  readonly #failed: (message: string) => void;
  readonly #last = new Map<string, Raster>();
  /** What was asked for last, as text, and when. */
  readonly #asked = new Map<string, { text: string; order: number }>();
  readonly #flying = new Map<number, Wish>();
  readonly #stop: () => void;
  #wishes: readonly Wish[] = [];
  #order = 0;

  constructor(handle: AlignmentHandle, arrived: () => void, failed: (message: string) => void) {
    this.#handle = handle;
    this.#arrived = arrived;
    this.#failed = failed;
    this.#stop = handle.onMessage((reply, buffers) => this.#receive(reply, buffers));
  }

  get(name: string): Raster | undefined {
    return this.#last.get(name);
  }

  /** Whether everything that is wanted has come. */
  get rests(): boolean {
    return this.#flying.size === 0 && this.#wishes.length === 0;
  }

  /** What the view wants now; replaces what it wanted before. */
  want(wishes: readonly Wish[]): void {
    this.#wishes = wishes.filter((wish) => this.#asked.get(wish.name)?.text !== JSON.stringify(wish));
    this.#pump();
  }

  #pump(): void {
    while (this.#flying.size < IN_FLIGHT && this.#wishes.length > 0) {
      const busy = new Set([...this.#flying.values()].map(({ name }) => name));
      const order = ({ name }: Wish): number => this.#asked.get(name)?.order ?? -1;
      const next = this.#wishes.filter(({ name }) => !busy.has(name)).sort((a, b) => order(a) - order(b))[0];
      if (next === undefined) return;
      this.#wishes = this.#wishes.filter((wish) => wish !== next);
      this.#asked.set(next.name, { text: JSON.stringify(next), order: ++this.#order });
      const id = nextNumber();
      this.#flying.set(id, next);
      const { side, plane, fine, nearest } = next;
      this.#handle.send(
        next.bent ? { kind: "bent", id, plane, fine, nearest } : { kind: "section", id, side, plane, fine, nearest },
      );
    }
  }

  #receive(reply: AlignmentReply, buffers: readonly DataView[]): void {
    if (!("id" in reply)) return;
    const wish = this.#flying.get(reply.id);
    if (wish === undefined) return;
    this.#flying.delete(reply.id);
    if (reply.kind === "error") this.#failed(reply.message);
    else if (reply.kind === "section" || reply.kind === "bent") {
      const { width, height } = wish.plane;
      const values = voxelArray(reply.dtype, bytesOf(buffers[0]!).buffer, 0, width * height);
      this.#last.set(wish.name, new Raster(wish, reply.dtype, values, bytesOf(buffers[1]!)));
    }
    this.#pump();
    this.#arrived();
  }

  dispose(): void {
    this.#stop();
    this.#wishes = [];
    for (const id of this.#flying.keys()) this.#handle.send({ kind: "cancel", id });
    this.#flying.clear();
  }
}
