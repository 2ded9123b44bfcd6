import { checkVolume } from "../../../src/compute/run.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkOptions } from "../../../src/core/options.js";
import { Volume } from "../../../src/core/volume.js";
import { histogramOf } from "../histogram/histogram-view.js";
import { slices } from "../slices/slices.js";
import { isLabelled } from "../slices/slices-view.js";
import type { View } from "../view.js";
import { Explorer, type ExplorerSettings, type ExplorerTab } from "./explorer.js";

/** Options of {@link explore}. */
export interface ExploreOptions {
  /** Labels of the same shape over a scan. */
  labels?: Volume;
  /** How the views stand: `explorer.state` of another one. Default: as each view begins. */
  state?: ExplorerSettings;
}

/** Where a thing has all that is to be known of it, on one tab. */
const alone = (title: string, name: string, view: View<object>): ExplorerTab[] => [{ title, views: { [name]: view } }];

async function tabsOfVolume(volume: Volume, labels: Volume | undefined): Promise<ExplorerTab[]> {
  if (isLabelled(volume)) return alone("planes", "slices", await slices(volume));
  const over = labels === undefined ? {} : { labels };
  return [
    { title: "planes", views: { slices: await slices(volume, over), histogram: await histogramOf(volume, over) } },
  ];
}

/**
 * Lays out the views for a thing in one output, behind tabs: of a scan its planes with the histogram, and the volume in space.
 *
 *   explore(scan)
 *   const explorer = await explore(scan, { labels });   explorer      // shows it
 *   explorer.views.histogram.value                                     // what the reader has dragged
 *   await explore(other, { state: explorer.state })                    // another scan, looked at in the same way
 *
 * @param thing a volume
 * @throws InvalidArgument for other things, or where the state does not fit
 */
export async function explore(thing: Volume, options: ExploreOptions = {}): Promise<Explorer> {
  checkOptions("explore", options, ["labels", "state"]);
  const { labels, state } = options;
  if (!(thing instanceof Volume)) throw new InvalidArgument(`explore takes a volume, got ${String(thing)}`);
  checkVolume("explore", thing);
  const name = isLabelled(thing) ? "labels" : "scan";
  const over = labels === undefined ? "" : "labels, ";
  const made = new Explorer(
    await tabsOfVolume(thing, labels),
    (now) =>
      `import { explore } from "voxbook/widgets";\n\nawait explore(${name}, { ${over}state: ${JSON.stringify(now)} })\n`,
  );
  if (state !== undefined) made.state = state;
  return made;
}
