/** The shortest way through a graph, by Dijkstra's algorithm. */
import type { Ways } from "./ways.js";

/** A way as it is gone: nodes, and the edges between them, one fewer. */
export interface Way {
  readonly nodes: number[];
  readonly edges: number[];
}

/**
 * The shortest way from the one set of nodes to the other; of equally long ones the same each time.
 * Cost O((n + m) log n).
 * @param length of each edge, 0 or more
 * @param open whether an edge may be gone. Default: all may
 * @returns undefined if there is none
 */
export function shortestWay(
  { nodes, one, other, low, high }: Ways,
  length: ArrayLike<number>,
  open: (edge: number) => boolean = () => true,
): Way | undefined {
  const edges = Array.from({ length: one.length }, (_, e) => e).filter(open);
  // Edges of each node, node after node.
  const first = new Int32Array(nodes + 1);
  for (const e of edges) {
    first[one[e]! + 1]!++;
    first[other[e]! + 1]!++;
  }
  for (let k = 0; k < nodes; k++) first[k + 1]! += first[k]!;
  const of = new Int32Array(2 * edges.length);
  const filled = first.slice();
  for (const e of edges) {
    of[filled[one[e]!]!++] = e;
    of[filled[other[e]!]!++] = e;
  }
  const isHigh = new Uint8Array(nodes);
  for (const node of high) isHigh[node] = 1;
  const distance = new Float64Array(nodes).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(nodes).fill(-1);
  const queue = new Queue(distance);
  for (const node of low) {
    distance[node] = 0;
    queue.put(node);
  }
  for (let at = queue.take(); at >= 0; at = queue.take()) {
    if (isHigh[at] === 1) return wayTo(at);
    for (let k = first[at]!; k < first[at + 1]!; k++) {
      const e = of[k]!;
      const next = one[e] === at ? other[e]! : one[e]!;
      const far = distance[at]! + length[e]!;
      if (far >= distance[next]!) continue;
      distance[next] = far;
      from[next] = e;
      queue.put(next);
    }
  }
  return undefined;

  function wayTo(end: number): Way {
    const way: Way = { nodes: [end], edges: [] };
    for (let at = end; from[at]! >= 0; ) {
      const e = from[at]!;
      at = one[e] === at ? other[e]! : one[e]!;
      way.edges.push(e);
      way.nodes.push(at);
    }
    way.nodes.reverse();
    way.edges.reverse();
    return way;
  }
}

/** Nodes by their distances, the nearest first, as a heap; a node whose distance falls moves forward. */
class Queue {
  readonly #distance: Float64Array;
  readonly #heap: number[] = [];
  /** Where a node is in the heap; −1: nowhere. */
  readonly #place: Int32Array;

  constructor(distance: Float64Array) {
    this.#distance = distance;
    this.#place = new Int32Array(distance.length).fill(-1);
  }

  /** Adds a node, or moves it after its distance has fallen. */
  put(node: number): void {
    if (this.#place[node] === -1) {
      this.#place[node] = this.#heap.length;
      this.#heap.push(node);
    }
    let at = this.#place[node]!;
    while (at > 0 && this.#nearer(at, (at - 1) >> 1)) {
      this.#swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  }

  /** Takes out the nearest node; −1: there is none. */
  take(): number {
    const heap = this.#heap;
    if (heap.length === 0) return -1;
    this.#swap(0, heap.length - 1);
    const node = heap.pop()!;
    this.#place[node] = -1;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && this.#nearer(child, least)) least = child;
      if (least === at) return node;
      this.#swap(at, least);
      at = least;
    }
  }

  /** Of equally far ones the lower node comes first. */
  #nearer(a: number, b: number): boolean {
    const [p, q] = [this.#heap[a]!, this.#heap[b]!];
    const far = this.#distance[p]! - this.#distance[q]!;
    return far < 0 || (far === 0 && p < q);
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
    this.#place[heap[a]!] = a;
    this.#place[heap[b]!] = b;
  }
}
