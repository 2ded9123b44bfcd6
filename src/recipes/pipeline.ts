import { extname } from "node:path";
import { disk, writeAtomically } from "../compute/atomic.js";
import { compute, passesOf, planTogether } from "../compute/chain.js";
import { chainIdentity, noteChain } from "../compute/identity.js";
import { copy } from "../compute/operations.js";
import { NeedsWhole, outlineOf, PlannedStore, unknownVolume, type Watch } from "../compute/planned.js";
import { checkTarget } from "../compute/result-file.js";
import { checkVolume, run } from "../compute/run.js";
import { checkResult } from "../compute/whole.js";
import type { ResultTable } from "../core/arrow/table.js";
import { InvalidArgument, UnsupportedFeature } from "../core/errors.js";
import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { Volume } from "../core/volume.js";
import { open } from "../io/open.js";
import { explain } from "./explain.js";
import { finishedChain } from "./finished-chain.js";
import { LazyVolume } from "./lazy-volume.js";
import { type Obstacle, planSteps } from "./plan-steps.js";
import { type Recipe, recipeOf, type Step, stepOf } from "./recipe.js";
import { type RunAllOptions, runAll } from "./run-all.js";
import type { StepFunction } from "./steps.js";

/** The arguments of a function after the volume. */
type Rest<F> = F extends (volume: Volume, ...rest: infer A) => Promise<Volume> ? A : never;
/** A step with arguments that its function takes. */
type Fitting<S> = S extends readonly [infer F extends StepFunction, ...unknown[]] ? readonly [F, ...Rest<F>] : S;

/** A function of the library, alone or with its arguments after the volume: `[median, { radius: 2 }]`. */
export type PipelineStep = StepFunction | readonly [StepFunction, ...unknown[]];

/**
 * Functions one after the other: {@link pipeline} makes one, {@link recipe} reads one. Its result has the bytes, the
 * provenance and the facts that calling the functions one after the other gives.
 */
export class Pipeline {
  readonly #steps: readonly Step[];

