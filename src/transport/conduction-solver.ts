/**
 * Conjugate gradients with a multigrid cycle before each step, as one member of a team does them: kernels of assembly/conduction.ts and
 * coarse-grid.ts, a plane at a time. Sums are made plane by plane and added up in the order of planes, so that it does not show who
 * took which.
 *
 * The cycle: a sweep over the red and one over the black voxels, what is then wrong at the red ones goes to the next grid, comes back from it,
 * and black and red follow; on coarse grids twice as many sweeps. That the way back is the way forth reversed makes the
 * cycle symmetric, as conjugate gradients need it.
 */
import type { Crew } from "../compute/crew.js";
import { ComputeFailed } from "../core/errors.js";
import { type ConductionPlan, FLAGS, type Grid } from "./conduction-plan.js";

/** Coarse grids of fewer voxels are left to one thread. */
const SHARED_VOXELS = 40_000;
const COARSE_SWEEPS = 2;
const LAST_SWEEPS = 8;
const MOST_SOLVING = 1000;

export type Kernel = (...numbers: number[]) => number;

/** The state of a solution, alike in all members. */
export interface Balance {
  /** What flows through each face along z, from the one before the first plane to the one behind the last. */
  readonly fluxes: Float64Array;
  /** Their mean along z, and their largest difference. */
  readonly mean: number;
  readonly difference: number;
}

/** What {@link ConductionSolver.check} finds. */
export interface ExactBalance extends Balance {
  /** Σ g·(difference of potentials)² over all faces, which is right to the square of what the fluxes are wrong by. */
  readonly dissipated: number;
  /** Σ of what flows over all faces towards the next voxels along y and x, divided by their weight. */
  readonly sideways: readonly [y: number, x: number];
  /** What flows on from each plane to the next, from the faces alone. */
  readonly onward: Float64Array;
}

/** What {@link ConductionSolver.step} comes to. */
export interface Step extends Balance {
  /**
   * Before the step, about Σ g·(difference of what potentials are wrong by)² over all faces: the fluxes of planes can be alike by
   * chance, and this cannot be small by chance.
   */
  readonly product: number;
}

export class ConductionSolver {
  readonly #crew: Crew;
  readonly #plan: ConductionPlan;
  readonly #sums: Float64Array;
  /** Two sets, used in turn: who writes the one knows that all have read it since. */
  readonly #planeSums: readonly [Float64Array, Float64Array];
  readonly #fine: Grid;
  #turn: 0 | 1 = 0;
  #last = 0;
  #begun = false;

  constructor(crew: Crew, plan: ConductionPlan) {
    this.#crew = crew;
    this.#plan = plan;
    this.#fine = plan.grids[0]!;
    const { buffer } = crew.memory;
    const planes = plan.grids[0]!.size[0];
    this.#sums = new Float64Array(buffer, plan.sums, planes * 10);
    const room = Math.max(planes, 2);
    const sets = plan.sums + planes * 80;
    this.#planeSums = [new Float64Array(buffer, sets, room), new Float64Array(buffer, sets + 8 * room, room)];
  }

  get x(): number {
    return this.#fine.fields[0]!;
  }

  get r(): number {
    return this.#fine.fields[1]!;
  }

