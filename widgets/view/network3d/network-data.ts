/** What the page asks the kernel for: columns in parts, rows, ways, voxels. */
import type { ColumnValues, VoxelPlaces } from "../../draw/network-look.js";
import type {
  ColumnFacts,
  ColumnName,
  Network3dReply,
  Network3dRequest,
  NetworkTable,
  PathChoice,
} from "../../protocol/network3d.js";
import { bytesOf } from "../dom.js";
import { nextNumber } from "../request-number.js";
import type { NetworkHandle } from "./handle.js";

type Answer<Kind extends Network3dReply["kind"]> = Extract<Network3dReply, { kind: Kind }> & {
  readonly buffers: readonly DataView[];
};

/** A way through the network as the page shows it. */
export interface ShownPath {
  readonly pores: Int32Array;
  readonly throats: Int32Array;
  readonly text: string;
}

export class NetworkData {
  readonly #handle: NetworkHandle;
  readonly #waiting = new Map<number, (reply: Network3dReply, buffers: readonly DataView[]) => void>();
  readonly #columns = new Map<string, Promise<ColumnValues>>();
  readonly #stop: () => void;

  constructor(handle: NetworkHandle) {
    this.#handle = handle;
    this.#stop = handle.onMessage((reply, buffers) => {
      const take = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      take?.(reply, buffers);
    });
  }

  #ask<Kind extends "columns" | "column" | "row" | "path" | "ghost" | "voxels">(
    kind: Kind,
    rest: object = {},
  ): Promise<Answer<Kind>> {
    const id = nextNumber();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (reply, buffers) => {
        if (reply.kind === "error") reject(new Error(reply.message));
        else if (reply.kind === kind) resolve({ ...reply, buffers } as unknown as Answer<Kind>);
      });
      this.#handle.send({ kind, id, ...rest } as unknown as Network3dRequest);
    });
  }

  async columns(): Promise<Readonly<Record<NetworkTable, readonly ColumnFacts[]>>> {
    return this.#ask("columns");
  }

  /** All values of a column; asked for once. */
  column(of: NetworkTable, name: string): Promise<ColumnValues> {
    const key = `${of} ${name}`;
    let known = this.#columns.get(key);
    if (known === undefined) {
      known = this.#read({ of, name });
      // What failed may be asked for again.
      known.catch(() => this.#columns.delete(key));
      this.#columns.set(key, known);
    }
    return known;
  }

  async #read(column: ColumnName): Promise<ColumnValues> {
    let values = new Float64Array(0);
    for (let first = 0; ; ) {
      const { rows, names, buffers } = await this.#ask("column", { ...column, first });
      const part = new Float64Array(bytesOf(buffers[0]!).buffer);
      if (first === 0) values = new Float64Array(rows);
      values.set(part, first);
      first += part.length;
      if (first >= rows || part.length === 0) return names === undefined ? { values } : { values, names };
    }
  }

  row(row: number): Promise<Answer<"row">> {
    return this.#ask("row", { row });
  }

  async path(choice: PathChoice): Promise<ShownPath> {
    const { text, buffers } = await this.#ask("path", choice);
    const rows = (k: number): Int32Array => new Int32Array(bytesOf(buffers[k]!).buffer);
    return { text, pores: rows(0), throats: rows(1) };
  }

  ghost(): Promise<VoxelPlaces> {
    return this.#places("ghost");
  }

  /** The voxels of a pore's region. */
  voxels(row: number): Promise<VoxelPlaces> {
    return this.#places("voxels", { row });
  }

  async #places(kind: "ghost" | "voxels", rest: object = {}): Promise<VoxelPlaces> {
    const { step, buffers } = await this.#ask(kind, rest);
    return { step, places: new Uint16Array(bytesOf(buffers[0]!).buffer) };
  }

  dispose(): void {
    this.#stop();
    this.#waiting.clear();
  }
}
