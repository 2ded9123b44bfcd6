/**
 * A headset: the volume at arm's length. The grip of a hand takes it along, both grips pull it larger; the trigger moves the clip plane
 * that is nearest to the hand; between the hands stands their distance in the volume.
 */
import vtkHelper from "@kitware/vtk.js/Rendering/WebXR/RenderWindowHelper.js";
import { clipBox } from "../../draw/space.js";
import { axesOf, type Vector } from "../../draw/turntable.js";
import { MeasureLine } from "./measure-line.js";
import { moveClip, otherFace, voxelsPerUnit } from "./moves.js";
import { clipHandles, lengthIn } from "./overlay.js";
import { firstPlacement, type Hand, held, inSpace, type Placement, physical, pulled } from "./placement.js";
import type { Rendering } from "./rendering.js";
import type { Stage3d } from "./stage.js";

/** The little of WebXR that is needed here; TypeScript's own types have none of it. */
interface Pose {
  readonly transform: {
    readonly position: { readonly x: number; readonly y: number; readonly z: number };
    readonly orientation: { readonly x: number; readonly y: number; readonly z: number; readonly w: number };
  };
}
interface Source {
  readonly handedness: string;
  readonly gripSpace?: object;
  readonly gamepad?: { readonly buttons: readonly { readonly pressed: boolean }[] };
}
interface Frame {
  getPose(space: object, base: object): Pose | undefined;
}
interface Session extends EventTarget {
  readonly inputSources: Iterable<Source>;
  requestReferenceSpace(type: string): Promise<object>;
  requestAnimationFrame(callback: (time: number, frame: Frame) => void): number;
  end(): Promise<void>;
}

/** vtk.js' types of it are behind its code. */
interface Helper {
  initialize(screen: object): void;
  enterXR(session: Session): Promise<void>;
  stopXR(): Promise<void>;
}

/** Buttons of the WebXR standard mapping. */
const [TRIGGER, GRIP] = [0, 1];

interface Holding {
  readonly start: Placement;
  readonly hands: ReadonlyMap<string, Hand>;
}

export class HeadsetSession {
  readonly #stage: Stage3d;
  readonly #rendering: Rendering;
  readonly #session: Session;
  readonly #space: object;
  readonly #helper = vtkHelper.newInstance() as unknown as Helper;
  readonly #line: MeasureLine;
  readonly #middle: Vector;
  readonly #over: () => void;
  #placement: Placement;
  #holding: Holding | undefined;
  #pulling: { readonly hand: string; readonly face: number } | undefined;
  #left: Promise<void> | undefined;

  private constructor(stage: Stage3d, rendering: Rendering, session: Session, space: object, over: () => void) {
    this.#stage = stage;
    this.#rendering = rendering;
    this.#session = session;
    this.#space = space;
    this.#over = over;
    this.#middle = stage.extent.map((n) => n / 2) as unknown as Vector;
    const { right, up, forward } = axesOf(stage.view);
    this.#placement = firstPlacement(right, up, forward);
    this.#line = new MeasureLine(rendering.cells[0]!.renderer);
  }

  /** @param over is called when the reader is back */
  static async start(stage: Stage3d, rendering: Rendering, over: () => void): Promise<HeadsetSession> {
    const { xr } = navigator as unknown as { xr: { requestSession(mode: string): Promise<Session> } };
    const session = await xr.requestSession("immersive-vr");
    const space = await session.requestReferenceSpace("local");
    const made = new HeadsetSession(stage, rendering, session, space, over);
    try {
      await made.#enter();
    } catch (error) {
      await made.end();
      throw error;
    }
    return made;
  }