  /** @internal see {@link pipeline} */
  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  /** The chain as plain JSON: each step with its arguments, and the version of the library. */
  get recipe(): Recipe {
    return recipeOf(this.#steps);
  }

  toJSON(): Recipe {
    return this.recipe;
  }

  /** The names of the functions. */
  toString(): string {
    return this.#steps.map(({ name }) => name).join(" → ");
  }

  /**
   * Runs the chain on a scan. Each brick goes through as many steps as pays inside one thread, so that no volume is
   * written between them; {@link Pipeline.explain} tells which steps go together.
   *
   * Corrections of whole planes or sinograms (`removeRings`, `correctCupping`, …) need all of what comes before them,
   * which is computed for them; the last step's result goes to `to` without lying in memory. Of such a chain only the
   * steps from the last correction on are taken up again where a run was stopped; those before it are begun again. What
   * was finished is not.
   *
   * With `region` the result is that region of what the chain gives for the whole scan (and `crop` stands in its
   * provenance); with `mask` filters leave alone what lies outside, and `correctCupping` and `correctDrift` measure
   * inside.
   * @param scan a volume, or a path such as `open` takes
   * @throws InvalidArgument, before anything runs, if a step has no use for `mask`
   */
  async run(scan: Volume | string | readonly string[], options: RunOptions = {}): Promise<Volume> {
    checkOptions("run", options, RUN_OPTIONS);
    const { region, to, ...shared } = options;
    const { signal, memoryLimit } = options;
    const opened = scan instanceof Volume ? undefined : await open(scan, defined({ signal, memoryLimit }));
    const volume = opened ?? (scan as Volume);
    checkVolume("run", volume);
    // What has to be there before a later step can be planned; nobody else will release it.
    const between = new Set(opened === undefined ? [] : [opened.store]);
    let chain: string | undefined;
    const kept = (made: Volume): Volume => {
      if (made.store === volume.store) return made;
      between.add(made.store);
      if (chain !== undefined) noteChain(made, chain);
      return made;
    };
    let written: Volume | undefined;
    const obstacle: Obstacle = {
      compute: async (before) => {
        if (to !== undefined) await checkResult(to, volume);
        return kept(await compute(before, shared));
      },
      alone: async ({ needs, last }, before, call) => {
        if (!(to !== undefined && last && region === undefined && needs instanceof NeedsWhole))
          return kept(await call(before));
        written = await call(before, { to });
        return written;
      },
    };
    const planOf = async (on: Volume, obstacle: Obstacle): Promise<Volume> => {
      const plan = await planSteps(this.#steps, on, shared, obstacle);
      if (region === undefined) return plan;
      return run(copy, plan, {}, { region }, { provenance: trace("crop", { region }, { volume: plan }) });
    };
    if (volume.store instanceof PlannedStore) {
      const { watch } = volume.store;
      return planTogether(volume, options, (on) =>
        planOf(on, watch === undefined ? obstacle : lookingAhead(watch, options)),
      );
    }
    try {
      if (to !== undefined) {
        checkTarget(to);
        chain = chainIdentity(volume, { steps: this.recipe.steps, region }, options.mask);
        // A file does not hold known phases.
        const finished = volume.truth === undefined ? await finishedChain(to, chain) : undefined;
        if (finished !== undefined) return finished;
      }
      const plan = await planOf(volume, obstacle);
      const result = written ?? (await compute(plan, defined({ ...shared, to })));
      between.delete(result.store);
      return result;
    } finally {
      for (const store of between) store.release();
    }
  }

  /**
   * The result as a volume that is computed only where it is looked at: `await (await chain.lazy(scan)).plane("z", 40)`
   * computes that plane, with its true neighbours above and below. To look at a filter before all of a volume goes through it;
   * `preview` shows it. A function that is given such a volume only plans: to compute, there is `run`. A step that looks at the
   * result of the one before it as a whole (a noise level, a range) has to be given what it would find.
   * @param scan a volume
   * @throws UnsupportedFeature if a step looks at the voxels of the one before it, or works on whole planes or
   * sinograms
   */
  async lazy(scan: Volume, options: Omit<RunOptions, "region" | "to"> = {}): Promise<Volume> {
    checkVolume("lazy", scan);
    checkOptions("lazy", options, LAZY_OPTIONS);
    const plan = await planSteps(this.#steps, scan, options, {
      compute: (before, { step, needs }) =>
        Promise.reject(
          needs instanceof NeedsWhole ? worksOnWhole(step.name) : looksBehind(before.provenance.operation),
        ),
      alone: ({ step }) => Promise.reject(looksBehind(step.name)),
    });
    return new LazyVolume(plan, scan.range, (region) => this.run(scan, { ...options, region }));
  }

  /**
   * Runs the chain on each scan of a folder: its volume files and images, and its folders of slices. The results are
   * volume files of the same names in another folder. What a stopped or killed call has finished is not computed again.
   * @param folder folder of scans
   * @param to folder for the results; it is made if it is not there
   * @returns a table of the scans, their results, and the error of each scan that could not be worked on
   */
  runAll(folder: string, to: string, options: RunAllOptions = {}): Promise<ResultTable> {
    return runAll(this, folder, to, options);
  }

  /**
   * How the chain would go over a volume, without computing it: a row for each pass over the bricks, with the steps that
   * go together in it, the number of bricks, the memory of a thread, and why the steps do not go together with those
   * before them.
   */
  explain(volume: Volume, options: Pick<RunOptions, "region" | "mask" | "memoryLimit"> = {}): Promise<ResultTable> {
    checkVolume("explain", volume);
    checkOptions("explain", options, ["region", "mask", "memoryLimit"]);
    return explain(this.#steps, volume, options, this.recipe);
  }

  /** Saves the recipe as a JSON file, which {@link recipe} reads. @param path must end in `.json` */
  async save(path: string): Promise<void> {
    if (typeof path !== "string" || extname(path).toLowerCase() !== ".json")
      throw new InvalidArgument(`a recipe is saved as a .json file, got ${String(path)}`);
    const text = `${JSON.stringify(this.recipe, null, 2)}\n`;
    await writeAtomically(path, disk, (append) => append(new TextEncoder().encode(text)));
  }
}

const LAZY_OPTIONS = RUN_OPTIONS.filter((name) => name !== "region" && name !== "to");

const looksBehind = (name: string): UnsupportedFeature =>
  new UnsupportedFeature(
    `a step looks at the whole result of ${name}, which is not computed here; give it as an argument (noise, a range), or run the chain`,
  );

const worksOnWhole = (name: string): UnsupportedFeature =>
  new UnsupportedFeature(
    `${name} works on whole planes or sinograms, so nothing is computed only where it is looked at; run the chain, to try it on a crop`,
  );

/** For who watches a plan: of what is computed for a step only the facts are known. */
function lookingAhead(watch: Watch, options: RunOptions): Obstacle {
  const { to: _, ...between } = options;
  return {
    compute: async (before) => {
      for (const { stages } of passesOf(before, options)) watch.run(stages, between);
      return unknownVolume(outlineOf(before));
    },
    alone: async ({ needs, last }) => {
      if (!(needs instanceof NeedsWhole)) throw needs;
      watch.whole(needs.pass, last && options.region === undefined ? options : between);
      return unknownVolume(needs.pass.outline);
    },
  };
}

/** The options that are given. */
function defined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

/**
 * A chain of functions that goes brick by brick: `pipeline([median, { radius: 1 }], [gaussian, { sigma: 2 }], [threshold, 120])`.
 * Nothing runs until `run` is called.
 * @param steps functions that make a volume of a volume, alone or with their arguments after the volume. Options of the
 * whole run (`mask`, `workers`, `signal`, …) are given to `run`
 * @throws InvalidArgument for functions of your own and arguments that are no plain values: a recipe could not name them
 * @example
 * const clean = pipeline([median, { radius: um(0.8) }], [threshold, 120]);
 * const labels = await clean.run(scan);
 * await clean.save("clean.json");
 * await (await recipe("clean.json")).runAll("scans", "labels");
 */
export function pipeline<const S extends readonly PipelineStep[]>(
  ...steps: S & { readonly [K in keyof S]: Fitting<S[K]> }
): Pipeline {
  if (steps.length === 0)
    throw new InvalidArgument("pipeline needs at least one step, such as [median, { radius: 2 }]");
  return new Pipeline(steps.map((step, k) => stepOf(step, k + 1)));
}
