import { InvalidArgument } from "../../src/core/errors.js";
import { checkOptions } from "../../src/core/options.js";
import { sameShape } from "../../src/core/shape.js";
import { Pipeline, type PipelineStep, pipeline } from "../../src/recipes/pipeline.js";
import { checkTitle, slices } from "./slices/slices.js";
import { Slices } from "./slices/slices-view.js";

/** Options of {@link preview}. */
export interface PreviewOptions {
  /** Name above the view. Default: the names of the functions. */
  title?: string;
}

/**
 * Shows what a filter would make of the planes that a view shows, before the volume goes through it: only those planes are
 * computed, with their true neighbours. Cursor, zoom and grey window are those of the view, so that both show the same place;
 * where the filter gives another voxel type or shape, the preview has its own. Labels lie over the grey values.
 *
 *   const view = await slices(scan);
 *   together(view, await preview([median, { radius: 2 }], view))
 *   interact(({ sigma }) => preview([gaussian, { sigma }], view), { sigma: [0, 4, 0.5] })
 *
 * @param filter a function of the library, alone or with its arguments after the volume, or a pipeline
 * @param view what {@link slices} made
 * @throws UnsupportedFeature if a step of a pipeline looks at the whole result of the one before it
 */
export async function preview(
  filter: PipelineStep | Pipeline,
  view: Slices,
  options: PreviewOptions = {},
): Promise<Slices> {
  if (!(view instanceof Slices))
    throw new InvalidArgument(`preview: view is ${String(view)}; give what slices(…) made, such as await slices(scan)`);
  checkOptions("preview", options, ["title"]);
  const chain = filter instanceof Pipeline ? filter : pipeline(filter as never);
  const { volume, scene } = view;
  const filtered = await chain.lazy(volume);
  const title = options.title ?? chain.toString().slice(0, 60);
  checkTitle(title);
  const labels = filtered.role === "labels" || filtered.role === "mask";
  const fits = sameShape(filtered.shape, volume.shape);
  if (!fits || (!labels && filtered.dtype !== volume.dtype))
    return slices(filtered, { title, ...(fits && { cursor: view.cursor }) });
  return labels ? new Slices(volume, scene, { labels: filtered, title }) : new Slices(filtered, scene, { title });
}
