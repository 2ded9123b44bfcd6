import type { Json } from "../../../kernel/comm.js";
import { checkVolume } from "../../../src/compute/run.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkNumber, checkOptions } from "../../../src/core/options.js";
import { sameShape } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import { multiOtsu } from "../../../src/segment/multi-otsu.js";
import { Histogram, histogram } from "../../../src/statistics/histogram.js";
import { fractionsOf, histogramPicture } from "../../draw/pictures.js";
import type { HistogramState, Part } from "../../protocol.js";
import { cellOf, given, unless } from "../code.js";
import { type CaptionPart, OwnWidget } from "../own-widget.js";
import { serve } from "../planes.js";
import { remembered } from "../remembered.js";
import { checkNames, checkThresholds, factsOf, type Scene, sceneAccepts, sceneOf } from "../scene.js";
import { SceneView } from "../scene-view.js";
import type { Shown } from "../view.js";
import { boxOfPart, CountedParts } from "./counted-parts.js";
import { jointCounts } from "./joint-counts.js";
import { suggestionsFor } from "./suggestions.js";

/** Options of {@link histogramOf}. */
export interface HistogramOptions {
  /** Thresholds to begin with. Default: as the reader left them, where `remember` holds, else multi-Otsu's for `classes`. */
  thresholds?: readonly number[];
  /** Number of phases, 2 to 6: one more than thresholds. Default 3. */
  classes?: number;
  /**
   * Whether to begin, in a notebook that someone has open, with the thresholds to which they were dragged in an earlier session
   * (in the folder `.voxbook/views` beside it), if they are as many; the caption says so. Runs without a page never do. Default true.
   */
  remember?: boolean;
  /** Names of the phases from dark to bright. Default: "phase 0", … */
  names?: readonly string[];
  /** Only voxels where this mask is not 0 count. Default: all. */
  mask?: Volume;
  /** Labels of the same shape: the reader can have the grey values of each counted by itself. */
  labels?: Volume;
  /** Histograms to compare with, or volumes of which they are taken, by name: at most 4, drawn as lines of the same area. */
  references?: Readonly<Record<string, Volume | Histogram>>;
  /** Axis of the counts. Default "log": a minority phase would not be seen on a linear one. */
  scale?: "linear" | "log";
  /** Name above the view. Default: "histogram". */
  title?: string;
}

const TITLE = "histogram";

type State = Omit<HistogramState, `_${string}`>;

/** The histogram of a volume with thresholds to drag; made by {@link histogramOf}. */
export class HistogramView extends SceneView<State> {
  readonly #counted: Histogram;
  /** Where the reader left the thresholds in an earlier session. */
  readonly #left: string | undefined;

  /** Volumes and counts that the call was given. */
  readonly #given: object;

  /** @internal */
  constructor(
    volume: Volume,
    scene: Scene,
    counted: Histogram,
    references: Readonly<Record<string, Histogram>>,
    options: HistogramOptions,
    left?: readonly number[],
  ) {
    const { scale = "log", title = TITLE, mask, labels } = options;
    super(
      new OwnWidget<State>(
        { model: "HistogramModel", view: "HistogramView" },
        {
          ...scene.state,
          history: scene.log.lengths,
          scene: scene.id,
          volume: factsOf(volume, title),
          phases: scene.phasesNow(),
          scale,
        },
        { ...sceneAccepts(scene), scale: (value) => (value === "linear" || value === "log" ? value : undefined) },
      ),
      scene,
    );
    this.#counted = counted;
    this.#given = given(options, "mask", "labels", "references");
    this.#left = left?.join();
    const parts = new CountedParts(volume, counted, mask, labels);
    const partOf = ({ part }: Record<string, Json>): Part => Object(part) as Part;
    serve(this.widget, {
      grey: volume,
      others: {
        counts: async (request) => {
          const { counts, low, step, exact, nan } = await parts.of(partOf(request));
          return [{ low, step, exact, nan }, [counts]];
        },
        suggest: async (request) => [
          { kind: "suggestions", suggestions: await suggestionsFor(await parts.of(partOf(request))) },
          [],
        ],
        about: async () => [
          {
            labels: labels === undefined ? [] : labelsOf(labels),
            references: Object.entries(references).map(([name, { low, step, exact }]) => ({ name, low, step, exact })),
          },
          Object.values(references).map(({ counts }) => counts),
        ],
        joint: async (request) => {
          const { counts, ...rest } = await jointCounts(volume, boxOfPart(partOf(request), volume));
          return [rest, [counts]];
        },
      },
    });
    this.join();
  }

  /** @internal */
  readonly followsThresholds = true;

  /** The thresholds, ascending, as they were when the mouse was last released. */
  get value(): number[] {
    return [...this.scene.state.thresholds];
  }

  /** Sets the thresholds; all views of the volume follow. */
  set value(thresholds: readonly number[]) {
    this.scene.set({ thresholds: checkThresholds(thresholds) });
  }