  async #enter(): Promise<void> {
    const { screen, cells } = this.#rendering;
    this.#rendering.immersed = true;
    // The first volume alone: the reader is in it.
    for (const [k, cell] of cells.entries()) cell.renderer.setDraw(k === 0);
    cells[0]!.renderer.getActiveCamera().setParallelProjection(false);
    this.#helper.initialize(screen);
    this.#session.addEventListener("end", () => void this.#leave());
    await this.#helper.enterXR(this.#session);
    this.#place();
    this.#session.requestAnimationFrame(this.#frame);
  }

  /** Tells vtk.js where the volume is. */
  #place(): void {
    const { scale, translation, up, north } = physical(this.#placement, this.#middle);
    const camera = this.#rendering.cells[0]!.renderer.getActiveCamera();
    camera.setPhysicalScale(scale);
    camera.setPhysicalTranslation(...translation);
    camera.setPhysicalViewUp(...up);
    camera.setPhysicalViewNorth(...north);
    camera.setClippingRange(0.02 * scale, 100 * scale);
    this.#stage.root.dataset.placement = JSON.stringify(
      [...this.#placement.at, this.#placement.scale].map((n) => Number(n.toFixed(4))),
    );
  }

  readonly #frame = (_time: number, frame: Frame): void => {
    if (this.#left !== undefined) return;
    this.#session.requestAnimationFrame(this.#frame);
    const hands = new Map<string, Hand>();
    const pressed = { grip: new Set<string>(), trigger: new Set<string>() };
    for (const { handedness, gripSpace, gamepad } of this.#session.inputSources) {
      const pose = gripSpace && frame.getPose(gripSpace, this.#space);
      if (!pose) continue;
      const { position: p, orientation: o } = pose.transform;
      hands.set(handedness, { at: [p.x, p.y, p.z], turn: [o.x, o.y, o.z, o.w] });
      if (gamepad?.buttons[GRIP!]?.pressed) pressed.grip.add(handedness);
      if (gamepad?.buttons[TRIGGER!]?.pressed) pressed.trigger.add(handedness);
    }
    this.#hold(hands, pressed.grip);
    this.#clip(hands, pressed.trigger);
    this.#measure(hands);
  };

  #hold(hands: ReadonlyMap<string, Hand>, gripping: ReadonlySet<string>): void {
    const names = [...gripping].filter((name) => hands.has(name));
    const before = this.#holding;
    if (names.length === 0) {
      this.#holding = undefined;
      return;
    }
    // Another hand has taken hold, or let go: it begins anew from here.
    if (before === undefined || names.length !== before.hands.size || names.some((name) => !before.hands.has(name))) {
      this.#holding = { start: this.#placement, hands: new Map(names.map((name) => [name, hands.get(name)!])) };
      return;
    }
    const [first, second] = names as [string, string?];
    const [from, to] = [before.hands.get(first)!, hands.get(first)!];
    this.#placement =
      second === undefined
        ? held(before.start, from, to)
        : pulled(before.start, [from, before.hands.get(second)!], [to, hands.get(second)!]);
    this.#place();
  }

  #clip(hands: ReadonlyMap<string, Hand>, triggering: ReadonlySet<string>): void {
    const { unit, members, display } = this.#stage;
    const [name] = triggering;
    const hand = name === undefined ? undefined : hands.get(name);
    if (name === undefined || hand === undefined) {
      if (this.#pulling !== undefined) this.#stage.settle();
      this.#pulling = undefined;
      return;
    }
    const place = inSpace(this.#placement, this.#middle, hand.at);
    const box = clipBox(unit, members[0]!, members[0]!, display.clip);
    if (this.#pulling?.hand !== name) {
      const far = (face: { place: Vector }): number => Math.hypot(...face.place.map((n, k) => n - place[k]!));
      const nearest = clipHandles(box).reduce((best, face) => (far(face) < far(best) ? face : best));
      this.#pulling = { hand: name, face: nearest.face };
    }
    const axis = this.#pulling.face >> 1;
    moveClip(this.#stage, otherFace(this.#pulling.face), place[axis]! * voxelsPerUnit(this.#stage)[axis]!);
    this.#rendering.setClip(0, clipBox(unit, members[0]!, members[0]!, this.#stage.display.clip));
  }

  #measure(hands: ReadonlyMap<string, Hand>): void {
    const [left, right] = [hands.get("left"), hands.get("right")];
    if (left === undefined || right === undefined) return;
    const [a, b] = [left, right].map(({ at }) => inSpace(this.#placement, this.#middle, at)) as [Vector, Vector];
    const length = lengthIn(this.#stage.unit, Math.hypot(...a.map((n, k) => n - b[k]!)));
    const camera = this.#rendering.cells[0]!.renderer.getActiveCamera();
    const up = camera.getViewUp() as Vector;
    const away = camera.getDirectionOfProjection() as Vector;
    const across: Vector = [
      away[1] * up[2] - away[2] * up[1],
      away[2] * up[0] - away[0] * up[2],
      away[0] * up[1] - away[1] * up[0],
    ];
    this.#line.show(a, b, length, across, up, 0.04 / this.#placement.scale);
    this.#stage.say(`${length} between the hands`);
  }

  /** Back to the page. */
  async end(): Promise<void> {
    await this.#session.end().catch(() => undefined);
    await this.#leave();
  }

  #leave(): Promise<void> {
    this.#left ??= this.#restore();
    return this.#left;
  }

  async #restore(): Promise<void> {
    this.#line.dispose();
    try {
      await this.#helper.stopXR();
    } finally {
      for (const cell of this.#rendering.cells) {
        cell.renderer.setDraw(true);
        cell.restore();
      }
      this.#rendering.immersed = false;
      delete this.#stage.root.dataset.placement;
      this.#over();
    }
  }
}
