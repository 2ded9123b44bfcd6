/** A view of trainable segmentation as a cell. */
import { isLength } from "../../../src/core/length.js";
import type { Trainable } from "./trainable-view.js";

/** A plain value as TypeScript: lengths are written in micrometres. */
export function asCode(value: unknown): string {
  if (isLength(value)) return `um(${Number((value.metres * 1e6).toPrecision(9))})`;
  if (Array.isArray(value)) return `[${value.map(asCode).join(", ")}]`;
  if (typeof value === "number") return String(Number(value.toPrecision(9)));
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined && one !== null);
  return `{ ${entries.map(([name, one]) => `${name}: ${asCode(one)}`).join(", ")} }`;
}

/**
 * A cell that makes the view, and trains the same forest from the scribbles alone.
 * @param call options of the call
 * @param training those of `trainForest`; undefined: there is no forest yet
 */
export function trainableCode({ scene }: Trainable, call: object, training: object | undefined): string {
  const { cursor, window, region, normal } = scene.state;
  const options = asCode({ ...call, cursor, window, region, normal });
  const view = `const trained = await trainable(scan, ${options});`;
  const library = [
    ...(training === undefined ? [] : ["predictForest", "trainForest"]),
    ...(`${options}${asCode(training)}`.includes("um(") ? ["um"] : []),
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
