/** A member of the team that solves a conduction problem: takes voxels in, solves, gives maps out. */
import { Crew } from "../compute/crew.js";
import { Source } from "../compute/gather.js";
import type { SourceDescription } from "../compute/job.js";
import type { Membership } from "../compute/team.js";
import { voxelArray } from "../core/dtype.js";
import type { Triple } from "../core/shape.js";
import { type ConductionPlan, FLAGS } from "./conduction-plan.js";
import { ConductionSolver, type ExactBalance, type Kernel, type Step } from "./conduction-solver.js";

/** What voxels are, as bytes: from 1 on their kind of conductor, 0 and these. */
export const REACTING = 255;
export const OUTSIDE_SAMPLE = 254;

/** A problem: what is where, and along which axis. */
export interface ConductionTask {
  readonly plan: ConductionPlan;
  readonly labels: SourceDescription;
  readonly mask: SourceDescription | undefined;
  /** The first voxel of the box. */
  readonly start: Triple;
  /** Voxels of the box along z, y, x. */
  readonly box: Triple;
  /** The volume's axis of each axis of the problem. */
  readonly axes: Triple;
  /** True where the first plane of the problem is the volume's last. */
  readonly reversed: boolean;
  /** The byte of each label from `lowest` on. */
  readonly bytes: Uint8Array;
  readonly lowest: number;
  /** Resistivity of each byte, over the least one. */
  readonly resistivities: Float32Array;
  readonly reaction: number;
}

let crew: Crew;
let task: ConductionTask;
let solver: ConductionSolver;
let used = false;

export function join(membership: Membership): void {
  crew = new Crew(membership);
}

/** Takes the voxels in. @returns how many there are of each byte */
export function load(given: ConductionTask): Uint32Array {
  task = given;
  const { plan } = task;
  if (used) clear();
  used = true;
  solver = new ConductionSolver(crew, plan);
  const memory = crew.memory.buffer;
  crew.alone(() => {
    describe();
    new Float32Array(memory, plan.far - 16, plan.rowBytes / 4 + 4).fill(Number.POSITIVE_INFINITY);
  });
  takeIn();
  return counted();
}

/** Zeros everywhere, as a new memory has them. */
function clear(): void {
  const piece = 2 ** 22;
  const { bytes } = task.plan;
  crew.each(Math.ceil((bytes - 65536) / piece), (k) => {
    const from = 65536 + k * piece;
    new Uint8Array(crew.memory.buffer, from, Math.min(piece, bytes - from)).fill(0);
  });
}

/** Writes the descriptions of the grids; see assembly/chessboard.ts. */
function describe(): void {
  const { grids, flags, weights, walls, zero, far } = task.plan;
  const view = new DataView(crew.memory.buffer);
  for (const grid of grids) {
    const { at, size, width, row, plane, colour, material, faces, pairs } = grid;
    const words = [
      ...size,
      width,
      row,
      plane,
      colour,
      flags,
      zero,
      far,
      material,
      ...(faces.length > 0 ? faces : [0, 0, 0]),
    ];
    for (const [k, word] of words.entries()) view.setUint32(at + 4 * k, word, true);
    for (const [k, weight] of weights.entries()) view.setFloat32(at + 56 + 4 * k, 2 * weight, true);
    view.setFloat32(at + 68, task.reaction, true);
    view.setFloat32(at + 72, 1, true);
    view.setFloat32(at + 76, 0, true);
    for (const [k, count] of pairs.entries()) view.setUint32(at + 80 + 4 * k, count, true);
    view.setUint32(at + 92, faces.length > 0 ? 0 : walls, true);
  }
}

