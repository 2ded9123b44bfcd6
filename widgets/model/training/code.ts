/** A view of trainable segmentation as a cell. */
import { asCode, displayCode, hasLengths } from "../code.js";
import { cameraCode } from "../slices/camera.js";
import type { Trainable } from "./trainable-view.js";

/**
 * A cell that makes the view, and trains the same forest from the scribbles alone.
 * @param call options of the call
 * @param training those of `trainForest`; undefined: there is no forest yet
 */
export function trainableCode({ scene, widget }: Trainable, call: object, training: object | undefined): string {
  const { cursor, window, region, normal } = scene.state;
  const { opacity, display, camera, prediction } = widget.state;
  // Not as the call has it, where the reader has gone back to the whole volume.
  const seen = { zoom: undefined, centre: undefined, ...cameraCode(camera) };
  const shown = { ...displayCode(display, false), ...seen, ...prediction };
  const options = asCode({ ...call, cursor, window, region, normal, opacity, ...shown });
  const view = `const trained = await trainable(scan, ${options});`;
  const library = [
    ...(training === undefined ? [] : ["predictForest", "trainForest"]),
    ...(hasLengths([call, training]) ? ["um"] : []),
  ];
  const imports = library.length === 0 ? "" : `import { ${library.join(", ")} } from "voxbook";\n`;
  const again =
    training === undefined
      ? ""
      : `
// The same forest, from the scribbles alone:
const forest = await trainForest(scan, await trained.scribbles(), ${asCode(training)});
const labels = await predictForest(scan, forest);
`;
  return `${imports}import { trainable } from "voxbook/widgets";\n\n${view}\n${again}trained\n`;
}
