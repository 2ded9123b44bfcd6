/** Two volumes brought over each other, on the kernel's side: transform, landmarks, and what a cell reads of them. */
import type { Json } from "../../../kernel/comm.js";
import { gridMap, mapped } from "../../../src/core/affine.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { trace } from "../../../src/core/provenance.js";
import type { Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import { landmarkTransform } from "../../../src/register/landmark-transform.js";
import { checkAffine, Transform } from "../../../src/register/transform.js";
import {
  type AlignmentReply,
  type AlignmentState,
  MODELS,
  type Model,
  type PlacedFacts,
  type Side,
} from "../../protocol/alignment.js";
import { ActionLog } from "../log.js";
import { OwnWidget } from "../own-widget.js";
import { errorReply, serve } from "../planes.js";
import { factsOf, type Scene } from "../scene.js";
import { type Shown, View } from "../view.js";
import type { Refine } from "./alignment.js";
import type { AlignmentAction, Pair } from "./alignment-actions.js";
import { codeOf } from "./alignment-code.js";
import { complete, factsOfAlignment, type LandmarkResiduals, residualsOf } from "./alignment-facts.js";
import { alignmentShown } from "./alignment-picture.js";
import { alignmentAccepts, checkPoint, sectionAnswers, type Volumes } from "./alignment-requests.js";
import { linkCursors } from "./linked-cursors.js";

/** Pairs that one view takes. */
export const MOST_PAIRS = 500;

const placed = (volume: Volume, title: string): PlacedFacts => {
  const { spacing, origin, direction } = volume as Volume & { spacing: Triple };
  return { ...factsOf(volume, title), spacing, origin, direction };
};

/** How the view begins. */
export interface AlignmentStart extends Pick<AlignmentState, "windows" | "comparison" | "model" | "cursor" | "axis"> {
  readonly titles: Readonly<Record<Side, string>>;
  readonly transform: Transform;
  readonly pairs: readonly Pair[];
  readonly refine: Refine | undefined;
}

/** Two volumes brought over each other; made by {@link alignment}. */
export class Alignment extends View<AlignmentState> {
  readonly #volumes: Volumes;
  readonly #refine: Refine | undefined;
  #transform: Transform;
  #pairs: readonly Pair[];
  #refining: AbortController | undefined;
  readonly #log: ActionLog<AlignmentAction>;

  /** @internal */
  constructor(
    volumes: Volumes,
    scenes: Readonly<Record<Side, Scene>>,
    { titles, transform, pairs, refine, ...start }: AlignmentStart,
  ) {
    const { fixed, moving } = volumes;
    super(
      new OwnWidget<AlignmentState>(
        { model: "AlignmentModel", view: "AlignmentView" },
        {
          ...start,
          history: [0, 0],
          fixed: placed(fixed, titles.fixed),
          moving: placed(moving, titles.moving),
          refines: refine !== undefined,
        },
        alignmentAccepts(volumes),
      ),
    );
    this.#volumes = volumes;
    this.#refine = refine;
    this.#transform = transform;
    this.#pairs = pairs;
    this.#log = new ActionLog<AlignmentAction>(
      {
        transform: ({ from, to }, way) => this.#set({ transform: Transform.fromJSON(way === "do" ? to : from) }),
        landmarks: ({ from, to }, way) => this.#set({ pairs: way === "do" ? to : from }),
      },
      () => this.widget.update({ history: this.#log.lengths }),
    );
    const transformNow = (): Transform => this.#transform;
    serve(this.widget, { grey: fixed, others: sectionAnswers(volumes, transformNow) });
    const cursors = linkCursors(volumes, scenes, transformNow, (cursor) => {
      if (cursor.join() === this.widget.state.cursor.join()) return;
      this.widget.update({ cursor });
      this.#draw();
    });
    this.widget.onChange((names) => {
      if (names.includes("model")) this.#tell();
      if (names.includes("cursor")) cursors.moved(this.widget.state.cursor);
    });
    this.widget.onMessage((message) => this.#hear(message));
    this.widget.onEnd(() => {
      cursors.end();
      this.#refining?.abort();
    });
  }

  /** Where points of the fixed volume are in the moving one, as it was after the last gesture; `.inverse()` goes back. */
  get transform(): Transform {
    return this.#transform;
  }

  /** Shows another transform; a page follows. It can be undone there. */
  set transform(transform: Transform) {
    if (!(transform instanceof Transform))
      throw new InvalidArgument("transform: give one of landmarkTransform, Transform.affine or another view");
    this.#become(transform);
  }

  /** Pairs of landmarks that are complete: points in metres along z, y, x, each in the space of its own volume. */
  get landmarks(): { fixed: Triple[]; moving: Triple[] } {
    return complete(this.#pairs);
  }

  /**
   * How the landmarks agree, in metres: `each` under the transform as it is, `leaveOneOut` under the fit (of the model that is chosen) of
   * all others, with the root mean squares of both. NaN where landmarks are not enough.
   */
  get residuals(): LandmarkResiduals {
    return residualsOf(this.#transform, this.#pairs, this.widget.state.model);
  }

  /** What readers did, the oldest first, without what was taken back. */
  get actions(): readonly AlignmentAction[] {
    return structuredClone(this.#log.actions);
  }

  /** A cell that shows this view as it is now, with the transform in both directions; the volumes are called `fixed` and `moving`. */
  get code(): string {
    return codeOf(this.#transform, this.#pairs, this.widget.state, this.#refine !== undefined);
  }

  /**
   * Solves the transform from the landmarks, as the button of the view does.
   * @param model default: the one that is chosen in the view
   * @throws InvalidArgument if landmarks are not enough: what is missing is said
   */
  solve(model: Model = this.widget.state.model): Transform {
    const { fixed, moving } = complete(this.#pairs);
    this.#become(landmarkTransform(fixed, moving, { model }).transform);
    return this.#transform;
  }

  /** Takes back the last gesture. @returns false if there is none */
  undo(): Promise<boolean> {
    return this.#log.undo();
  }

  /** Does again what was taken back last. @returns false if there is none */
  redo(): Promise<boolean> {
    return this.#log.redo();
  }

  /** @internal */
  shown(): Promise<Shown> {
    return alignmentShown(this.#volumes, this.#transform, this.#pairs, this.widget.state);
  }

  #send(message: AlignmentReply): void {
    this.widget.send(message as unknown as Record<string, Json>);
  }

  #tell(): void {
    this.#send(factsOfAlignment(this.#transform, this.#pairs, this.widget.state.model));
  }

  #set({ transform = this.#transform, pairs = this.#pairs }: { transform?: Transform; pairs?: readonly Pair[] }): void {
    this.#transform = transform;
    this.#pairs = pairs;
    this.#tell();
    this.#draw();
  }

  #draw(): void {
    this.renew().catch((error: unknown) => this.#send(errorReply(0, error) as AlignmentReply));
  }

  #renewing: Promise<void> | undefined;
  #again = false;

  /** @internal Draws the picture in the notebook again; while one is drawn, at most one more waits. */
  override renew(): Promise<void> {
    this.#again = this.#renewing !== undefined;
    this.#renewing ??= super.renew().finally(() => {
      this.#renewing = undefined;
      if (this.#again) return this.renew();
      return undefined;
    });
    return this.#renewing;
  }

  /** Another transform, as an action. */
  #become(transform: Transform): void {
    const from = this.#transform.toJSON();
    this.#set({ transform });
    this.#log.add({ kind: "transform", from, to: transform.toJSON() });
  }

  /** Other landmarks, as an action. */
  #setPairs(pairs: readonly Pair[]): void {
    const from = this.#pairs;
    this.#set({ pairs });
    this.#log.add({ kind: "landmarks", from, to: pairs });
  }

  #hear(message: Record<string, Json>): void {
    const failed = (error: unknown): void => this.#send(errorReply(Number(message.id ?? 0), error) as AlignmentReply);
    try {
      const done = this.#doing(message);
      done?.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  #doing(message: Record<string, Json>): Promise<unknown> | undefined {
    const { kind, id } = message;
    if (kind === "about") this.#tell();
    else if (kind === "move") this.#move(message.map);
    else if (kind === "mark") this.#mark(message);
    else if (kind === "unmark") {
      const pair = this.#indexIn(message.pair);
      this.#setPairs(this.#pairs.filter((_, k) => k !== pair));
    } else if (kind === "solve") {
      if (!MODELS.includes(message.model as Model)) throw new InvalidArgument(`model ${JSON.stringify(message.model)}`);
      this.solve(message.model as Model);
    } else if (kind === "undo") return this.undo();
    else if (kind === "redo") return this.redo();
    else if (kind === "refine") return this.#startRefining();
    else if (kind === "stop") this.#refining?.abort(new Error("stopped"));
    else if (kind === "settled") return this.renew();
    else if (kind === "code") this.#send({ kind: "code", id: Number(id), text: this.code });
    return undefined;
  }

  /** The volume that is moved was dragged. */
  #move(map: Json | undefined): void {
    const step = checkAffine(map);
    this.#become(new Transform([step], trace("alignment", step, this.#volumes)));
  }

  #indexIn(pair: Json | undefined): number {
    if (!Number.isInteger(pair) || (pair as number) < 0 || (pair as number) >= this.#pairs.length)
      throw new InvalidArgument(`landmark pair ${JSON.stringify(pair)}; there are ${this.#pairs.length}, from 0 on`);
    return pair as number;
  }

  /** Sets a landmark: of a pair, else of the last one if it is not complete, else of a new one. */
  #mark({ side, at, pair }: Record<string, Json>): void {
    if (side !== "fixed" && side !== "moving") throw new InvalidArgument(`side ${JSON.stringify(side)}`);
    const place = checkPoint("a landmark", at);
    const point = side === "fixed" ? place : this.#transform.apply(place);
    const { spacing, shape } = this.#volumes[side] as Volume & { spacing: Triple };
    // Only a page that is not ours says such: far from any voxel numbers lose their digits.
    const middle = mapped(
      gridMap(this.#volumes[side] as Volume & { spacing: Triple }),
      shape.map((n) => n / 2) as unknown as Triple,
    );
    const size = Math.hypot(...shape.map((n, k) => n * spacing[k]!));
    if (!(Math.hypot(...point.map((n, k) => n - middle[k]!)) < 1e3 * size))
      throw new InvalidArgument(`a landmark far from the ${side} volume: ${point.join(", ")}`);
    const last = this.#pairs.length - 1;
    const open = last >= 0 && Object.values(this.#pairs[last]!).includes(null) ? last : last + 1;
    const index = pair === undefined ? open : this.#indexIn(pair);
    if (index >= MOST_PAIRS) throw new InvalidArgument(`more than ${MOST_PAIRS} pairs of landmarks`);
    const old = this.#pairs[index] ?? { fixed: null, moving: null };
    const pairs = [...this.#pairs];
    pairs[index] = { ...old, [side]: point };
    this.#setPairs(pairs);
  }

  async #startRefining(): Promise<void> {
    if (this.#refine === undefined)
      throw new InvalidArgument("this view has nothing that refines: alignment(…, { refine })");
    if (this.#refining !== undefined) throw new InvalidArgument("a refinement is running; stop it first");
    this.#refining = new AbortController();
    const { signal } = this.#refining;
    const { fixed, moving } = this.#volumes;
    const onProgress = ({ done, total }: { done: number; total: number }): void =>
      this.#send({ kind: "progress", done, total });
    try {
      const found = await this.#refine(fixed, moving, this.#transform, { signal, onProgress });
      if (!(found instanceof Transform)) throw new InvalidArgument("refine has to return a Transform");
      // A page that has stopped it does not want it any more, even if it came to its end.
      signal.throwIfAborted();
      this.#become(found);
      this.#send({ kind: "refined", said: "refined" });
    } catch (error) {
      if (!signal.aborted) throw error;
      this.#send({ kind: "refined", said: "stopped; the transform is as it was" });
    } finally {
      this.#refining = undefined;
    }
  }
}