/** Puts the voxels as bytes where they are looked at; where the problem repeats the box, several times. */
function takeIn(): void {
  const { plan, box, start, axes, bytes, lowest, reversed } = task;
  const [, rows] = plan.size;
  const memory = new Uint8Array(crew.memory.buffer);
  const [height, width] = [box[1], box[2]];
  // Along x many planes at once: their voxels lie side by side in the problem.
  const together = axes[2] === 0 ? 16 : 1;
  const labels = new Source(task.labels);
  const mask = task.mask && new Source(task.mask);
  const values = voxelArray(task.labels.dtype, together * height * width);
  const inside = mask && voxelArray(task.mask!.dtype, values.length);
  const found = new Uint8Array(values.length);
  const steps = [plan.stride * rows, plan.stride, 1];
  /** How far it is in the problem from one voxel to the next along an axis of the volume. */
  const stepOf = [0, 1, 2].map((axis) => steps[axes.indexOf(axis)]!);
  const repeats = axes.map((axis, k) => plan.size[k]! / box[axis]!);
  const copies: number[] = [];
  for (let a = 0; a < repeats[0]!; a++)
    for (let b = 0; b < repeats[1]!; b++)
      for (let c = 0; c < repeats[2]!; c++)
        copies.push(
          plan.voxels + a * box[axes[0]]! * steps[0]! + b * box[axes[1]]! * steps[1]! + c * box[axes[2]]! * steps[2]!,
        );
  const flux = axes[0];
  const turned = (at: readonly number[]): number =>
    at.reduce((sum, n, axis) => sum + (axis === flux && reversed ? box[axis]! - 1 - n : n) * stepOf[axis]!, 0);
  const alongX = (flux === 2 && reversed ? -1 : 1) * stepOf[2]!;
  crew.each(Math.ceil(box[0] / together), (part) => {
    const from = part * together;
    const planes = Math.min(together, box[0] - from);
    const length = planes * height * width;
    const place = [start[0] + from, start[1], start[2]] as const;
    const layout = { row: width, plane: height * width };
    labels.gather(place, [planes, height, width], { voxels: values, ...layout });
    mask?.gather(place, [planes, height, width], { voxels: inside!, ...layout });
    for (let k = 0; k < length; k++) {
      const at = values[k]! - lowest;
      found[k] = at >= 0 && at < bytes.length ? bytes[at]! : 0;
    }
    if (inside !== undefined) for (let k = 0; k < length; k++) if (inside[k] === 0) found[k] = OUTSIDE_SAMPLE;
    for (const copy of copies)
      for (let y = 0; y < height; y++) {
        if (together === 1) {
          const to = copy + turned([from, y, 0]);
          if (alongX === 1) memory.set(found.subarray(y * width, (y + 1) * width), to);
          else for (let x = 0; x < width; x++) memory[to + x * alongX] = found[y * width + x]!;
          continue;
        }
        const to = copy + turned([from, y, 0]);
        for (let x = 0; x < width; x++)
          for (let z = 0; z < planes; z++) memory[to + x * alongX + z] = found[(z * height + y) * width + x]!;
      }
  });
  labels.close();
  mask?.close();
}

/** Voxels of each byte. */
function counted(): Uint32Array {
  const { plan } = task;
  const [planes, rows, columns] = plan.size;
  const counts = crew.kernel("countBytes");
  const table = new Uint32Array(crew.memory.buffer, plan.table, 256);
  let result = new Uint32Array(256);
  crew.alone(() => {
    table.fill(0);
    for (let z = 0; z < planes; z++)
      counts(plan.voxels + z * rows * plan.stride, plan.stride, rows, columns, plan.table);
    result = table.slice();
  });
  return result;
}

/**
 * Leaves of what conducts only what is connected with the first face, or with the first and the last one, or all of it.
 * @returns how many voxels there are then of each byte
 */
export function trim({ to }: { to: "first" | "both" | "none" }): Uint32Array {
  const { plan } = task;
  const { size, stride, words, voxels, free, marks, dirty, flags } = plan;
  const [planes, rows, columns] = size;
  const memory = crew.memory.buffer;
  const pack = crew.kernel("packConducting");
  const flood = crew.kernel("floodPlane");
  const plane = rows * words * 8;
  // What is outside the sample has been counted, and may be taken for what does not conduct.
  crew.each(planes, (z) => {
    const here = new Uint8Array(memory, voxels + z * rows * stride, rows * stride);
    for (let k = here.indexOf(OUTSIDE_SAMPLE); k >= 0; k = here.indexOf(OUTSIDE_SAMPLE, k + 1)) here[k] = 0;
    pack(voxels + z * rows * stride, stride, rows, columns, free + z * plane, words);
  });
  if (to === "none") return counted();
  crew.alone(() => {
    const bits = (at: number, z: number, count = 1): Uint8Array =>
      new Uint8Array(memory, at + z * plane, count * plane);
    const spread = (from: number): void => {
      new Uint8Array(memory, marks, planes * plane).fill(0);
      bits(marks, from).set(bits(free, from));
      new Uint8Array(memory, dirty, planes * rows).fill(0);
      const next = from === 0 ? 1 : planes - 2;
      for (const z of [from, next]) if (z >= 0 && z < planes) new Uint8Array(memory, dirty + z * rows, rows).fill(1);
      for (let changed = 1, down = from > 0; changed > 0; down = !down) {
        changed = 0;
        for (let k = 0; k < planes; k++) {
          const z = down ? planes - 1 - k : k;
          changed += flood(free, marks, dirty, words, rows, columns, planes, flags, z, down ? 1 : 0);
        }
      }
    };
    spread(0);
    if (to === "both") {
      for (let z = 0; z < planes; z++) bits(free, z).set(bits(marks, z));
      spread(planes - 1);
    }
  });
  const keep = crew.kernel("keepMarked");
  crew.each(planes, (z) => keep(voxels + z * rows * stride, stride, rows, columns, marks + z * plane, words));
  return counted();
}

