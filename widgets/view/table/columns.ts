/** Columns of the table in the page: asked for when they are first needed, kept from then on. */
import { orderOf } from "../../draw/median.js";
import type { ColumnFacts, ColumnType, TableReply, TableRequest, TableState } from "../../protocol/table.js";
import { bytesOf } from "../dom.js";
import type { ModelHandle } from "../handle.js";
import { nextNumber } from "../request-number.js";

export type TableHandle = ModelHandle<TableState, TableRequest, TableReply>;

/** Values of a column: numbers, or the places of its texts. */
export interface LoadedColumn {
  readonly values: Float64Array | Int32Array | Uint32Array;
  /** Undefined: the values are numbers. */
  readonly texts: readonly string[] | undefined;
}

interface Flight {
  readonly type: ColumnType;
  readonly values: LoadedColumn["values"];
  readonly texts: string[];
  rows: number;
}

const numbersIn = (type: ColumnType, part: DataView): LoadedColumn["values"] => {
  const { buffer } = bytesOf(part);
  if (type === "float64") return new Float64Array(buffer);
  return type === "uint32" ? new Uint32Array(buffer) : new Int32Array(buffer);
};

export class PageColumns {
  readonly facts: readonly ColumnFacts[];
  readonly rows: number;
  readonly #handle: TableHandle;
  readonly #arrived: (column: number) => void;
  readonly #loaded = new Map<number, LoadedColumn>();
  readonly #orders = new Map<number, Uint32Array>();
  readonly #flying = new Map<number, Flight | undefined>();
  readonly #stop: () => void;

  /** @param arrived is called when a column is there */
  constructor(
    handle: TableHandle,
    facts: readonly ColumnFacts[],
    arrived: (column: number) => void,
    failed: (message: string) => void,
  ) {
    this.facts = facts;
    this.rows = handle.get("rows");
    this.#handle = handle;
    this.#arrived = arrived;
    this.#stop = handle.onMessage((reply, buffers) => {
      if (reply.kind === "column") this.#receive(reply, buffers);
      else if (reply.kind === "error" && this.#asked.delete(reply.id)) failed(reply.message);
    });
  }

  readonly #asked = new Set<number>();

  /** A column, if it is there; else it is asked for. */
  get(column: number): LoadedColumn | undefined {
    const known = this.#loaded.get(column);
    if (known !== undefined || this.#flying.has(column) || this.facts[column] === undefined) return known;
    const id = nextNumber();
    this.#flying.set(column, undefined);
    this.#asked.add(id);
    this.#handle.send({ kind: "column", id, column });
    return undefined;
  }

  /** Rows in the order of a column: texts by the alphabet. */
  orderOf(column: number): Uint32Array | undefined {
    const loaded = this.get(column);
    if (loaded === undefined) return undefined;
    const known = this.#orders.get(column);
    if (known !== undefined) return known;
    const { values, texts } = loaded;
    const order = orderOf(texts === undefined ? values : Array.from(values, (place) => rankOf(texts)[place]!));
    this.#orders.set(column, order);
    return order;
  }

  #receive(reply: Extract<TableReply, { kind: "column" }>, buffers: readonly DataView[]): void {
    const { column, type, row } = reply;
    if (!this.#flying.has(column)) return;
    const numbers = numbersIn(type, buffers[0]!);
    let flight = this.#flying.get(column);
    if (flight === undefined) {
      const Values = numbers.constructor as new (length: number) => typeof numbers;
      flight = { type, values: new Values(this.rows), texts: [], rows: 0 };
      this.#flying.set(column, flight);
    }
    if (type === "text") {
      const before = flight.texts.length;
      flight.texts.push(...textsIn(buffers[1]!, buffers[2]!));
      for (let k = 0; k < numbers.length; k++) numbers[k]! += before;
    }
    flight.values.set(numbers, row);
    flight.rows += numbers.length;
    if (flight.rows < this.rows) return;
    this.#flying.delete(column);
    this.#loaded.set(column, { values: flight.values, texts: type === "text" ? flight.texts : undefined });
    this.#arrived(column);
  }

  dispose(): void {
    this.#stop();
  }
}

function textsIn(ends: DataView, bytes: DataView): string[] {
  const decoder = new TextDecoder();
  const all = bytesOf(bytes);
  const stops = new Int32Array(bytesOf(ends).buffer);
  return Array.from(stops, (end, k) => decoder.decode(all.subarray(k === 0 ? 0 : stops[k - 1], end)));
}

const ranks = new WeakMap<readonly string[], Float64Array>();

/** The place of each text in the alphabet. */
function rankOf(texts: readonly string[]): Float64Array {
  const known = ranks.get(texts);
  if (known !== undefined) return known;
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  const sorted = [...new Set(texts)].sort(compare);
  const place = new Map(sorted.map((text, k) => [text, k] as const));
  const rank = Float64Array.from(texts, (text) => place.get(text)!);
  ranks.set(texts, rank);
  return rank;
}
