/** Trainable segmentation on the kernel's side: what the page asks for, and what a cell reads. */
import type { Json } from "../../../kernel/comm.js";
import { quietly } from "../../../src/compute/progress.js";
import { isVoxbookError, MissingData } from "../../../src/core/errors.js";
import { checkOptions, RUN_OPTIONS, type RunOptions } from "../../../src/core/options.js";
import { checkRegion, type Region, type Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { Forest, ForestScore } from "../../../src/segment/forest.js";
import { type PredictForestOptions, predictForest } from "../../../src/segment/predict-forest.js";
import { countPhases } from "../../../src/statistics/phase-counts.js";
import type { TrainingChoice, TrainingReply } from "../../protocol/training.js";
import type { LabelEditor } from "../labels/label-editor.js";
import type { Scene } from "../scene.js";
import type { SlicesOptions } from "../slices/slices.js";
import { Slices } from "../slices/slices-view.js";
import { trainableCode } from "./code.js";
import type { Trainer } from "./trainer.js";

/** The picture in the notebook is drawn when nothing has been trained or predicted for so long. */
const PAUSE = 400;

/** Slices that one scribbles on, and what a forest learns from that; made by {@link trainable}. */
export class Trainable extends Slices {
  readonly #trainer: Trainer;
  /** Options of the call. */
  readonly #call: object;
  #stop: AbortController | undefined;

  /** @internal */
  constructor(
    scan: Volume,
    scene: Scene,
    options: Omit<SlicesOptions, "edit" | "names">,
    editor: LabelEditor,
    trainer: Trainer,
    call: object,
    choice: TrainingChoice,
  ) {
    super(scan, scene, options, {}, editor, trainer, choice);
    this.#trainer = trainer;
    this.#call = call;
    trainer.changed = (training) => {
      const before = this.widget.state.training?.model;
      this.widget.update({ training });
      if (training.model === before) return;
      this.#report();
      void this.scene.renew();
    };
    const live = (): boolean => this.widget.state.prediction?.live === true;
    const stopListening = editor.onChange(() => trainer.scribbled(live()));
    this.widget.onChange((names) => {
      if (names.includes("prediction") && live() && trainer.state.behind) void trainer.train(false);
    });
    this.widget.onMessage((request) => this.#heed(request));
    this.widget.onEnd(() => {
      stopListening();
      this.#stop?.abort();
      trainer.close();
    });
  }

  #send(reply: TrainingReply): void {
    this.widget.send(reply as unknown as Record<string, Json>);
  }

  #report(): void {
    const { report } = this.#trainer;
    if (report !== undefined) this.#send({ kind: "report", ...report });
  }

  /** What the page asks for; it may be anything. */
  #heed(request: Record<string, Json>): void {
    const id = Number(request.id);
    if (request.kind === "train") void this.#trainer.train(request.full === true);
    else if (request.kind === "report") this.#report();
    else if (request.kind === "stopPredicting") this.#stop?.abort();
    else if (request.kind === "predict") this.#answer(id, () => this.#predict(id, request.region));
    else if (request.kind === "leastCertain")
      this.#answer(id, async () => {
        const { at, uncertainty } = await this.#trainer.leastCertain();
        this.#send({ kind: "leastCertain", id, at, uncertainty });
      });
  }

  #answer(id: number, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      const stopped = error instanceof DOMException && error.name === "AbortError" && !isVoxbookError(error);
      const message = stopped
        ? "stopped, or outdated by a newer forest"
        : error instanceof Error
          ? error.message
          : String(error);
      this.#send({ kind: "error", id, message });
    });
  }

  /** Predicts a box or everything for the page, and counts the voxels of each phase. */
  async #predict(id: number, box: Json | undefined): Promise<void> {
    const region = box === null || box === undefined ? undefined : (box as unknown as Region);
    if (region !== undefined) checkRegion(region, this.volume.shape);
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    const { signal } = stop;
    const labels = await quietly(() =>
      this.#trainer.labels(region, {
        signal,
        onProgress: ({ done, total }) => this.#send({ kind: "predicting", id, done, total }),
      }),
    );
    const { phases, voxels } = await quietly(() => countPhases("trainable", labels, { signal }));
    const counted = phases.map(({ label }, k) => ({ label, count: voxels[k]! }));
    const { model } = this.#trainer.state;
    this.#send({ kind: "predicted", id, model, region: region ?? null, voxels: counted });
  }

  /** The newest forest: trained on the scribbles that there were when the reader last stopped painting. @throws MissingData if there is none */
  get forest(): Forest {
    return this.#trainer.newest.forest;
  }

  /** How right the newest forest is on scribbles that were held out; undefined where none were. */
  get score(): ForestScore | undefined {
    return this.#trainer.forest?.score;
  }

  /** The scribbles as a labels volume of their own, 0 where nothing was scribbled. Cost O(n); memory n voxels. */
  scribbles(): Promise<Volume> {
    return this.labels();
  }

  /**
   * Trains with all trees on the scribbles that there are now, as the button Update does.
   * @throws MissingData if fewer than two phases are scribbled
   */
  async train(): Promise<Forest> {
    await this.#trainer.train(true);
    await this.#trainer.settled();
    const { behind, hint } = this.#trainer.state;
    if (behind || hint !== "") throw new MissingData(`trainable: ${hint || "scribbles have changed meanwhile"}`);
    return this.forest;
  }

  /**
   * What the newest forest says of the whole volume, or of a region: labels, a probability or the uncertainty, as by
   * {@link predictForest}. Labels that the view has predicted already cost nothing.
   */
  async predict(options: PredictForestOptions = {}): Promise<Volume> {
    checkOptions("predict", options, ["output", "phase", ...RUN_OPTIONS]);
    await this.#trainer.settled();
    const names = Object.keys(options) as (keyof (PredictForestOptions & RunOptions))[];
    const plain = names.every((name) => name === "region" || name === "signal" || name === "onProgress");
    if (!plain) return predictForest(this.volume, this.forest, options);
    const { region, ...rest } = options;
    if (region !== undefined) checkRegion(region, this.volume.shape);
    return this.#trainer.labels(region, rest);
  }

  /**
   * Goes to where the newest forest is least certain, and on to the next such place each time. The uncertainty, 1 − (p₁ − p₂), is
   * known on 3 to 16 planes across z, evenly spaced, and counts as its mean over 9 × 9 voxels; places are at least a sixteenth of
   * the longest side apart, and 8 voxels.
   * @returns the cursor, `[z, y, x]`
   */
  async leastCertain(): Promise<Triple> {
    const { at } = await this.#trainer.leastCertain();
    this.scene.set({ cursor: at });
    return at;
  }

  override get code(): string {
    const { forest } = this.#trainer;
    return trainableCode(this, this.#call, forest === undefined ? undefined : this.#trainer.newest.options);
  }

  override async renew(): Promise<void> {
    await this.#trainer.resting(PAUSE);
    await super.renew();
  }
}
