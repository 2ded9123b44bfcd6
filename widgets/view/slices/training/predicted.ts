/** Planes that a forest predicts: which are wanted, and what of them is there, be it of an older forest. */
import type { Axis } from "../../../../src/core/shape.js";
import type { PredictionShown } from "../../../protocol/training.js";
import type { SlicesState } from "../../../protocol.js";
import type { ModelHandle } from "../../handle.js";
import { type LoadedPlane, type PlaneKey, Planes } from "../planes.js";

/** A plane that is outdated for a shorter time is not hatched: it would flash after each stroke. */
const PATIENCE = 250;
/** Planes that are computed at a time. */
const AT_ONCE = 2;

/** Place of a plane, whatever layer it is of. */
export type PlaneAt = Pick<PlaneKey, "axis" | "index" | "level">;

export class Predicted {
  readonly #handle: ModelHandle<SlicesState>;
  readonly #planes: Planes;
  /** What was there last on each plane. */
  readonly #last = new Map<Axis, LoadedPlane>();
  #model: number;
  #outdatedSince = 0;
  readonly #ask: () => void;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(handle: ModelHandle<SlicesState>, ask: () => void, failed: (message: string) => void) {
    this.#handle = handle;
    this.#ask = ask;
    this.#model = handle.get("training")!.model;
    this.#planes = new Planes(handle, ask, failed, AT_ONCE);
  }

  get show(): PredictionShown {
    return this.#handle.get("prediction")!.show;
  }

  /** Called when the model's state has changed. */
  follow(): void {
    const { model, behind } = this.#handle.get("training")!;
    const outdated = behind || model !== this.#model;
    if (outdated && this.#outdatedSince === 0) {
      this.#outdatedSince = performance.now();
      clearTimeout(this.#later);
      this.#later = setTimeout(this.#ask, PATIENCE + 10);
    }
    if (model !== this.#model) {
      this.#model = model;
      this.#planes.forget("prediction", () => true);
    }
    this.#ask();
  }

  #keyOf({ axis, index, level }: PlaneAt): PlaneKey {
    const prediction = { model: this.#model, show: this.show };
    return { volume: 0, layer: "prediction", axis, index, level, planes: 1, mode: "mean", prediction };
  }

  /** Asks for planes, the most urgent first; what was asked for and is not among them is given up. */
  want(planes: readonly PlaneAt[]): void {
    const wished = this.#model === 0 || this.show === "scribbles" ? [] : planes.map((plane) => this.#keyOf(plane));
    this.#planes.wantOnly(wished);
  }

  /** Whether a plane of the newest forest is wanted and not there. */
  isMissing(place: PlaneAt): boolean {
    if (this.show === "scribbles") return false;
    return this.#model === 0 || this.#planes.get(this.#keyOf(place)) === undefined;
  }

  /** What is there of a plane: of the newest forest, else of an older one. */
  at(place: PlaneAt): LoadedPlane | undefined {
    if (this.show === "scribbles") return undefined;
    const now = this.#planes.get(this.#keyOf(place));
    if (now !== undefined) {
      this.#last.set(place.axis, now);
      return now;
    }
    const old = this.#last.get(place.axis);
    const same = old?.index === place.index && old.level === place.level && old.prediction!.show === this.show;
    return same ? old : undefined;
  }

  /** Whether a plane is of an older forest, or of older scribbles, and has been for more than a moment. */
  isOutdated(plane: LoadedPlane): boolean {
    const outdated = this.#handle.get("training")!.behind || plane.prediction!.model !== this.#model;
    return outdated && this.#outdatedSince > 0 && performance.now() - this.#outdatedSince > PATIENCE;
  }

  /** To be called when all planes that are shown are there. */
  complete(): void {
    if (!this.#handle.get("training")!.behind) this.#outdatedSince = 0;
  }

  dispose(): void {
    clearTimeout(this.#later);
    this.#planes.dispose();
  }
}
