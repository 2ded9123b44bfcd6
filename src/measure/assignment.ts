/** Who belongs to whom, over all at once. */

/** A possible pair and what it is worth. */
export interface Pairing {
  readonly row: number;
  readonly column: number;
  /** Above 0: staying alone is worth 0. */
  readonly worth: number;
}

/** Smallest first; of the same distance the one that came first, so that the result does not depend on chance. */
class Queue {
  #items: { distance: number; order: number; column: number }[] = [];
  #count = 0;

  push(distance: number, column: number): void {
    const items = this.#items;
    const item = { distance, order: this.#count++, column };
    let k = items.push(item) - 1;
    while (k > 0) {
      const parent = (k - 1) >> 1;
      if (!before(item, items[parent]!)) break;
      items[k] = items[parent]!;
      k = parent;
    }
    items[k] = item;
  }

  pop(): { distance: number; column: number } | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    let k = 0;
    for (;;) {
      let child = 2 * k + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++;
      if (!before(items[child]!, last)) break;
      items[k] = items[child]!;
      k = child;
    }
    items[k] = last;
    return top;
  }
}

const before = (a: { distance: number; order: number }, b: { distance: number; order: number }): boolean =>
  a.distance < b.distance || (a.distance === b.distance && a.order < b.order);

/**
 * The pairing of rows and columns, each in one pair at most, whose worth is greatest in sum: successive shortest paths over the
 * possible pairs, each row having a column of its own for staying alone. Exact; cost about pairs · log(pairs) for each row, and
 * in practice, where rows compete with few others, much less.
 * @returns the column of each row, −1 of one that stays alone
 * @see R. Jonker & A. Volgenant (1987), doi:10.1007/BF02278710
 */
export function bestPairs(rows: number, columns: number, pairs: readonly Pairing[]): Int32Array {
  const starts = new Int32Array(rows + 1);
  for (const { row } of pairs) starts[row + 1]!++;
  for (let row = 0; row < rows; row++) starts[row + 1]! += starts[row]!;
  const next = starts.slice(0, rows);
  const [to, costs] = [new Int32Array(pairs.length), new Float64Array(pairs.length)];
  // Costs are worths below the greatest one, so that none is negative; staying alone costs just that.
  const alone = pairs.reduce((most, { worth }) => Math.max(most, worth), 0);
  for (const { row, column, worth } of pairs) {
    const at = next[row]!++;
    to[at] = column;
    costs[at] = alone - worth;
  }
  // The column for staying alone of a row comes after the real ones.
  const total = columns + rows;
  const price = new Float64Array(total);
  const owner = new Int32Array(total).fill(-1);
  const columnOf = new Int32Array(rows).fill(-1);
  const distance = new Float64Array(total).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(total);
  const settled = new Uint8Array(total);
  for (let start = 0; start < rows; start++) {
    const queue = new Queue();
    const seen: number[] = [];
    const relax = (row: number, base: number): void => {
      const own = columnOf[row]! < 0 ? 0 : costOf(row, columnOf[row]!) - price[columnOf[row]!]!;
      const reach = (column: number, cost: number): void => {
        const way = base + cost - price[column]! - own;
        if (settled[column] === 1 || way >= distance[column]!) return;
        if (distance[column] === Number.POSITIVE_INFINITY) seen.push(column);
        distance[column] = way;
        from[column] = row;
        queue.push(way, column);
      };
      for (let k = starts[row]!; k < starts[row + 1]!; k++) reach(to[k]!, costs[k]!);
      reach(columns + row, alone);
    };
    const costOf = (row: number, column: number): number => {
      if (column >= columns) return alone;
      for (let k = starts[row]!; k < starts[row + 1]!; k++) if (to[k] === column) return costs[k]!;
      return Number.POSITIVE_INFINITY;
    };
    relax(start, 0);
    let end = -1;
    let length = 0;
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
      const { column } = item;
      if (settled[column] === 1) continue;
      settled[column] = 1;
      if (owner[column]! < 0) {
        end = column;
        length = item.distance;
        break;
      }
      relax(owner[column]!, item.distance);
    }
    for (const column of seen) {
      if (settled[column] === 1) price[column]! -= length - distance[column]!;
      settled[column] = 0;
      distance[column] = Number.POSITIVE_INFINITY;
    }
    for (let column = end; ; ) {
      const row = from[column]!;
      const left = columnOf[row]!;
      owner[column] = row;
      columnOf[row] = column;
      if (row === start) break;
      column = left;
    }
  }
  return columnOf.map((column) => (column < columns ? column : -1));
}
