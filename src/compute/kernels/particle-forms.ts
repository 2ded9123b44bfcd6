/** Where the outermost voxels of many labels lie, and how rough their surfaces are. */
import type { Triple } from "../../core/shape.js";
import type { ParticleForms, ParticleFormsParameters } from "../operations/particle-forms.js";
import { clearOutside, numbered, OUT } from "./particles.js";
import type { ReduceTask } from "./task.js";

export function particleForms(task: ReduceTask, parameters: ParticleFormsParameters): ParticleForms {
  const { wasm, slab, halo, slabStart } = task;
  const numbers = numbered(task, parameters);
  clearOutside(wasm, numbers, parameters, slabStart);
  const { labels } = numbers;
  const [row, plane] = [numbers.row / 4, numbers.plane / 4];
  const all = wasm.view("uint32", numbers.start, plane * slab.size[0]) as Uint32Array;
  const [planes, rows, columns] = slab.size.map((n, k) => n - 2 * halo[k]!) as unknown as Triple;
  const ball = parameters.ball[0] === 0 ? undefined : ballSteps(parameters.ball, row, plane);
  const shares = new Float64Array(3 * labels.length);
  const points: number[] = [];
  for (let z = 0; z < planes; z++) {
    /** Ends of rows of each label of this plane: y, then the least and the largest x. */
    const ends = new Map<number, number[]>();
    for (let y = 0; y < rows; y++) {
      const line = (z + halo[0]) * plane + (y + halo[1]) * row + halo[2];
      for (let x = 0; x < columns; x++) {
        const number = all[line + x]!;
        if (number === 0 || number === OUT) continue;
        if (ball !== undefined) addShare(all, line + x, number, row, plane, ball, shares);
        if (!parameters.hulls) continue;
        let own = ends.get(number);
        if (own === undefined) {
          own = [];
          ends.set(number, own);
        }
        if (own.at(-3) === y) own[own.length - 1] = x;
        else own.push(y, x, x);
      }
    }
    for (const [number, own] of ends)
      for (const [y, x] of flatHull(own))
        points.push(number - 1, slabStart[0] + halo[0] + z, slabStart[1] + halo[1] + y, slabStart[2] + halo[2] + x);
  }
  return { labels, points: Int32Array.from(points), shares };
}

/** Steps to the voxels of a ball around a voxel. */
function ballSteps(radius: Triple, row: number, plane: number): Int32Array {
  const steps: number[] = [];
  const [rz, ry, rx] = radius.map((n) => Math.floor(n + 1e-9)) as [number, number, number];
  for (let z = -rz; z <= rz; z++)
    for (let y = -ry; y <= ry; y++)
      for (let x = -rx; x <= rx; x++)
        if ((z / radius[0]) ** 2 + (y / radius[1]) ** 2 + (x / radius[2]) ** 2 <= 1 + 1e-9)
          steps.push(z * plane + y * row + x);
  return Int32Array.from(steps);
}

/** Of a voxel of the surface whose ball lies within what counts. */
function addShare(
  all: Uint32Array,
  at: number,
  number: number,
  row: number,
  plane: number,
  ball: Int32Array,
  shares: Float64Array,
): void {
  if (
    all[at - 1] === number &&
    all[at + 1] === number &&
    all[at - row] === number &&
    all[at + row] === number &&
    all[at - plane] === number &&
    all[at + plane] === number
  )
    return;
  let count = 0;
  for (let k = 0; k < ball.length; k++) {
    const other = all[at + ball[k]!]!;
    if (other === OUT) return;
    if (other === number) count++;
  }
  const to = 3 * (number - 1);
  shares[to]!++;
  shares[to + 1]! += count;
  shares[to + 2]! += count * count;
}

/** Corners of the convex hull of rows, given as y, least and largest x, in ascending y: those of both sides. */
function flatHull(rows: readonly number[]): [y: number, x: number][] {
  const side = (which: 1 | 2): [number, number][] => {
    const hull: [number, number][] = [];
    const sign = which === 1 ? 1 : -1;
    for (let k = 0; k < rows.length; k += 3) {
      const [y, x] = [rows[k]!, rows[k + which]!];
      while (hull.length > 1) {
        const [[ay, ax], [by, bx]] = [hull.at(-2)!, hull.at(-1)!];
        if (sign * ((by - ay) * (x - ax) - (bx - ax) * (y - ay)) > 0) break;
        hull.pop();
      }
      hull.push([y, x]);
    }
    return hull;
  };
  return [...side(1), ...side(2)];
}
