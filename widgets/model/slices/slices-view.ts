/** The three linked planes of a volume on the kernel's side: state, what the page may change, what a cell reads. */
import type { Json } from "../../../kernel/comm.js";
import { InvalidArgument, MissingData } from "../../../src/core/errors.js";
import { phaseTable } from "../../../src/core/phases.js";
import type { Region, Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { TrainingChoice } from "../../protocol/training.js";
import { type Edit, type Layer, type SlicesDisplay, type SlicesState, THICKEST } from "../../protocol.js";
import { type Called, cellOf, displayCode, given, unless } from "../code.js";
import type { LabelEditor } from "../labels/label-editor.js";
import { checkObliquePlane, obliqueValues } from "../oblique.js";
import { OwnWidget } from "../own-widget.js";
import { errorReply, MODES, serve } from "../planes.js";
import { factsOf, type Scene, sceneAccepts } from "../scene.js";
import { SceneView } from "../scene-view.js";
import { labellingOf } from "../selection.js";
import { choiceIn, predictedBy, predictedShown } from "../training/predicted.js";
import type { Trainer } from "../training/trainer.js";
import type { Shown } from "../view.js";
import { cameraCode, cameraIn, cameraOf } from "./camera.js";
import type { SlicesOptions } from "./slices.js";
import { type SlicesSources, slicesShown } from "./slices-picture.js";

type State = Omit<SlicesState, `_${string}`>;

/** The three linked planes of a volume; made by {@link slices}. */
export class Slices extends SceneView<State> {
  /** @internal */
  readonly volume: Volume;
  readonly #sources: Omit<SlicesSources, "predicted">;
  readonly #editor: LabelEditor | undefined;
  readonly #trainer: Trainer | undefined;
  /** Volumes that the call was given. */
  readonly #given: Readonly<Record<string, Called>>;

  /** @internal @param windows of the volumes over it and beside it: values in the first and in the last colour */
  constructor(
    volume: Volume,
    scene: Scene,
    options: Omit<SlicesOptions, "edit" | "names">,
    windows: { readonly [Name in "beside" | "field"]?: readonly [number, number] | undefined } = {},
    editor?: LabelEditor,
    trainer?: Trainer,
    choice: TrainingChoice | null = null,
  ) {
    const { labels, field, beside, opacity = field === undefined ? 0.4 : 0.8 } = options;
    const { planes = 1, mode = "mean", outline = false, title = usualTitle(volume), curtain = 0.5 } = options;
    const over = editor?.now ?? labels ?? (isLabelled(volume) ? volume : undefined);
    super(
      new OwnWidget<State>(
        { model: "SlicesModel", view: "SlicesView" },
        {
          ...scene.state,
          history: scene.log.lengths,
          scene: scene.id,
          volume: factsOf(volume, title),
          phases: over === undefined ? scene.phasesNow() : phasesOf(over),
          labels: over !== undefined,
          // Painting changes labels, but not what they are called.
          labelsId: over === undefined ? null : labellingOf(labels ?? (editor === undefined ? over : volume)),
          editable: editor !== undefined,
          field: field === undefined ? null : { name: nameOf(field), range: [...(windows.field ?? field.range)] },
          beside:
            beside === undefined
              ? null
              : { title: nameOf(beside), dtype: beside.dtype, window: [...(windows.beside ?? scene.state.window)] },
          display: { planes, mode, outline, curtain: beside === undefined ? 1 : curtain },
          camera: cameraOf(options, scene.camera),
          opacity,
          training: trainer?.state ?? null,
          prediction: choice,
        },
        {
          ...sceneAccepts(scene),
          prediction: (value) => (editor === undefined ? undefined : choiceIn(value, phasesOf(editor.now))),
          opacity: (value) => (typeof value === "number" && value >= 0 && value <= 1 ? value : undefined),
          display: displayIn,
          camera: cameraIn,
        },
      ),
      scene,
    );
    this.volume = volume;
    this.#sources = { grey: volume, labels: over, field, beside };
    this.#editor = editor;
    this.#trainer = trainer;
    this.#given = given(options, "labels", "field", "beside");
    serve(this.widget, {
      ...this.#sources,
      ...(trainer && { predicted: predictedBy(trainer) }),
      others: { oblique: (request) => obliqueOf(this.#sources, request) },
    });
    if (editor !== undefined) this.#takeEdits();
    this.join();
  }

  /** @internal */
  get followsThresholds(): boolean {
    return this.#sources.labels === undefined;
  }

  /** Position of the cursor in voxels, `[z, y, x]`, as it was after the last gesture. */
  get cursor(): Triple {
    return this.scene.state.cursor;
  }

  /** Grey values shown as black and as white, as they were after the last gesture. */
  get window(): readonly [low: number, high: number] {
    return this.scene.state.window;
  }

  /** The box that the reader has drawn, as it was after the last gesture; for the option `region` of functions. Undefined: none. */
  get region(): Region | undefined {
    return this.scene.state.region ?? undefined;
  }

  /** Normal in space, along z, y, x, of the free plane through the cursor; undefined: the reader has none. */
  get normal(): Triple | undefined {
    return this.scene.state.normal ?? undefined;
  }

  /** Does what the page asks for, or tells it why not. */
  #takeEdits(): void {
    this.widget.onMessage(({ kind, id, edit }) => {
      if (kind !== "edit") return;
      this.scene.edit(edit as unknown as Edit, Number(id)).catch((error: unknown) => {
        this.widget.send(errorReply(Number(id), error) as unknown as Record<string, Json>);
      });
    });
  }

  /**
   * The labels as they are now, with everything that was painted, as a volume of their own. Its provenance has the number of edits and
   * their checksum; the edits themselves stand in the file {@link edits}, and are {@link actions}.
   * Cost O(n); memory n voxels.
   * @throws MissingData if this view is not for editing
   */
  labels(): Promise<Volume> {
    return this.#edited.labels();
  }

  /** The file that the edits are kept in. */
  get edits(): string {
    return this.#edited.path;
  }

  get #edited(): LabelEditor {
    if (this.#editor === undefined)
      throw new MissingData("this view shows labels that cannot be edited; show it by slices(…, { edit: true })");
    return this.#editor;
  }

  get code(): string {
    const { cursor, window, thresholds, region, normal } = this.scene.state;
    const { opacity, display, camera, volume } = this.widget.state;
    const own = this.#given.labels === undefined && isLabelled(this.volume);
    return cellOf("slices", own ? "labels" : "scan", {
      ...this.#given,
      ...(this.#editor && { edit: this.#editor.path }),
      // Labels that are there bring theirs.
      names: this.#given.labels || own ? undefined : this.#names,
      ...{ cursor, window, thresholds, region, normal },
      ...displayCode(display, this.#given.beside !== undefined),
      ...cameraCode(camera),
      opacity,
      title: unless(usualTitle(this.volume), volume.title),
    });
  }

  /** Of the labels that are painted where there were none, else of the phases, where they have names. */
  get #names(): string[] | undefined {
    const { phases } = this.widget.state;
    const namesOf = (table: SlicesState["phases"]): string[] => table.map(({ name }) => name);
    const usual = phaseTable(phases.length);
    return this.#editor === undefined ? unless(namesOf(usual), namesOf(phases)) : namesOf(phases);
  }

  /** @internal */
  shown(scale = 1): Promise<Shown> {
    const { prediction } = this.widget.state;
    const { show } = prediction ?? { show: "scribbles" };
    const predicted = show === "scribbles" ? undefined : predictedShown(this.#trainer, show);
    return slicesShown({ ...this.#sources, predicted }, this.scene, this.widget.state, scale);
  }
}

const usualTitle = ({ role }: Volume): string => (role === "labels" ? "labels" : "scan");

/** What a volume is called that nobody named: the operation that made it. */
const nameOf = ({ provenance }: Volume): string => provenance.operation.slice(0, 40);

/** What a page may set. */
export function displayIn(value: unknown): SlicesDisplay | undefined {
  const { planes, mode, outline, curtain } = Object(value) as Partial<SlicesDisplay>;
  const fits =
    Number.isInteger(planes) &&
    planes! >= 1 &&
    planes! <= THICKEST &&
    MODES.includes(mode!) &&
    typeof outline === "boolean" &&
    typeof curtain === "number" &&
    curtain >= 0 &&
    curtain <= 1;
  return fits ? { planes: planes!, mode: mode!, outline, curtain } : undefined;
}

/** Values along a plane that the page asks for. */
async function obliqueOf(
  sources: SlicesSources,
  { layer, plane }: Record<string, Json>,
): Promise<readonly [object, readonly ArrayBufferView[]]> {
  const name = String(layer) as Layer;
  const volume = Object.hasOwn(sources, name) ? sources[name] : undefined;
  if (volume === undefined) throw new InvalidArgument(`this view has no ${name}`);
  const { values, inside } = await obliqueValues(volume, checkObliquePlane(plane), name === "labels");
  return [{ dtype: volume.dtype }, [values, inside]];
}

/** Whether a volume is labels by itself. */
export const isLabelled = ({ role }: Volume): boolean => role === "labels" || role === "mask";

export const phasesOf = (labels: Volume): SlicesState["phases"] => [
  ...(labels.phases ?? (labels.role === "mask" ? phaseTable(2, ["outside", "inside"]).slice(1) : [])),
];
