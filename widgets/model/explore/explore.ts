import { checkVolume } from "../../../src/compute/run.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkOptions } from "../../../src/core/options.js";
import { Volume } from "../../../src/core/volume.js";
import { particles } from "../../../src/measure/particles.js";
import { Series } from "../../../src/measure/series.js";
import { PoreNetwork } from "../../../src/network/network.js";
import { alignment } from "../alignment/alignment.js";
import { jsonCode } from "../code.js";
import { histogramOf } from "../histogram/histogram-view.js";
import { network3d } from "../network3d/network3d.js";
import { slices } from "../slices/slices.js";
import { isLabelled } from "../slices/slices-view.js";
import { tableOf } from "../table/table-of.js";
import { timeSeries } from "../time/time-series.js";
import type { View } from "../view.js";
import { volume3d } from "../volume3d/volume3d.js";
import { Explorer, type ExplorerSettings, type ExplorerTab } from "./explorer.js";

/** What {@link explore} has views for. */
export type Explorable = Volume | readonly [fixed: Volume, moving: Volume] | Series | PoreNetwork;

/** Options of {@link explore}. */
export interface ExploreOptions {
  /** Labels of the same shape over a scan. */
  labels?: Volume;
  /** How the views stand: `explorer.state` of another one. Default: as each view begins. */
  state?: ExplorerSettings;
}

const tab = (title: string, name: string, view: View<object>): ExplorerTab => ({ title, views: { [name]: view } });

/** Labels that are numbers of things, not of phases. */
const areNumbered = ({ phases, role }: Volume): boolean => phases === undefined && role !== "mask";

/** The planes, with the histogram of a scan; the volume in space; a row for each thing that is numbered. */
async function tabsOfVolume(volume: Volume, given: Volume | undefined): Promise<ExplorerTab[]> {
  const labels = given ?? (isLabelled(volume) ? volume : undefined);
  const over = given === undefined ? {} : { labels: given };
  const planes = isLabelled(volume)
    ? tab("planes", "slices", await slices(volume))
    : { title: "planes", views: { slices: await slices(volume, over), histogram: await histogramOf(volume, over) } };
  const tabs = [planes];
  // An image has nothing to be turned.
  if (volume.shape[0] > 1) tabs.push(tab("space", "space", await volume3d(volume, over)));
  if (labels !== undefined && areNumbered(labels)) {
    const scan = isLabelled(volume) ? {} : { scan: volume };
    tabs.push(tab("particles", "table", await tableOf(await particles(labels), { labels, ...scan })));
  }
  return tabs;
}

/** What is laid out for a thing, and what code calls it. */
async function tabsOf(thing: Explorable, labels: Volume | undefined): Promise<[name: string, tabs: ExplorerTab[]]> {
  if (thing instanceof Volume) {
    checkVolume("explore", thing);
    return [isLabelled(thing) ? "labels" : "scan", await tabsOfVolume(thing, labels)];
  }
  if (labels !== undefined)
    throw new InvalidArgument("explore: labels lie over a scan; a series, a pair and a network have none here");
  if (thing instanceof Series) return ["states", [tab("time", "time", await timeSeries(thing))]];
  if (thing instanceof PoreNetwork) return ["network", [tab("network", "network", await network3d(thing))]];
  if (Array.isArray(thing) && thing.length === 2 && thing.every((one) => one instanceof Volume)) {
    const [fixed, moving] = thing as unknown as readonly [Volume, Volume];
    return ["[fixed, moving]", [tab("alignment", "alignment", await alignment(fixed, moving))]];
  }
  throw new InvalidArgument(
    `explore takes a volume, two volumes to align, a series or a pore network; got ${String(thing).slice(0, 80)}`,
  );
}

/**
 * Lays out the views for a thing in one output, behind tabs: of a scan its planes with the histogram, and the volume in space; of numbered
 * labels their table, too; of two volumes their alignment; of a series its states; of a pore network the network.
 *
 *   await explore(scan)
 *   const explorer = await explore(scan, { labels });   explorer      // shows it
 *   explorer.views.histogram.value                                     // what the reader has dragged
 *   await explore(other, { state: explorer.state })                    // another scan, looked at in the same way
 *   await explore([micro, nano])
 *
 * Cost: that of the views; where labels are numbered, of {@link particles}.
 * @throws InvalidArgument for other things, or where the state does not fit
 */
export async function explore(thing: Explorable, options: ExploreOptions = {}): Promise<Explorer> {
  checkOptions("explore", options, ["labels", "state"]);
  const { labels, state } = options;
  const [name, tabs] = await tabsOf(thing, labels);
  const over = labels === undefined ? "" : "labels, ";
  const made = new Explorer(
    tabs,
    (now) =>
      `import { explore } from "voxbook/widgets";\n\nawait explore(${name}, { ${over}state: ${jsonCode(now)} })\n`,
  );
  if (state !== undefined) made.state = state;
  return made;
}
