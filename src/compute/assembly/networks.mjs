/**
 * Writes the straight-line code of the sorting networks that the 3 × 3 × 3 median is made of. Networks are built from
 * merges of sorted lists (Batcher's odd–even merge: Knuth, The Art of Computer Programming 3, 5.3.4), and what no output
 * needs is left out. As a transform of the compiler (see asconfig.json) it hands the text over as one more source, which
 * is never written to disk.
 */
import { Transform } from "assemblyscript/transform";

/** A network under construction: values are numbers of nodes, equal nodes are one. */
class Network {
  #nodes = [];
  #known = new Map();

  input(name) {
    return this.#nodes.push({ name }) - 1;
  }

  #node(op, a, b) {
    const key = `${op} ${Math.min(a, b)} ${Math.max(a, b)}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#nodes.push({ op, a, b }) - 1);
    return this.#known.get(key);
  }

  min(a, b) {
    return this.#node("min", a, b);
  }

  max(a, b) {
    return this.#node("max", a, b);
  }

  /** Merges two sorted lists. */
  merge(a, b) {
    if (a.length === 0) return b;
    if (b.length === 0) return a;
    if (a.length === 1 && b.length === 1) return [this.min(a[0], b[0]), this.max(a[0], b[0])];
    const every = (list, k) => list.filter((_, n) => n % 2 === k);
    const even = this.merge(every(a, 0), every(b, 0));
    const odd = this.merge(every(a, 1), every(b, 1));
    const merged = [even[0]];
    for (let k = 0; k + 1 < even.length || k < odd.length; k++) {
      if (k + 1 < even.length && k < odd.length)
        merged.push(this.min(odd[k], even[k + 1]), this.max(odd[k], even[k + 1]));
      else merged.push(k < odd.length ? odd[k] : even[k + 1]);
    }
    return merged;
  }

  sort(list) {
    if (list.length < 2) return list;
    const middle = Math.ceil(list.length / 2);
    return this.merge(this.sort(list.slice(0, middle)), this.sort(list.slice(middle)));
  }

  /** The value of rank `rank` (from 0) in the union of two sorted lists: the least of the maxima of all splits. */
  select(a, b, rank) {
    let least;
    for (let j = Math.max(0, rank + 1 - a.length); j <= Math.min(b.length, rank + 1); j++) {
      const i = rank + 1 - j;
      const most = i === 0 ? b[j - 1] : j === 0 ? a[i - 1] : this.max(a[i - 1], b[j - 1]);
      least = least === undefined ? most : this.min(least, most);
    }
    return least;
  }

  /** Statements that assign the outputs; each value once, in order, only those needed. */
  code(outputs, indent) {
    const needed = new Set();
    const visit = (k) => {
      if (needed.has(k)) return;
      needed.add(k);
      const { op, a, b } = this.#nodes[k];
      if (op !== undefined) for (const n of [a, b]) visit(n);
    };
    for (const k of outputs.values()) visit(k);
    const name = (k) => this.#nodes[k].name ?? `t${k}`;
    const lines = this.#nodes.flatMap(({ op, a, b }, k) =>
      op !== undefined && needed.has(k) ? [`const t${k} = v128.${op}<T>(${name(a)}, ${name(b)});`] : [],
    );
    const count = lines.length;
    for (const [target, k] of outputs) lines.push(`${target} = ${name(k)};`);
    return { text: lines.map((line) => indent + line).join("\n"), count };
  }
}

const names = (letter) => Array.from({ length: 9 }, (_, k) => `${letter}${k}`);

/** Code that sorts the nine rows around a column (three planes, shifted by −1, 0, 1 along x) into `letter`0 … 8. */
function column(letter, row) {
  const network = new Network();
  const loads = [];
  const rows = [0, 1, 2].map((z) =>
    network.sort(
      [0, 1, 2].map((x) => {
        const name = `${letter}_${z}${x}`;
        loads.push(`      const ${name} = v128.load(${row} + ${z} * plane + ${x} * sizeof<T>());`);
        return network.input(name);
      }),
    ),
  );
  const sorted = network.merge(network.merge(rows[0], rows[1]), rows[2]);
  const { text } = network.code(new Map(names(letter).map((name, k) => [name, sorted[k]])), "      ");
  return `${loads.join("\n")}\n${text}`.replaceAll(/\bt(\d+)\b/g, `${letter}t$1`);
}

/** Code of the medians of two neighbouring rows from their four columns p, q, r, s: the merge of q and r serves both. */
function medians() {
  const network = new Network();
  const [p, q, r, s] = ["p", "q", "r", "s"].map((letter) => names(letter).map((name) => network.input(name)));
  const shared = network.merge(q, r);
  const { text } = network.code(
    new Map([
      ["const first", network.select(shared, p, 13)],
      ["const second", network.select(shared, s, 13)],
    ]),
    "      ",
  );
  return text;
}

/** The AssemblyScript source of the generated kernels. */
function networks() {
  const declare = (letter) =>
    `    let ${names(letter)
      .map((name) => `${name}: v128 = zero`)
      .join(", ")};`;
  const move = (from, to) =>
    `      ${names(to)
      .map((name, k) => `${name} = ${from}${k};`)
      .join(" ")}`;
  return `
/**
 * Median of the 27 voxels around each voxel of a plane.
 * @param src first voxel of the slab's plane z − 1, row y − 1, column x − 1; row and plane are its strides in bytes
 */
function medianOf27<T>(
  src: usize, row: usize, plane: usize, dst: usize, dstRow: usize, rows: usize, columns: usize,
): void {
  const zero = i8x16.splat(0);
  const width = columns * sizeof<T>();
  for (let x: usize = 0; x < width; x += 16) {
${["p", "q", "r", "s"].map(declare).join("\n")}
    let at = src + x;
    {
${column("p", "at")}
    }
    {
${column("q", "(at + row)")}
    }
    at += 2 * row;
    let out = dst + x;
    for (let y: usize = 0; y < rows; y += 2) {
      {
${column("r", "at")}
      }
      {
${column("s", "(at + row)")}
      }
${medians()}
      v128.store(out, first);
      if (y + 1 < rows) v128.store(out + dstRow, second);
      out += 2 * dstRow;
      at += 2 * row;
${move("r", "p")}
${move("s", "q")}
    }
  }
}
${[8, 16, 32]
  .map(
    (bits) => `
export function medianOf27_${bits}(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  medianOf27<i${bits}>(a, b, c, d, e, f, g);
}`,
  )
  .join("")}
`;
}

export default class Networks extends Transform {
  afterParse(parser) {
    parser.parseFile(networks(), "networks.ts", true);
  }
}