/** Makes the grids of the voxels that are left, and a first guess that falls evenly from 1 to 0. */
export function prepare({ level }: { level: "falling" | "one" | "none" }): ExactBalance {
  const { plan, resistivities } = task;
  const { size, stride, voxels, alike, flags, table, zero, walls } = plan;
  const [planes, rows, columns] = size;
  const memory = crew.memory.buffer;
  const grid = plan.grids[0]!;
  if (!alike) {
    fill(grid.material, Number.POSITIVE_INFINITY);
    crew.alone(() => new Float32Array(memory, table, 256).set(resistivities));
  }
  if ((flags & FLAGS.aroundX) !== 0) {
    const wrap = crew.kernel("wrapBytes");
    crew.each(planes, (z) => wrap(voxels + z * rows * stride, stride, rows, columns));
  }
  const make = crew.kernel(alike ? "makeBytes" : "makeFloats");
  crew.each(planes, (z) => make(grid.at, voxels, stride, z, alike ? zero : table));
  if (walls > 0) {
    const makeWalls = crew.kernel("makeWalls");
    crew.each(planes, (z) => makeWalls(grid.at, voxels, stride, z, zero));
  }
  // The bytes are done with; where they and the bits were is to be empty.
  const begin = crew.kernel(`begin_${alike ? "alike" : "unlike"}`);
  const [x, , p, z] = grid.fields as [number, number, number, number];
  for (const field of [p, z]) fill(field, 0);
  solver.coarsen();
  const height = level === "one" ? () => 1 : level === "none" ? () => 0 : (z: number) => 1 - (z + 0.5) / planes;
  crew.each(planes, (plane) => {
    for (const c of [0, 1]) begin(grid.at, x, height(plane), c, plane);
  });
  return solver.check();
}

/** Puts one value into a field of the finest grid. */
function fill(field: number, value: number): void {
  const piece = 2 ** 20;
  const words = task.plan.grids[0]!.colour / 2 + 8;
  crew.each(Math.ceil(words / piece), (k) => {
    const from = field - 16 + 4 * k * piece;
    new Float32Array(crew.memory.buffer, from, Math.min(piece, words - k * piece)).fill(value);
  });
}

/** One step; undefined where there is no way to go. */
export function step(): Step | undefined {
  return solver.step();
}

export function check(): ExactBalance {
  return solver.check();
}

/**
 * Makes a map of the solution, in the order of the volume, where p was.
 * @param flux the flux density over that of an open block; else the potentials
 */
export function map({ flux }: { flux: boolean }): void {
  const { plan, box, axes, reversed } = task;
  const { at, fields } = plan.grids[0]!;
  const [x, , p] = fields as [number, number, number, number];
  const steps = [box[1] * box[2], box[2], 1].map((step) => 4 * step);
  const [along, stepY, stepX] = axes.map((axis) => steps[axis]!) as [number, number, number];
  const planes = box[axes[0]]!;
  const make = crew.kernel(`mapPlane_${plan.alike ? "alike" : "unlike"}`);
  crew.each(planes, (z) => {
    const to = p + (reversed ? planes - 1 - z : z) * along;
    for (const c of [0, 1]) make(at, x, c, z, flux ? 1 : 0, to, stepY, stepX, box[axes[1]]!, box[axes[2]]!);
  });
}

