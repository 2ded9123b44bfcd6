/** Trains forests on scribbles as they come, and predicts planes of the newest one. It works in the pool; the newest wish wins. */
import { quietly } from "../../../src/compute/progress.js";
import { InvalidArgument, isVoxbookError, MissingData } from "../../../src/core/errors.js";
import { AXES, type Axis, type Region, sameShape } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { Forest } from "../../../src/segment/forest.js";
import type { KnownFeatures } from "../../../src/segment/known-features.js";
import { type PredictForestOptions, predictForest } from "../../../src/segment/predict-forest.js";
import type { PredictionShown, TrainingReport, TrainingState } from "../../protocol/training.js";
import type { LabelEditor } from "../labels/label-editor.js";
import type { PlaneValues } from "../reduced.js";
import { type Doubt, Doubts, planesLookedAt } from "./least-certain.js";
import { type GrowOptions, phasesOf, type Trained, trained } from "./lesson.js";

/** Why something ended that a newer wish has replaced. */
const outdated = (): DOMException => new DOMException("a newer forest is being trained", "AbortError");

/** Planes that are kept, so that the picture in the notebook needs none anew. */
const KEPT = 24;
/** Features in the report. */
const TOLD = 8;

/** Options of `trainForest` for the forests after each stroke, and for those with all trees. */
export interface TrainerOptions {
  readonly quick: GrowOptions;
  readonly full: GrowOptions;
}

/** The options of `predictForest` for what is shown. */
export function predictionOptions(show: Exclude<PredictionShown, "scribbles">): PredictForestOptions {
  if (show === "labels" || show === "uncertainty") return { output: show };
  return { output: "probability", phase: show };
}

interface Predicted {
  readonly model: number;
  readonly region: Region | undefined;
  readonly labels: Volume;
}

export class Trainer {
  readonly scan: Volume;
  readonly editor: LabelEditor;
  readonly #known: KnownFeatures;
  readonly #options: TrainerOptions;
  #state: TrainingState = { model: 0, busy: false, behind: false, hint: "" };
  #newest: (Trained & { readonly full: boolean; readonly seconds: number }) | undefined;
  /** Ends the training that waits or is under way, and the predictions of forests before it. */
  #training: AbortController | undefined;
  #turn: Promise<void> = Promise.resolve();
  readonly #predicting = new Set<AbortController>();
  readonly #planes = new Map<string, PlaneValues>();
  /** The last labels of everything, and of a box. */
  #whole: Predicted | undefined;
  #box: Predicted | undefined;
  #doubts: { readonly model: number; readonly found: Promise<Doubts> } | undefined;
  #lastWork = 0;

  /** Called when the state has changed. */
  changed: (state: TrainingState) => void = () => undefined;

  constructor(scan: Volume, editor: LabelEditor, known: KnownFeatures, options: TrainerOptions) {
    this.scan = scan;
    this.editor = editor;
    this.#known = known;
    this.#options = options;
  }

  get state(): TrainingState {
    return this.#state;
  }

