/** Strokes as they are drawn: on the planes at once, to the kernel when they end, and again where a plane comes before it knows them. */
import { base64 } from "../../../../src/core/png.js";
import { AXES, type Region } from "../../../../src/core/shape.js";
import { boxOf, eachVoxel, encodeRuns, type Runs } from "../../../draw/runs.js";
import type { Edit, Limits } from "../../../protocol.js";
import { nextNumber } from "../../request-number.js";
import type { LoadedPlane, PlaneKey } from "../planes.js";
import type { Stage } from "../stage.js";

interface Stroke {
  readonly runs: Runs;
  readonly label: number;
  readonly limits: Limits;
}

/** Whether a plane goes through a box. */
const meets = ({ axis, index }: PlaneKey, { start, stop }: Region): boolean =>
  index >= start[AXES[axis]] && index < stop[AXES[axis]];

const within = (at: readonly number[], { start, stop }: Region): boolean =>
  at.every((n, k) => n >= start[k]! && n < stop[k]!);

/** Draws a stroke on a plane of labels. Reduced planes show the voxel at each corner, so it is exact there, too. */
function drawOn(plane: LoadedPlane, grey: LoadedPlane | undefined, { runs, label, limits }: Stroke): boolean {
  const box = boxOf(runs);
  if (box === undefined || !meets(plane, box)) return false;
  const k = AXES[plane.axis];
  const [a, b] = ([0, 1, 2] as const).filter((axis) => axis !== k) as [0 | 1 | 2, 0 | 1 | 2];
  const least = 2 ** plane.level - 1;
  const range = grey !== undefined && grey.level === 0 ? limits.grey : undefined;
  eachVoxel(runs, (...at: [number, number, number]) => {
    if (at[k] !== plane.index || (at[a] & least) !== 0 || (at[b] & least) !== 0) return;
    if (limits.region !== undefined && !within(at, limits.region)) return;
    const place = (at[a] >> plane.level) * plane.width + (at[b] >> plane.level);
    if (limits.only !== undefined && plane.values[place] !== limits.only) return;
    if (range !== undefined && !(grey!.values[place]! >= range[0] && grey!.values[place]! <= range[1])) return;
    plane.values[place] = label;
  });
  return true;
}

export class Strokes {
  readonly #stage: Stage;
  readonly #failed: (message: string) => void;
  /** What the kernel has not answered yet, the oldest first. */
  readonly #open = new Map<number, Stroke>();
  /** Pieces of the stroke that is being drawn. */
  #drawn: Stroke[] = [];
  readonly #stop: () => void;

  constructor(stage: Stage, failed: (message: string) => void) {
    this.#stage = stage;
    this.#failed = failed;
    this.#stop = stage.handle.onMessage((reply) => {
      if (reply.kind === "error" && this.#open.delete(reply.id)) {
        this.#failed(reply.message);
        stage.planes.forget("labels", () => true);
        stage.ask();
      }
      if (reply.kind !== "edited") return;
      this.#open.delete(reply.id);
      const { box } = reply;
      if (box !== null) stage.planes.forget("labels", (plane) => meets(plane, box));
      stage.ask();
    });
  }

  /** Draws a stroke, as far as it has come. */
  draw(stroke: Stroke): void {
    this.#drawn.push(stroke);
    const { planes } = this.#stage;
    planes.change("labels", (plane) => drawOn(plane, planes.get({ ...plane, layer: "grey" }), stroke));
    this.#stage.drawNow();
  }

  /** Tells the kernel of a whole stroke. */
  send({ runs, label, limits }: Stroke): void {
    const id = this.edit({ tool: "stroke", label, limits, runs: base64(encodeRuns(runs, this.#stage.volume.shape)) });
    this.#open.set(id, { runs, label, limits });
    this.#drawn = [];
  }

  /** Tells the kernel of any edit. @returns its number */
  edit(edit: Edit): number {
    const id = nextNumber();
    this.#stage.handle.send({ kind: "edit", id, edit });
    return id;
  }

  /** Draws what the kernel may not have known when it sent a plane. */
  arrived(plane: LoadedPlane): void {
    if (plane.layer !== "labels") return;
    for (const stroke of [...this.#open.values(), ...this.#drawn])
      drawOn(plane, this.#stage.planes.get({ ...plane, layer: "grey" }), stroke);
  }

  dispose(): void {
    this.#stop();
  }
}