/** Planes of the last map. */
export function planes({ from, to }: { from: number; to: number }): Float32Array {
  const { plan, box } = task;
  const plane = box[1] * box[2];
  const start = plan.grids[0]!.fields[2]! + 4 * from * plane;
  return new Float32Array(crew.memory.buffer, start, (to - from) * plane).slice();
}

/** A kernel for voxels that are alike or not. */
const kernel = (name: string): Kernel => crew.kernel(`${name}_${task.plan.alike ? "alike" : "unlike"}`);

/** Does something to both colours of each plane; the sum of what it gives. */
const overPlanes = (work: (c: number, plane: number) => number): number =>
  solver.sweep((plane) => work(0, plane) + work(1, plane)).total;

/** What reacting faces take at the potential 1, put into r; how many there are, by their area over that of a face across the flux. */
export function reactingFaces(): number {
  const { at, fields } = task.plan.grids[0]!;
  const [x, r] = fields as [number, number];
  const begin = kernel("begin");
  const react = kernel("react");
  overPlanes((c, plane) => begin(at, x, 1, c, plane) ?? 0);
  return overPlanes((c, plane) => react(at, x, r, c, plane));
}

/** Another rate of reaction for all grids. */
export function setReaction({ reaction }: { reaction: number }): void {
  task = { ...task, reaction };
  crew.alone(describe);
  solver.coarsen();
}

/** Solves for the right-hand side in r. @returns x·Ax */
export function solve({ tolerance }: { tolerance: number }): number {
  fill(task.plan.grids[0]!.fields[0]!, 0);
  return solver.solve(tolerance);
}

/** The first of Lanczos' vectors: x, scaled to the energy 1. */
export function firstVector({ energy }: { energy: number }): void {
  const { at, fields } = task.plan.grids[0]!;
  const [x, , , , last, before] = fields as number[] as [number, number, number, number, number, number];
  fill(before, 0);
  const combine = crew.kernel("combine");
  overPlanes((c, plane) => combine(at, last, 1 / Math.sqrt(energy), x, 0, x, 0, x, c, plane) ?? 0);
}

/**
 * The next of Lanczos' vectors, for the operator M⁻¹S, orthogonal in energy (S: reacting faces; M: conduction with the reaction).
 * @returns the new elements of the tridiagonal matrix
 */
export function nextVector({ beta, tolerance }: { beta: number; tolerance: number }): { alpha: number; beta: number } {
  const { at, fields } = task.plan.grids[0]!;
  const [x, r, , , last, before] = fields as number[] as [number, number, number, number, number, number];
  const react = kernel("react");
  const combine = crew.kernel("combine");
  const alpha = overPlanes((c, plane) => react(at, last, r, c, plane));
  fill(x, 0);
  solver.solve(tolerance);
  overPlanes((c, plane) => combine(at, x, 1, x, -alpha, last, -beta, before, c, plane) ?? 0);
  const next = Math.sqrt(Math.max(0, solver.energy(x)));
  overPlanes((c, plane) => combine(at, before, 1, last, 0, last, 0, last, c, plane) ?? 0);
  if (next > 0) overPlanes((c, plane) => combine(at, last, 1 / next, x, 0, x, 0, x, c, plane) ?? 0);
  return { alpha, beta: next };
}

/** Of each plane. */
export interface PlaneProfile {
  readonly voxels: Float64Array;
  /** Reacting faces, by their area over that of a face across the flux. */
  readonly faces: Float64Array;
  /** Σ potential, and Σ potential · reacting faces. */
  readonly potential: Float64Array;
  readonly taken: Float64Array;
}

export function profile(): PlaneProfile {
  const { plan } = task;
  const { at, fields, size } = plan.grids[0]!;
  const sums = new Float64Array(crew.memory.buffer, plan.sums, 10 * size[0]);
  const work = kernel("profilePlane");
  crew.each(size[0], (z) => {
    sums.fill(0, 4 * z, 4 * z + 4);
    for (const c of [0, 1]) work(at, fields[0]!, c, z, plan.sums + 32 * z);
  });
  const of = (n: number): Float64Array => Float64Array.from({ length: size[0] }, (_, z) => sums[4 * z + n]!);
  return { voxels: of(0), faces: of(1), potential: of(2), taken: of(3) };
}