  #kernel(name: string): Kernel {
    return this.#crew.kernel(`${name}_${this.#plan.alike ? "alike" : "unlike"}`);
  }

  /** Calls a kernel for all parts; what it answers for each, and the sum of it in their order. */
  sweep(work: (part: number) => number, parts = this.#fine.size[0]): { sums: Float64Array; total: number } {
    const sums = this.#planeSums[this.#turn];
    this.#turn = this.#turn === 0 ? 1 : 0;
    this.#crew.each(parts, (part) => {
      sums[part] = work(part);
    });
    let total = 0;
    for (let part = 0; part < parts; part++) total += sums[part]!;
    return { sums, total };
  }

  /** Makes the coarse grids. */
  coarsen(): void {
    const { grids, alike } = this.#plan;
    for (const [k, grid] of grids.entries()) {
      const next = grids[k + 1];
      if (next === undefined) break;
      const suffix = k > 0 ? "coarse" : alike ? "alike" : "unlike";
      const faces = this.#crew.kernel(`coarsenFaces_${suffix}`);
      const sums = this.#crew.kernel(`coarsenSums_${suffix}`);
      this.#crew.each(next.size[0] + 1, (z) => faces(grid.at, next.at, z));
      this.#crew.each(next.size[0], (z) => sums(grid.at, next.at, z));
    }
  }

  /** What is wrong with each voxel, in float64 from the potentials as they are; the iteration begins anew from there. */
  check(): ExactBalance {
    const { at, size } = this.#fine;
    const planes = size[0];
    const crew = this.#crew;
    if ((this.#plan.flags & FLAGS.aroundX) !== 0) {
      const wrap = crew.kernel("wrapPlane");
      crew.each(planes, (z) => {
        for (const c of [0, 1]) wrap(at, this.x, c, z);
      });
    }
    const balance = this.#kernel("balance");
    const { sums } = this.#plan;
    crew.each(planes, (z) => {
      for (const c of [0, 1]) {
        const to = (c * planes + z) * 5;
        this.#sums.fill(0, to, to + 5);
        balance(at, this.x, this.r, c, z, sums + 8 * to);
      }
    });
    const totals = (n: number): Float64Array =>
      Float64Array.from({ length: planes }, (_, z) => this.#sums[z * 5 + n]! + this.#sums[(planes + z) * 5 + n]!);
    const [left, work, onward, alongY, alongX] = [0, 1, 2, 3, 4].map(totals) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const inflow = this.#inflow();
    this.#begun = false;
    const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
    return {
      ...this.#balanceOf(inflow, left),
      dissipated: inflow - sum(work),
      sideways: [sum(alongY), sum(alongX)],
      onward,
    };
  }

  #inflow(): number {
    const inflow = this.#kernel("inflowFirst");
    return this.sweep((c) => inflow(this.#fine.at, this.x, c), 2).total;
  }

  /** Fluxes from the inflow and what remains in each plane. */
  #balanceOf(inflow: number, left: Float64Array): Balance {
    const planes = left.length;
    const fluxes = new Float64Array(planes + 1);
    fluxes[0] = inflow;
    for (let z = 0; z < planes; z++) fluxes[z + 1] = fluxes[z]! - left[z]!;
    let mean = (fluxes[0]! + fluxes[planes]!) / 2;
    for (let z = 1; z < planes; z++) mean += fluxes[z]!;
    mean /= planes;
    const most = fluxes.reduce((a, b) => Math.max(a, b));
    const least = fluxes.reduce((a, b) => Math.min(a, b));
    return { fluxes, mean, difference: most - least };
  }

  /** One step of conjugate gradients; undefined where there is no way to go. */
  step(): Step | undefined {
    const crew = this.#crew;
    const { at, fields, size } = this.#fine;
    const [x, r, p, z] = fields as [number, number, number, number];
    const planes = size[0];
    const product = this.#cycle();
    if (!(product > 0)) return undefined;
    const beta = this.#begun ? product / this.#last : 0;
    this.#last = product;
    this.#begun = true;
    const turn = crew.kernel("turn");
    crew.each(planes, (plane) => {
      for (const c of [0, 1]) turn(at, p, z, beta, c, plane);
    });
    const dissipated = this.#kernel("dissipated");
    const energy = this.sweep((plane) => dissipated(at, p, 0, plane) + dissipated(at, p, 1, plane)).total;
    if (!(energy > 0)) return undefined;
    const way = product / energy;
    const advance = this.#kernel("advance");
    const advanced = (plane: number): number => {
      const red = advance(at, p, x, r, way, 0, plane);
      return red + advance(at, p, x, r, way, 1, plane);
    };
    const left = this.sweep(advanced).sums.slice(0, planes);
    return { ...this.#balanceOf(this.#inflow(), left), product };
  }

  /**
   * Solves for the right-hand side in r, from x = 0, until what the potentials are wrong by has fallen to `tolerance` of what they
   * were; x·Ax, which falls short of the truth by the square of that.
   * @throws ComputeFailed if that is not reached
   */
  solve(tolerance: number): number {
    this.#begun = false;
    let first: number | undefined;
    for (let n = 0; ; n++) {
      const step = this.step();
      if (step === undefined) break;
      first ??= step.product;
      if (step.product <= first * tolerance ** 2) break;
      if (n === MOST_SOLVING)
        throw new ComputeFailed(
          `potentials of an electrode: after ${n} steps they may still be wrong by ${Math.sqrt(step.product / first).toExponential(1)} of what they are, and not by ${tolerance.toExponential(1)}; give a larger tolerance, or resample(…) long or flat voxels to cubes`,
        );
    }
    return this.energy(this.x);
  }

  /** Σ v·Av of a field. */
  energy(field: number): number {
    const { at } = this.#fine;
    const wrap = this.#crew.kernel("wrapPlane");
    this.#crew.each(this.#fine.size[0], (plane) => {
      for (const c of [0, 1]) wrap(at, field, c, plane);
    });
    const dissipated = this.#kernel("dissipated");
    return this.sweep((plane) => dissipated(at, field, 0, plane) + dissipated(at, field, 1, plane)).total;
  }

  /** z = an approximate solution for the right-hand side r; r·z. */
  #cycle(): number {
    const { at, fields, size } = this.#fine;
    const [, r, , z] = fields as [number, number, number, number];
    const planes = size[0];
    const crew = this.#crew;
    const divide = this.#kernel("divide");
    const relax = this.#kernel("relax");
    const next = this.#plan.grids[1];
    crew.each(planes, (plane) => divide(at, z, r, 0, plane));
    if (next !== undefined) {
      crew.each(planes, (plane) => relax(at, z, r, 1, plane));
      const restrict = this.#kernel("restrict");
      const scratch = this.#plan.scratch[crew.member]!;
      crew.each(next.size[0], (plane) => restrict(at, z, r, next.at, next.fields[1]!, plane, scratch));
      this.#coarseCycle(1);
      const prolong = this.#kernel("prolong");
      crew.each(planes, (plane) => prolong(at, z, next.at, next.fields[0]!, plane));
    }
    const black = this.sweep((plane) => relax(at, z, r, 1, plane)).total;
    return black + this.sweep((plane) => relax(at, z, r, 0, plane)).total;
  }

  #coarseCycle(k: number): void {
    const { size } = this.#plan.grids[k]!;
    if (size[0] * size[1] * size[2] < SHARED_VOXELS) this.#crew.alone(() => this.#coarseSweeps(k));
    else this.#coarseSweeps(k);
  }

  #coarseSweeps(k: number): void {
    const crew = this.#crew;
    const { at, size, fields } = this.#plan.grids[k]!;
    const [found, b] = fields as [number, number];
    const next = this.#plan.grids[k + 1];
    const relax = crew.kernel("relaxCoarse");
    const divide = crew.kernel("divideCoarse");
    const over = (colour: number): void => crew.each(size[0], (plane) => relax(at, found, b, colour, plane));
    const sweeps = next === undefined ? LAST_SWEEPS : COARSE_SWEEPS;
    crew.each(size[0], (plane) => divide(at, found, b, 0, plane));
    over(1);
    for (let n = 1; n < sweeps; n++) {
      over(0);
      over(1);
    }
    if (next !== undefined) {
      const restrict = crew.kernel("restrict_coarse");
      const prolong = crew.kernel("prolong_coarse");
      const scratch = this.#plan.scratch[crew.member]!;
      crew.each(next.size[0], (plane) => restrict(at, found, b, next.at, next.fields[1]!, plane, scratch));
      this.#coarseCycle(k + 1);
      crew.each(size[0], (plane) => prolong(at, found, next.at, next.fields[0]!, plane));
    }
    for (let n = 0; n < sweeps; n++) {
      over(1);
      over(0);
    }
  }
}
