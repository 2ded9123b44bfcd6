/** Volumes in space on the kernel's side: state, levels and surfaces on request, and the picture for the notebook. */
import type { Json } from "../../../kernel/comm.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkChoice, checkNumber } from "../../../src/core/options.js";
import type { Phase } from "../../../src/core/phases.js";
import type { Region, Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { Display3d, Turntable, Volume3dState } from "../../protocol/volume3d.js";
import { TEXTURE_BUDGET } from "../../protocol/volume3d.js";
import type { Action } from "../../protocol.js";
import { asCode, Called, cellOf, unless } from "../code.js";
import { same } from "../core/same.js";
import { OwnWidget } from "../own-widget.js";
import { serve } from "../planes.js";
import { factsOf, type Scene, type SceneMember, sceneAccepts } from "../scene.js";
import { SceneView } from "../scene-view.js";
import { labellingOf } from "../selection.js";
import type { Shown } from "../view.js";
import { displayIn, viewIn } from "./accepts.js";
import { coarse, glance } from "./coarse.js";
import { type ByteOf, blocks, greyByte, labelByte, levelFor, levelOf, partOf } from "./levels.js";
import { partOfBytes, partsOf, Surfaces } from "./surfaces.js";
import { volume3dShown } from "./volume3d-picture.js";

/** What is shown: volumes side by side, with labels whose surfaces can be drawn. */
export interface Space {
  readonly names: readonly string[];
  readonly volumes: readonly Volume[];
  readonly labels: readonly (Volume | undefined)[];
  readonly phases: readonly Phase[];
  readonly labelled: boolean;
  /** Values of the bytes 0 and 255. */
  readonly scale: readonly [number, number];
}

type State = Volume3dState;
type Action3d = Extract<Action, { kind: keyof Display3d }>;
type Answer = readonly [answer: object, buffers: readonly ArrayBufferView[]];

/** What gestures change and take back one by one. */
const PARTS: readonly (keyof Display3d)[] = [
  ...(["mode", "iso", "opacity", "lit", "planes", "clip", "hidden", "surfaces"] as const),
];
/** Triangles of one surface in a page, at most. */
const MOST_TRIANGLES = 4e6;

/** Name above a view that has no other. */
export const usualTitle = (labelled: boolean): string => (labelled ? "labels" : "scan");

/** Volumes in space; made by {@link volume3d}. */
export class Volume3d extends SceneView<State> {
  readonly #space: Space;
  readonly #surfaces: readonly (Surfaces | undefined)[];
  readonly #byteOf: ByteOf;

  /** @internal */
  constructor(space: Space, scene: Scene, display: Display3d, view: Turntable, title: string) {
    const { volumes, names, labels, labelled, phases } = space;
    const first = volumes[0]!;
    const surfaced = labels.some((one) => one !== undefined);
    const shownLabels = labelled ? first : labels[0];
    super(
      new OwnWidget<State>(
        { model: "Volume3dModel", view: "Volume3dView" },
        {
          ...scene.state,
          history: scene.log.lengths,
          scene: scene.id,
          volume: factsOf(first, title),
          volumes: volumes.map(({ shape, spacing = null }, k) => ({ name: names[k]!, shape, spacing })),
          phases: phases.length > 0 ? [...phases] : scene.phasesNow(),
          ...{ labelled, surfaced, display, view },
          labelsId: shownLabels === undefined ? null : labellingOf(shownLabels),
        },
        {
          ...sceneAccepts(scene),
          display: (value) => displayIn(first.shape, surfaced, value),
          view: viewIn,
        },
      ),
      scene,
    );
    this.#space = space;
    this.#surfaces = labels.map((one) => (one === undefined ? undefined : new Surfaces(one)));
    this.#byteOf = labelled ? labelByte : greyByte(space.scale);
    serve(this.widget, {
      grey: first,
      others: {
        glance: (request) => this.#glance(request),
        levels: (request) => this.#levels(request),
        blocks: (request) => this.#blocks(request),
        surface: (request) => this.#surface(request),
        mesh: (request) => this.#mesh(request),
        export: (request) => this.#export(request),
      },
    });
    this.widget.onChange((_names, before) => before.display !== undefined && this.#takeDown(before.display));
    scene.log.extend(
      Object.fromEntries(
        PARTS.map((part) => [
          part,
          ({ view, from, to }: Action3d, way: string) => viewIn3d(scene, view).#show(part, way === "do" ? to : from),
        ]),
      ),
    );
    this.join();
  }

  /** @internal */
  get followsThresholds(): boolean {
    return this.#space.phases.length === 0;
  }

  /** Position of the cursor in voxels of the first volume, `[z, y, x]`, as it was after the last gesture. */
  get cursor(): Triple {
    return this.scene.state.cursor;
  }

  /** What the clip planes leave, in voxels of the first volume, for the option `region` of functions; undefined: all. */
  get clip(): Region | undefined {
    return this.widget.state.display.clip ?? undefined;
  }

  /** From where it is seen, as it was after the last gesture: degrees, zoom, and what it was moved by. */
  get view(): Readonly<Turntable> {
    return this.widget.state.view;
  }

  get code(): string {
    const { display, view, volume } = this.widget.state;
    const { labels, labelled, names, volumes } = this.#space;
    const { thresholds, cursor, window } = this.scene.state;
    const one = labelled ? "labels" : "scan";
    const several = Object.fromEntries(names.map((name, k) => [name, new Called(`${one}${k + 1}`)]));
    return cellOf("volume3d", volumes.length === 1 ? one : asCode(several), {
      ...(labels.some((own, k) => own !== undefined && own !== volumes[k]) && { labels: new Called("labels") }),
      ...display,
      // Only labels have some.
      surfaces: display.surfaces.length > 0 ? display.surfaces : undefined,
      ...(labelled ? {} : { thresholds, window }),
      ...{ cursor, view },
      title: unless(usualTitle(labelled), volume.title),
    });
  }

  /** @internal */
  shown(): Promise<Shown> {
    return volume3dShown(this.#space, this.scene.state, this.widget.state, this.#byteOf);
  }

  /** Takes down what the page has changed: it sends all that is shown each time. */
  #takeDown(before: Display3d): void {
    const { display } = this.widget.state;
    const view = viewsIn3d(this.scene).indexOf(this);
    for (const part of PARTS)
      if (!same(before[part], display[part]))
        this.scene.log.add({ kind: part, view, from: before[part], to: display[part] } as Action3d);
  }

  /** What an action says: it may come from a file. */
  #show(part: keyof Display3d, value: unknown): void {
    const { display, volume, surfaced } = this.widget.state;
    const taken = displayIn(volume.shape, surfaced, { ...display, [part]: value });
    if (taken === undefined)
      throw new InvalidArgument(`an action sets ${part} to ${JSON.stringify(value)}, which this view cannot have`);
    this.widget.update({ display: taken });
    void this.scene.renew();
  }

  #volume({ volume }: Record<string, Json>): { volume: Volume; index: number } {
    const index = Number(volume);
    const found = this.#space.volumes[index];
    if (found === undefined) throw new InvalidArgument(`this view has no volume ${String(volume)}`);
    return { volume: found, index };
  }

  async #glance(request: Record<string, Json>): Promise<Answer> {
    const { labelled, scale } = this.#space;
    const found = glance(this.#volume(request).volume, this.#byteOf, labelled);
    return [{ level: found?.level ?? null, scale }, found === undefined ? [] : [found.values]];
  }

  async #levels(request: Record<string, Json>): Promise<Answer> {
    const { volume } = this.#volume(request);
    const { budget, edge } = request as { budget: number; edge: number };
    checkNumber("budget", budget, 1, TEXTURE_BUDGET / this.#space.volumes.length, true);
    checkNumber("edge", edge, 1, 65536, true);
    const { level, values } = await coarse(volume, this.#byteOf, this.#space.labelled);
    const sharp = levelFor(volume, budget, edge);
    return [{ coarse: level, sharp, part: partOf(volume, sharp), scale: this.#space.scale }, [values]];
  }

  async #blocks(request: Record<string, Json>): Promise<Answer> {
    const { volume } = this.#volume(request);
    const { step, start, stop } = request as unknown as {
      step: Triple;
      start: [number, number];
      stop: [number, number];
    };
    const list = (value: unknown, length: number): boolean => Array.isArray(value) && value.length === length;
    const power = (n: unknown): boolean => Number.isInteger(n) && (n as number) >= 1 && (n as number) <= 65536;
    if (!list(step, 3) || !step.every(power) || !list(start, 2) || !list(stop, 2))
      throw new InvalidArgument(
        `blocks: step ${JSON.stringify(step)}, start ${JSON.stringify(start)}, stop ${JSON.stringify(stop)}`,
      );
    return [{}, [await blocks(volume, levelOf(volume.shape, step), start, stop, this.#byteOf, this.#space.labelled)]];
  }

  #surfacesOf(request: Record<string, Json>): Surfaces {
    const found = this.#surfaces[this.#volume(request).index];
    if (found === undefined)
      throw new InvalidArgument("there are no labels with this volume; give them by the option labels");
    return found;
  }

  async #surface(request: Record<string, Json>): Promise<Answer> {
    const { label, triangles } = request as { label: number; triangles: number };
    checkNumber("triangles", triangles, 1, MOST_TRIANGLES, true);
    const surface = await this.#surfacesOf(request).of(label, triangles);
    const bytes = Surfaces.bytes(surface);
    const [vertices, faces] = [surface.positions.length / 3, surface.corners.length / 3];
    return [{ vertices, triangles: faces, step: surface.step, parts: partsOf(bytes) }, []];
  }

  async #mesh(request: Record<string, Json>): Promise<Answer> {
    const { label, part } = request as { label: number; part: number };
    checkNumber("part", part, 0, 4096, true);
    const surface = await this.#surfacesOf(request).of(label, MOST_TRIANGLES);
    return [{}, [partOfBytes(Surfaces.bytes(surface), part)]];
  }

  async #export(request: Record<string, Json>): Promise<Answer> {
    const { label, part, format } = request as { label: number; part: number; format: "stl" | "glb" };
    checkChoice("format", format, ["stl", "glb"]);
    checkNumber("part", part, 0, 4096, true);
    const bytes = await this.#surfacesOf(request).file(label, format);
    return [{ parts: partsOf(bytes), bytes: bytes.length }, [partOfBytes(bytes, part)]];
  }
}

/** The views in space of a volume, in the order they were made. */
const viewsIn3d = ({ members }: Scene): Volume3d[] =>
  [...members].filter((one): one is SceneMember & Volume3d => (one as unknown) instanceof Volume3d);

/** The one that an action belongs to; if it is no more, the newest. */
function viewIn3d(scene: Scene, view: number): Volume3d {
  const views = viewsIn3d(scene);
  const found = views[view] ?? views.at(-1);
  if (found === undefined)
    throw new InvalidArgument("an action changes a view in space, but this volume is not shown in space: volume3d(…)");
  return found;
}