  /** Share of the counted voxels in each phase, from dark to bright. */
  get fractions(): number[] {
    return fractionsOf(this.#counted, this.scene.state.thresholds);
  }

  get code(): string {
    const { phases, scale, volume } = this.widget.state;
    const names = phases.map(({ name }) => name);
    const title = unless(TITLE, volume.title);
    return cellOf("histogramOf", "scan", { thresholds: this.value, names, scale, ...this.#given, title });
  }

  /** @internal */
  async shown(larger = 1): Promise<Shown> {
    const { thresholds } = this.scene.state;
    const { phases, scale, volume } = this.widget.state;
    const size = { width: Math.round(640 * larger), height: Math.round(180 * larger) };
    const picture = histogramPicture(this.#counted, { thresholds, phases }, scale, size);
    const { fractions } = this;
    const caption: CaptionPart[] = [
      ...phases.map(({ name, colour }, k) => ({ text: `${name} ${(100 * fractions[k]!).toFixed(2)} %`, colour })),
      {
        text: `thresholds ${thresholds.map((n) => Number(n.toPrecision(6))).join(", ")}${thresholds.join() === this.#left ? ", as you left them" : ""}`,
      },
    ];
    return { picture, alt: `${volume.title}`, caption };
  }
}

const OPTIONS = [
  ...(["thresholds", "classes", "names", "mask", "labels", "references", "scale", "title", "remember"] as const),
];

/** Labels that are counted one by one, at most as many as a list can show. */
const labelsOf = ({ phases, range }: Volume): { label: number; name: string }[] =>
  phases?.slice(0, 64).map(({ label, name }) => ({ label, name })) ??
  Array.from({ length: Math.min(64, range[1]) }, (_, k) => ({ label: k + 1, name: `label ${k + 1}` }));

async function referencesOf(given: Readonly<Record<string, Volume | Histogram>>): Promise<Record<string, Histogram>> {
  const all = Object.entries(given);
  if (all.length > 4 || all.some(([name]) => name.length > 40))
    throw new InvalidArgument("references: give at most 4, each with a name of at most 40 characters");
  const counted = await Promise.all(
    all.map(async ([name, one]) => [name, one instanceof Histogram ? one : await histogram(one)] as const),
  );
  return Object.fromEntries(counted);
}

/**
 * Shows the grey-value histogram of a volume with thresholds to drag. While one is dragged, the phase fractions and all
 * slices of the same volume follow in the page; when it is released, `value` has the new thresholds.
 *
 *   const thresholds = await histogramOf(clean, { classes: 3 });   // show it: `thresholds`, or together with slices
 *   const phases = await threshold(clean, thresholds.value);
 *
 * Counts are exact for integer voxels of up to 16 bits; wider ones are counted in bins of equal width.
 * @param volume any voxel type
 * @returns a view that shows itself in a notebook: live in JupyterLab, as a picture everywhere else
 * @throws InvalidArgument if an option is out of range, or the volume has fewer values than classes
 */
export async function histogramOf(volume: Volume, options: HistogramOptions = {}): Promise<HistogramView> {
  checkVolume("histogramOf", volume);
  checkOptions("histogramOf", options, OPTIONS);
  const { classes = 3, thresholds, names = [], mask, labels, references = {}, scale, title, remember = true } = options;
  if (typeof remember !== "boolean")
    throw new InvalidArgument(`remember is ${JSON.stringify(remember)}; give true or false`);
  checkNumber("classes", classes, 2, 6, true);
  if (scale !== undefined && scale !== "linear" && scale !== "log")
    throw new InvalidArgument(`scale is ${JSON.stringify(scale)}; allowed are "linear" and "log"`);
  if (title !== undefined && String(title).length > 60) throw new InvalidArgument("title: at most 60 characters");
  const given = thresholds === undefined ? undefined : checkThresholds(thresholds);
  const named = checkNames(names, given === undefined ? classes : given.length + 1);
  const counted = await histogram(volume, mask === undefined ? {} : { mask });
  const left = given === undefined && remember ? remembered(volume).thresholds : undefined;
  const fits = left !== undefined && left.length > 0 && (options.classes ?? left.length + 1) === left.length + 1;
  const begin = given ?? (fits ? left : await multiOtsu(counted, { classes }));
  if (labels !== undefined) {
    checkVolume("histogramOf: labels", labels);
    if (!sameShape(labels.shape, volume.shape))
      throw new InvalidArgument(
        `labels have the shape ${labels.shape.join(" × ")}, the volume ${volume.shape.join(" × ")}; they must be the same`,
      );
  }
  const compared = await referencesOf(references);
  const scene = await sceneOf(volume);
  scene.names = named;
  scene.set({ thresholds: begin });
  return new HistogramView(volume, scene, counted, compared, options, fits ? begin : undefined);
}
