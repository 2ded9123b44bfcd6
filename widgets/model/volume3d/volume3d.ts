import { checkVolume } from "../../../src/compute/run.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkChoice, checkNumber, checkOptions } from "../../../src/core/options.js";
import { labelOf, type Phase, phaseTable } from "../../../src/core/phases.js";
import { checkRegion, type Region, sameShape, type Triple } from "../../../src/core/shape.js";
import { Volume } from "../../../src/core/volume.js";
import { type Display3d, MOST_VOLUMES, type RenderMode, type Turntable } from "../../protocol/volume3d.js";
import { type Scene, sceneOf } from "../scene.js";
import { changesOf, checkTitle } from "../slices/slices.js";
import { isLabelled } from "../slices/slices-view.js";
import { MOST_LABELS, RENDER_MODES, viewIn } from "./accepts.js";
import { type Space, usualTitle, Volume3d } from "./volume3d-view.js";

/** Options of {@link volume3d}. */
export interface Volume3dOptions {
  /** Labels of the same shape, whose surfaces can be drawn; of several volumes a list. A label volume has its own. */
  labels?: Volume | readonly Volume[];
  /**
   * How the voxels along a ray become a colour: "composite" (what is dense hides what is behind it), "mip" (maximum intensity
   * projection), "average", "iso" (the surface at one grey value) or "none" (only surfaces and planes). Default "composite", with
   * `surfaces` "none".
   */
  mode?: RenderMode;
  /** Grey value of the isosurface. Default: the largest threshold, which it follows while it is dragged, else the middle of the window. */
  iso?: number;
  /** Labels whose surfaces are drawn, by name or number, at most 32. Default: none. */
  surfaces?: readonly (string | number)[];
  /** Phases that are not drawn, by name or number. Default: the first, which is the darkest. */
  hidden?: readonly (string | number)[];
  /** What the six clip planes leave, in voxels of the first volume. Default: all. */
  clip?: Region;
  /** 0 (nothing is seen) to 1 (what is seen is solid). Default 0.6. */
  opacity?: number;
  /** Whether a lamp lights it. Default true. */
  lit?: boolean;
  /** Whether the three planes through the cursor are drawn. Default false. */
  planes?: boolean;
  /** Thresholds whose phases colour it; shared with all views of the volume. Default: those that there are. */
  thresholds?: readonly number[];
  /** Grey values shown as black and as white, of the planes and of what has no phases; shared with all views of the volume. Default: those that there are. */
  window?: readonly [low: number, high: number];
  /** First position of the cursor in voxels, `[z, y, x]`. Default: the middle. */
  cursor?: Triple;
  /** From where it is seen: degrees, zoom, and shift as shares of the largest side. Default: azimuth 30, elevation 25. */
  view?: Partial<Turntable>;
  /** Name above the view. Default: "scan", or "labels". */
  title?: string;
}

const OPTIONS = [
  ...([
    "labels",
    "mode",
    "iso",
    "surfaces",
    "hidden",
    "clip",
    "opacity",
    "lit",
    "planes",
    "thresholds",
    "window",
    "cursor",
    "view",
  ] as const),
  "title" as const,
];

/** Volumes with their names. */
function volumesOf(
  given: Volume | readonly Volume[] | Readonly<Record<string, Volume>>,
): [names: string[], volumes: Volume[]] {
  const named: [string, Volume][] =
    given instanceof Volume
      ? [["", given]]
      : Array.isArray(given)
        ? given.map((one: Volume, k) => [`volume ${k + 1}`, one])
        : Object.entries(Object(given) as Record<string, Volume>);
  if (named.length < 1 || named.length > MOST_VOLUMES || named.some(([name]) => name.length > 40))
    throw new InvalidArgument(
      `volume3d takes a volume, or 1 to ${MOST_VOLUMES} as a list or by names of at most 40 characters; got ${named.length}`,
    );
  for (const [, volume] of named) checkVolume("volume3d", volume);
  return [named.map(([name]) => name), named.map(([, volume]) => volume)];
}

function labelsOf(volumes: readonly Volume[], labels: Volume3dOptions["labels"]): (Volume | undefined)[] {
  const list = labels === undefined ? [] : labels instanceof Volume ? [labels] : labels;
  if (list.length > volumes.length)
    throw new InvalidArgument(`labels: ${list.length} are given for ${volumes.length} volumes`);
  return volumes.map((volume, k) => {
    const own = list[k];
    if (own === undefined) return isLabelled(volume) ? volume : undefined;
    checkVolume("volume3d: labels", own);
    if (!sameShape(own.shape, volume.shape))
      throw new InvalidArgument(
        `labels: the shape is ${own.shape.join(" × ")}, that of the volume ${volume.shape.join(" × ")}; they must be the same`,
      );
    return own;
  });
}

/** The phases of labels; those of labels without a table are numbered, as many as a list can have. */
function phasesOf(labels: Volume): readonly Phase[] {
  if (labels.phases !== undefined) return labels.phases;
  if (labels.role === "mask") return phaseTable(2, ["outside", "inside"]);
  const most = Math.max(0, Math.min(8, labels.range[1]));
  return phaseTable(most + 1, ["background", ...Array.from({ length: most }, (_, k) => `label ${k + 1}`)]);
}

