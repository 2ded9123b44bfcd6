/** Anisotropic diffusion: all steps of a brick in one task, in a box that shrinks by a voxel with each. */
import type { Triple } from "../../core/shape.js";
import type { DiffusionParameters, GradientSum, GradientSumParameters } from "../operations/diffusion.js";
import { floatPlane, floatRow, floatSlab, type ReduceTask, type Strides, type VolumeTask } from "./task.js";

/** Ways to the next voxel along z, y, x in bytes: none along an axis with a single voxel, which is its own neighbour. */
const stepsOf = ({ row, plane }: Strides, scale: Triple): Triple =>
  [plane, row, 4].map((bytes, k) => (scale[k] === 0 ? 0 : bytes)) as unknown as Triple;

/** Numbers by which the kernel knows the methods: bit 0 the conductance, bit 1 the flow. */
const kindOf = ({ conductance, method }: DiffusionParameters): number =>
  (conductance === "reciprocal" ? 1 : 0) + (method === "curvature" ? 2 : 0);

export function anisotropicDiffusion(task: VolumeTask, parameters: DiffusionParameters): void {
  const { edges, timeStep, scale } = parameters;
  const { wasm, slab } = task;
  const floats = floatSlab(task);
  const { row, plane } = floats;
  const steps = stepsOf(floats, scale);
  const kind = kindOf(parameters);
  const boxes = [floats.start, edges.length > 1 ? wasm.allocate(plane * slab.size[0]) : 0] as const;
  // Slopes of two planes and fluxes between them, with a row more on both sides and four voxels, a vector, more on each.
  const slopeRow = floatRow(slab.size[2] + 12);
  const slopePlane = slopeRow * (slab.size[1] + 2);
  const room = (planes: number): number => wasm.allocate(planes * slopePlane) + slopeRow + 16;
  let [here, next] = [room(3), room(3)];
  const into = room(1);
  const scratch = wasm.allocate(2 * slopeRow);
  const out = floatPlane(task);
  for (const [k, edge] of edges.entries()) {
    const last = k === edges.length - 1;
    const margin = scale.map((s) => (s === 0 ? 0 : k + 1)) as unknown as Triple;
    const [planes, rows, columns] = slab.size.map((n, axis) => n - 2 * margin[axis]!) as unknown as Triple;
    const first = margin[0] * plane + margin[1] * row + margin[2] * 4;
    const [from, to] = [boxes[k % 2]! + first, boxes[(k + 1) % 2]! + first];
    const perEdge = scale.map((s) => s / edge) as unknown as Triple;
    const findSlopes = (z: number): void => {
      [here, next] = [next, here];
      const [stepZ, stepY, stepX] = steps;
      const within = z >= 0 && z < planes ? stepZ : 0;
      const place = [from + z * stepZ, rows, columns, within, stepY, stepX] as const;
      wasm.call("slopes", ...place, ...perEdge, next, slopeRow, slopePlane);
    };
    findSlopes(-1);
    findSlopes(0);
    const rest = [here, next, slopeRow, slopePlane, into] as const;
    wasm.call("fluxesInto", from, rows, columns, row, steps[0], perEdge[0], kind, ...rest);
    for (let z = 0; z < planes; z++) {
      findSlopes(z + 1);
      const [dst, dstRow] = last ? [out.at(z), out.row] : [to + z * plane, row];
      const place = [from + z * plane, dst, dstRow, rows, columns, row, ...steps] as const;
      const rest = [here, next, slopeRow, slopePlane, into, scratch] as const;
      wasm.call("diffuse", ...place, ...perEdge, kind, ...scale, timeStep * edge, ...rest);
      if (last) out.done(z);
    }
  }
}

export function meanSquareGradient(task: ReduceTask, { scale }: GradientSumParameters): GradientSum {
  const { wasm, slab, halo, mask } = task;
  const floats = floatSlab(task);
  const { start, row, plane } = floats;
  const [planes, rows, columns] = slab.size.map((n, k) => n - 2 * halo[k]!) as unknown as Triple;
  const steps = stepsOf(floats, scale);
  const first = start + halo[0] * plane + halo[1] * row + halo[2] * 4;
  const out = wasm.allocate(16);
  let units = 0n;
  let voxels = 0;
  for (let z = 0; z < planes; z++) {
    new Float64Array(wasm.view("uint8", out, 16).buffer, out, 2).fill(0);
    const inside = mask === 0 ? 0 : mask + z * rows * columns;
    wasm.call("sumSquaredGradients", first + z * plane, inside, rows, columns, row, ...steps, ...scale, out);
    const [sum, count] = new Float64Array(wasm.view("uint8", out, 16).buffer, out, 2);
    units += BigInt(sum!);
    voxels += count!;
  }
  return { units, voxels };
}