  /** The newest forest. @throws MissingData if there is none */
  get newest(): Trained {
    if (this.#newest === undefined)
      throw new MissingData(
        `no forest has been trained yet: ${this.#state.hint || "scribble some voxels of two phases"}`,
      );
    return this.#newest;
  }

  get forest(): Forest | undefined {
    return this.#newest?.forest;
  }

  #set(changes: Partial<TrainingState>): void {
    this.#state = { ...this.#state, ...changes };
    this.changed(this.#state);
  }

  /** Scribbles have changed: what is being trained or predicted is outdated. */
  scribbled(live: boolean): void {
    this.#set({ behind: true });
    if (live) void this.train(false);
  }

  /** Trains on the scribbles that there are now; a training before it ends without a forest. Errors stand in the state's hint. */
  train(full: boolean): Promise<void> {
    const controller = new AbortController();
    this.#training?.abort(outdated());
    for (const prediction of this.#predicting) prediction.abort(outdated());
    this.#training = controller;
    this.#turn = this.#turn.then(async () => {
      if (controller.signal.aborted) return;
      try {
        this.#set({ busy: true });
        await quietly(() => this.#train(full, controller.signal));
      } catch (error) {
        if (!controller.signal.aborted) this.#set({ hint: error instanceof Error ? error.message : String(error) });
      } finally {
        this.#lastWork = performance.now();
        if (this.#training === controller) {
          this.#training = undefined;
          this.#set({ busy: false });
        }
      }
    });
    return this.#turn;
  }

  async #train(full: boolean, signal: AbortSignal): Promise<void> {
    const begin = performance.now();
    const scribbled = await this.editor.labelled();
    const phases = this.editor.now.phases!;
    const [first, ...others] = phasesOf(scribbled, phases).phases;
    if (others.length === 0) {
      this.#set({ hint: first === undefined ? "scribble some voxels of two phases" : secondPhase(first.name) });
      return;
    }
    signal.throwIfAborted();
    const options = full ? this.#options.full : this.#options.quick;
    // A thread that is stopped in the middle of a tree has to start anew, which takes longer than a few trees do.
    const made = await trained(this.#known, scribbled, phases, options, { signal }, full ? { signal } : {});
    signal.throwIfAborted();
    this.#newest = { ...made, full, seconds: (performance.now() - begin) / 1000 };
    this.#planes.clear();
    this.#set({ model: this.#state.model + 1, behind: false, hint: "" });
  }

  /** Ends when nothing is being trained. */
  async settled(): Promise<void> {
    for (let turn = this.#turn; ; turn = this.#turn) {
      await turn;
      if (turn === this.#turn) return;
    }
  }

  /** Ends when nothing has been trained or predicted for a while. */
  async resting(pause: number): Promise<void> {
    for (;;) {
      await this.settled();
      const rest = this.#lastWork + pause - performance.now();
      if (this.#predicting.size === 0 && rest <= 0) return;
      await new Promise((done) => setTimeout(done, Math.max(20, rest)).unref());
    }
  }

  /** What is known of the newest forest. */
  get report(): TrainingReport | undefined {
    if (this.#newest === undefined) return undefined;
    const { forest, full, seconds, scribbled } = this.#newest;
    const { score } = forest;
    const overlaps = score === undefined ? [] : Array.from(score.table.getChild("IoU")!, Number);
    const [names, shares] = ["feature", "importance"].map((name) =>
      [...forest.importance.getChild(name)!].slice(0, TOLD),
    );
    return {
      ...{ model: this.#state.model, full, trees: forest.trees, seconds, scribbled },
      accuracy: score?.accuracy ?? null,
      overlap: forest.phases.map(({ label }, k) => ({
        label,
        value: Number.isFinite(overlaps[k]) ? overlaps[k]! : null,
      })),
      importance: names!.map((name, k) => [String(name), Number(shares![k])]),
    };
  }

  /**
   * A plane of what the newest forest predicts, as soon as nothing is being trained.
   * @param model the forest that is meant; undefined: whatever is the newest
   * @returns undefined if that is no longer, or not yet, the newest one
   */
  async plane(
    show: Exclude<PredictionShown, "scribbles">,
    axis: Axis,
    index: number,
    signal?: AbortSignal,
    model?: number,
  ): Promise<PlaneValues | undefined> {
    for (;;) {
      await this.settled();
      signal?.throwIfAborted();
      const { model: now } = this.#state;
      if (this.#newest === undefined || (model !== undefined && model !== now)) return undefined;
      const kept = `${show} ${axis} ${index}`;
      const known = this.#planes.get(kept) ?? (await this.#planeOfVolume(show, axis, index));
      if (known !== undefined) return known;
      const controller = new AbortController();
      try {
        const plane = await this.#predictPlane(show, axis, index, this.#joined(controller, signal));
        if (now === this.#state.model) this.#keep(kept, plane);
        return plane;
      } catch (error) {
        // A newer forest comes: it is asked when it is there.
        if (!controller.signal.aborted || signal?.aborted) throw error;
      } finally {
        this.#ended(controller);
      }
    }
  }

  /** A signal for something that a new training ends. */
  #joined(controller: AbortController, signal: AbortSignal | undefined): AbortSignal {
    this.#predicting.add(controller);
    return signal === undefined ? controller.signal : AbortSignal.any([controller.signal, signal]);
  }

  #ended(controller: AbortController): void {
    this.#predicting.delete(controller);
    this.#lastWork = performance.now();
  }

  async #predictPlane(
    show: Exclude<PredictionShown, "scribbles">,
    axis: Axis,
    index: number,
    signal: AbortSignal,
  ): Promise<PlaneValues> {
    const { shape } = this.scan;
    const k = AXES[axis];
    const [height, width] = shape.filter((_, along) => along !== k) as [number, number];
    const { forest } = this.newest;
    // A phase that the forest has not seen: it says so of no voxel.
    if (typeof show === "number" && !forest.phases.some(({ label }) => label === show))
      return { values: new Float32Array(height * width), height, width };
    const start = [0, 0, 0].map((n, along) => (along === k ? index : n)) as unknown as Region["start"];
    const stop = shape.map((n, along) => (along === k ? index + 1 : n)) as unknown as Region["stop"];
    const options = { ...predictionOptions(show), region: { start, stop }, signal };
    const made = await quietly(() => predictForest(this.scan, forest, options));
    try {
      return { values: await made.read(), height, width };
    } finally {
      made.store.release();
    }
  }

  #keep(key: string, plane: PlaneValues): void {
    this.#planes.set(key, plane);
    for (const old of this.#planes.keys()) {
      if (this.#planes.size <= KEPT) break;
      this.#planes.delete(old);
    }
  }

  /** Once the whole volume is predicted its planes are there already. */
  async #planeOfVolume(show: PredictionShown, axis: Axis, index: number): Promise<PlaneValues | undefined> {
    if (show !== "labels" || this.#whole?.model !== this.#state.model) return undefined;
    return this.#whole.labels.plane(axis, index);
  }

  /**
   * Labels of a box or of the whole volume by the newest forest. The last ones are kept, and are asked for again without work.
   * A new training ends it, and so does the signal.
   */
  async labels(
    region: Region | undefined,
    options: Pick<PredictForestOptions, "signal" | "onProgress">,
  ): Promise<Volume> {
    await this.settled();
    const { forest } = this.newest;
    const { model } = this.#state;
    const known = region === undefined ? this.#whole : this.#box;
    if (known?.model === model && sameRegion(known.region, region)) return known.labels;
    const controller = new AbortController();
    const { signal, ...rest } = options;
    try {
      const all = { ...rest, signal: this.#joined(controller, signal), ...(region && { region }) };
      const labels = await predictForest(this.scan, forest, all);
      if (region === undefined) this.#whole = { model, region, labels };
      else this.#box = { model, region, labels };
      return labels;
    } finally {
      this.#ended(controller);
    }
  }

  /** Another place where the newest forest is least certain. @throws InvalidArgument when there is none left */
  async leastCertain(signal?: AbortSignal): Promise<Doubt> {
    for (;;) {
      await this.settled();
      signal?.throwIfAborted();
      void this.newest;
      const { model } = this.#state;
      if (this.#doubts?.model !== model) {
        const found = this.#lookForDoubts(model);
        this.#doubts = { model, found };
        found.catch(() => {
          if (this.#doubts?.found === found) this.#doubts = undefined;
        });
      }
      try {
        const doubt = (await this.#doubts.found).next();
        if (doubt !== undefined) return doubt;
      } catch (error) {
        if (model === this.#state.model && !isOutdated(error)) throw error;
        continue;
      }
      throw new InvalidArgument(
        "all places where the forest may be uncertain have been shown; scribble, or train again",
      );
    }
  }

  async #lookForDoubts(model: number): Promise<Doubts> {
    const doubts = new Doubts(this.scan.shape);
    for (const index of planesLookedAt(this.scan.shape)) {
      const plane = await this.plane("uncertainty", "z", index, undefined, model);
      if (plane === undefined) throw outdated();
      doubts.add(index, plane);
    }
    return doubts;
  }

  /** Ends everything. */
  close(): void {
    this.#training?.abort(outdated());
    for (const prediction of this.#predicting) prediction.abort(outdated());
  }
}

const secondPhase = (name: string): string => `scribble a second phase: so far there is only ${name}`;

const isOutdated = (error: unknown): boolean =>
  !isVoxbookError(error) && error instanceof DOMException && error.name === "AbortError";

const sameRegion = (a: Region | undefined, b: Region | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && sameShape(a.start, b.start) && sameShape(a.stop, b.stop));