/** Grey values that the bytes of a texture reach over: more than the window, for what lies outside of it has to be seen, too. */
function scaleOf({ state: { window, thresholds } }: Scene, volumes: readonly Volume[]): [number, number] {
  const more = 0.25 * (window[1] - window[0]);
  const ranges = volumes.map(({ range }) => range);
  const least = Math.min(...ranges.map(([low]) => low));
  const most = Math.max(...ranges.map(([, high]) => high));
  const low = Math.max(least, Math.min(window[0] - more, ...thresholds));
  const high = Math.min(most, Math.max(window[1] + more, ...thresholds));
  return low < high ? [low, high] : [window[0], window[1]];
}

function checked(
  volume: Volume,
  phases: readonly Phase[],
  surfaced: Volume | undefined,
  options: Volume3dOptions,
): Display3d {
  const { iso = null, opacity = 0.6, lit = true, planes = false, clip = null } = options;
  const of = (name: "surfaces" | "hidden", table: readonly Phase[] | undefined): number[] | undefined => {
    const list = options[name];
    if (list === undefined) return undefined;
    if (!Array.isArray(list) || list.length > MOST_LABELS)
      throw new InvalidArgument(`${name} is ${JSON.stringify(list)}; give a list of at most ${MOST_LABELS} labels`);
    return [...new Set(list.map((one: unknown) => labelOf(`volume3d: ${name}`, one, table)))];
  };
  if (options.surfaces !== undefined && surfaced === undefined)
    throw new InvalidArgument("surfaces are those of labels: show labels, or give them by the option labels");
  const surfaces = of("surfaces", surfaced?.phases) ?? [];
  const { mode = surfaces.length > 0 ? "none" : "composite" } = options;
  checkChoice("mode", mode, RENDER_MODES);
  if (iso !== null) checkNumber("iso", iso, -Number.MAX_VALUE, Number.MAX_VALUE);
  checkNumber("opacity", opacity, 0, 1);
  for (const [name, value] of Object.entries({ lit, planes }))
    if (typeof value !== "boolean")
      throw new InvalidArgument(`${name} is ${JSON.stringify(value)}; give true or false`);
  if (clip !== null) checkRegion(clip, volume.shape);
  const hidden = of("hidden", phases.length > 0 ? phases : undefined) ?? [phases[0]?.label ?? 0];
  return { mode, iso, opacity, lit, planes, clip, hidden, surfaces };
}

/**
 * Shows a volume in space: a coarse image at once, a sharp one when it has come, with slices, clip planes, surfaces of labels and
 * isosurface. While the thresholds of its histogram are dragged, colours and opacities follow in the page. Pointing at something
 * (double click) moves the cursor that all views of the volume share. Where the page has no WebGL a picture says why.
 *
 *   await volume3d(scan, { mode: "iso" })
 *   await volume3d(labels, { surfaces: ["active material"] })
 *   await volume3d({ Init: before, D1: after }, { mode: "mip" })   // side by side: one camera, clip and transfer function
 *
 * The page holds a byte a voxel, at most 512 MiB: of a larger volume means of 2 × 2 × 2 voxels, and so on; of labels the voxel in the middle.
 * @param volumes one, or up to six as a list or by their names; all grey values or all labels, any voxel type
 * @returns a view that shows itself in a notebook: live in JupyterLab, as a picture everywhere else
 * @throws InvalidArgument if an option is out of range, or volumes do not go together
 */
export async function volume3d(
  volumes: Volume | readonly Volume[] | Readonly<Record<string, Volume>>,
  options: Volume3dOptions = {},
): Promise<Volume3d> {
  const [names, all] = volumesOf(volumes);
  checkOptions("volume3d", options, OPTIONS);
  const first = all[0]!;
  const labelled = isLabelled(first);
  if (all.some((one) => isLabelled(one) !== labelled))
    throw new InvalidArgument(
      "volume3d: grey values and labels are not shown side by side; give labels by the option labels",
    );
  if (all.some(({ spacing }) => (spacing === undefined) !== (first.spacing === undefined)))
    throw new InvalidArgument(
      "volume3d: the voxel size is known of some volumes only; give the others theirs by with({ spacing })",
    );
  const labels = labelsOf(all, options.labels);
  const phases = labels[0] === undefined ? [] : phasesOf(labels[0]);
  const display = checked(first, phases, labels[0], options);
  const { thresholds, cursor, window, title = usualTitle(labelled) } = options;
  checkTitle(title);
  const view = viewIn({ azimuth: 30, elevation: 25, zoom: 1, pan: [0, 0], ...options.view });
  if (view === undefined)
    throw new InvalidArgument(
      `view is ${JSON.stringify(options.view)}; give azimuth (−360 to 360), elevation (−90 to 90), zoom (0.05 to 200) and pan [right, up]`,
    );
  const changes = changesOf(first, {
    ...(thresholds && { thresholds }),
    ...(cursor && { cursor }),
    ...(window && { window }),
  });
  const scene = await sceneOf(first);
  if (Object.keys(changes).length > 0) scene.set(changes);
  // Of labels over grey values only the surfaces have the labels' phases: the grey values have the thresholds'.
  const space: Space = {
    ...{ names, volumes: all, labels, labelled, phases },
    scale: labelled ? [0, 255] : scaleOf(scene, all),
  };
  return new Volume3d(space, scene, display, view, title);
}
