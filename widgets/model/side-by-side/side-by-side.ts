import { checkVolume } from "../../../src/compute/run.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkChoice, checkNumber, checkOptions } from "../../../src/core/options.js";
import { type Axis, type Region, sameShape, type Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { SlabMode } from "../../protocol.js";
import { given } from "../code.js";
import { sceneOf } from "../scene.js";
import { VolumeWindows } from "../several/windows.js";
import { type CameraOptions, checkCamera } from "../slices/camera.js";
import { changesOf, checkDisplay, checkFlag, checkTitle } from "../slices/slices.js";
import { isLabelled } from "../slices/slices-view.js";
import { type Link, linkOf, placementOf } from "./placement.js";
import { type Panel, SideBySide } from "./side-by-side-view.js";

/** Options of {@link sideBySide}. */
export interface SideBySideOptions extends CameraOptions {
  /** The plane that is shown of each volume. Default `z`. */
  axis?: Axis;
  /** How volumes go together: by their "voxels", or by their "position" in space. Default: "voxels" where all have one shape and voxel size. */
  link?: Link;
  /** Labels that lie over all volumes of their shape and voxel size that are no labels themselves. */
  labels?: Volume;
  /**
   * Whether all volumes have one window of grey values; else each has that of its own middle plane. Labels have their
   * own in any case. Default true where all others are intensities of one voxel type.
   */
  locked?: boolean;
  /** Grey values shown as black and as white in all volumes. Default: those between which 99 % of the middle planes of all lie. */
  window?: readonly [low: number, high: number];
  /** Grey values shown as black and as white in single volumes, by their names, where each has its own window. Default: those of its middle plane. */
  windows?: Readonly<Record<string, readonly [low: number, high: number]>>;
  /** Thresholds whose phases colour what has no labels; shared with the histogram of the first volume. Default: those of the histogram. */
  thresholds?: readonly number[];
  /** A box of interest, in voxels; the reader can draw another. Default: none. */
  region?: Region;
  /** First position of the cursor in voxels, `[z, y, x]`. Default: that of the first volume's views, else the middle. */
  cursor?: Triple;
  /** Planes around the cursor's that are shown as one, 1 to 256. Default 1. */
  planes?: number;
  /** How several planes become one: "mean", "max" or "min". Default "mean". */
  mode?: SlabMode;
  /** Whether labels are outlined, not filled. Default false. */
  outline?: boolean;
  /** 0 (only grey) to 1 (only colour). Default 0.4. */
  opacity?: number;
  /** Name above the view. Default: "side by side". */
  title?: string;
}

const OPTIONS = [
  ...["axis", "link", "labels", "locked", "window", "windows", "thresholds", "region", "cursor"],
  ...["planes", "mode", "outline", "zoom", "centre", "opacity", "title"],
];
const MOST = 8;
const caller = "sideBySide";

/** The volumes by their names. @throws InvalidArgument if there are too few, too many, or names are too long */
function namedOf(volumes: Readonly<Record<string, Volume>>): [name: string, volume: Volume][] {
  const named = Object.entries(Object(volumes) as Record<string, Volume>);
  if (named.length < 2 || named.length > MOST)
    throw new InvalidArgument(
      `${caller}: ${named.length} volumes; give 2 to ${MOST} by their names, such as sideBySide({ raw: scan, clean })`,
    );
  for (const [name, volume] of named) {
    if (name.length > 60)
      throw new InvalidArgument(`${caller}: the name ${JSON.stringify(name)} has more than 60 letters`);
    checkVolume(`${caller}: ${name}`, volume);
  }
  return named;
}

/** The volumes with where they lie and what lies over each. @throws InvalidArgument if they do not go together */
function panelsOf(named: readonly [string, Volume][], labels: Volume | undefined, link: Link): Panel[] {
  const grids = placementOf(named, link);
  const panels = named.map(([name, volume], k): Panel => {
    const own = isLabelled(volume) ? volume : undefined;
    return { name, volume, labels: own, grid: grids[k]! };
  });
  if (labels === undefined) return panels;
  checkVolume(`${caller}: labels`, labels);
  // Labels have the voxels of what they lie over.
  const fits = (volume: Volume): boolean =>
    link === "voxels" ? sameShape(labels.shape, volume.shape) : linkOf([labels, volume]) === "voxels";
  const over = panels.map((panel) => (panel.labels === undefined && fits(panel.volume) ? { ...panel, labels } : panel));
  if (!over.some((panel) => panel.labels === labels))
    throw new InvalidArgument(
      `${caller}: labels has the shape ${labels.shape.join(" × ")}, ${named.map(([name, { shape }]) => `${name} ${shape.join(" × ")}`).join(", ")}; give labels of the shape and voxel size of one of them`,
    );
  return over;
}

/**
 * Shows the same plane of 2 to 8 volumes beside each other, with one cursor, one zoom and one set of tools: a scan and what filters make of it,
 * segmentations by several methods, states of a sample. Under the mouse stand the values of all of them.
 *
 *   await sideBySide({ raw: scan, median: clean, nlm })
 *   await sideBySide({ otsu, watershed, forest }, { axis: "y" })   // labels are shown in the colours of their phases
 *
 *   await sideBySide({ micro, nano })                              // of any shape and voxel size: each at the same place in µm
 *
 * Volumes of one shape and voxel size are shown voxel by voxel. All others are shown where they lie in space, by voxel size and origin (a `crop` of
 * a scan, a scan that was made coarser), at one scale; the cursor goes by the voxels of the first one, and where it is outside of another volume that
 * pane is empty. Volumes that nobody has brought over each other yet: see {@link alignment}.
 *
 * Cursor, thresholds and box are those of the other views of the first volume, so that they follow each other. To drag one volume over another
 * see `slices(…, { beside })`.
 * @param volumes by the names that stand over them; of any voxel type
 * @returns a view that shows itself in a notebook: live in JupyterLab, as a picture everywhere else
 * @throws InvalidArgument if there are less than 2 or more than 8 volumes, an option is out of range, planes are not parallel, or a volume lies
 * outside of the first one
 * @throws MissingData if shapes differ and a voxel size is not known
 */
export async function sideBySide(
  volumes: Readonly<Record<string, Volume>>,
  options: SideBySideOptions = {},
): Promise<SideBySide> {
  checkOptions(caller, options, OPTIONS);
  const { axis, labels, window, windows: own, cursor, thresholds, region, opacity, title } = options;
  const named = namedOf(volumes);
  if (options.link !== undefined) checkChoice("link", options.link, ["voxels", "position"]);
  const { link = linkOf(named.map(([, volume]) => volume)) } = options;
  const panels = panelsOf(named, labels, link);
  const first = panels[0]!.volume;
  const grey = panels.map(({ volume }) => volume).filter((volume) => !isLabelled(volume));
  const alike = grey.every(({ dtype, role }) => dtype === grey[0]!.dtype && role === "intensity");
  const { locked = alike } = options;
  checkFlag("locked", locked);
  checkDisplay(options);
  checkCamera(options);
  if (axis !== undefined) checkChoice("axis", axis, ["z", "y", "x"]);
  if (opacity !== undefined) checkNumber("opacity", opacity, 0, 1);
  if (title !== undefined) checkTitle(title);
  const changes = changesOf(first, {
    ...(cursor && { cursor }),
    ...(window && { window }),
    ...(thresholds && { thresholds }),
    ...(region && { region }),
  });
  const windows = await VolumeWindows.of(
    panels.map(({ volume }) => volume),
    (volume) => !isLabelled(volume),
  );
  if (own !== undefined)
    windows.set(
      caller,
      panels.map(({ name }) => name),
      own,
    );
  const scene = await sceneOf(first);
  scene.set({ ...(locked && grey.length > 0 && { window: windows.common }), ...changes });
  const called = { ...given(options, "labels"), link: options.link };
  return new SideBySide(panels, scene, windows, { ...options, link, locked }, called);
}
