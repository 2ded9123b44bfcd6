import type { Shape, Triple } from "#src/core/shape.js";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A branch as its figures, from whichever end they are looked at. */
export interface BranchFigures {
  /** Numbers of both nodes, from 1, the lower one first; none of a closed line. */
  readonly nodes: readonly number[];
  readonly voxels: number;
  readonly length: number;
  readonly meanRadius: number;
  readonly leastRadius: number;
}

export interface NodeFigures {
  readonly type: string;
  readonly voxels: number;
  readonly middle: readonly number[];
  readonly coordination: number;
  readonly radius: number;
}

/**
 * Nodes and branches from their definition, with sets: voxels that touch two others make up lines; pieces of all voxels that
 * touch three or more are nodes, and each other voxel is one. A branch is a piece of lines with the voxels of nodes that it
 * touches, or two voxels of different nodes that touch.
 * @param radii of each voxel of the volume
 */
export function graphOf(
  shape: Shape,
  inside: (k: number) => boolean,
  size: Triple,
  radii: ArrayLike<number>,
): { branches: BranchFigures[]; nodes: NodeFigures[] } {
  const [depth, height, width] = shape;
  const placeOf = (k: number): Triple => [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width];
  const all = [...Array(depth * height * width).keys()].filter(inside);
  const held = new Set(all);
  const around = new Map(
    all.map((k) => {
      const [z, y, x] = placeOf(k);
      const near: number[] = [];
      for (let a = Math.max(0, z - 1); a <= Math.min(depth - 1, z + 1); a++)
        for (let b = Math.max(0, y - 1); b <= Math.min(height - 1, y + 1); b++)
          for (let c = Math.max(0, x - 1); c <= Math.min(width - 1, x + 1); c++)
            near.push((a * height + b) * width + c);
      return [k, near.filter((other) => other !== k && held.has(other))] as const;
    }),
  );
  /** Pieces of a set of voxels, in the order of their first ones. */
  const piecesOf = (voxels: readonly number[]): number[][] => {
    const left = new Set(voxels);
    return voxels.flatMap((first) => {
      if (!left.delete(first)) return [];
      const piece = [first];
      for (const k of piece) for (const other of around.get(k)!) if (left.delete(other)) piece.push(other);
      return [piece];
    });
  };
  const by = (is: (degree: number) => boolean): number[] => all.filter((k) => is(around.get(k)!.length));
  const pieces = [...piecesOf(by((n) => n > 2)), ...by((n) => n < 2).map((k) => [k])];
  const nodes = pieces.map((piece) => piece.sort((a, b) => a - b)).sort((a, b) => a[0]! - b[0]!);
  const nodeOf = new Map(nodes.flatMap((piece, n) => piece.map((k) => [k, n + 1] as const)));
  const apart = (a: number, b: number): number => {
    const [p, q] = [placeOf(a), placeOf(b)];
    return Math.hypot(...p.map((n, axis) => (n - q[axis]!) * size[axis]!));
  };
  const figures = (
    steps: readonly (readonly [number, number])[],
    ends: readonly number[],
    own: readonly number[],
  ): BranchFigures => {
    const counted = [...own, ...ends];
    return {
      nodes: ends.map((k) => nodeOf.get(k)!).sort((a, b) => a - b),
      voxels: counted.length,
      length: steps.reduce((sum, [a, b]) => sum + apart(a, b), 0),
      // Along a closed line the first voxel comes again.
      meanRadius: mean([...counted, ...(ends.length === 0 ? [Math.min(...own)] : [])].map((k) => radii[k]!)),
      leastRadius: Math.min(...counted.map((k) => radii[k]!)),
    };
  };
  const lines = piecesOf(by((n) => n === 2)).map((own) => {
    const steps = own.flatMap((k) =>
      around.get(k)!.flatMap((other) => (nodeOf.has(other) || k < other ? [[k, other] as const] : [])),
    );
    const ends = steps.flatMap(([, other]) => (nodeOf.has(other) ? [other] : []));
    return figures(steps, ends, own);
  });
  const direct = [...nodeOf].flatMap(([k, node]) =>
    around
      .get(k)!
      .filter((other) => other > k && nodeOf.has(other) && nodeOf.get(other) !== node)
      .map((other) => figures([[k, other]], [k, other], [])),
  );
  const branches = [...lines, ...direct];
  const degreeOf = (piece: readonly number[]): number => around.get(piece[0]!)!.length;
  return {
    branches,
    nodes: nodes.map((piece, n) => ({
      type: degreeOf(piece) > 2 ? "junction" : degreeOf(piece) === 1 ? "end" : "isolated",
      voxels: piece.length,
      middle: [0, 1, 2].map((axis) => mean(piece.map((k) => placeOf(k)[axis]!))),
      coordination: branches.flatMap((branch) => branch.nodes).filter((node) => node === n + 1).length,
      radius: Math.max(...piece.map((k) => radii[k]!)),
    })),
  };
}
