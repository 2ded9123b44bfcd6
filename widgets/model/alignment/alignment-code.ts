/** An alignment as a cell. */

import type { Transform } from "../../../src/register/transform.js";
import type { AlignmentState } from "../../protocol/alignment.js";
import { asCode, Called, unless } from "../code.js";
import type { Pair } from "./alignment-actions.js";
import { complete } from "./alignment-facts.js";

/** Names of both volumes that have no others. */
export const TITLES = ["fixed", "moving"] as const;

/** A transform as an expression. All digits are kept: with fewer a rotation would not be one. */
function expression(transform: Transform): string {
  if (transform.kind === "thin plate") {
    const { kind, steps } = transform.toJSON();
    return `Transform.fromJSON(${JSON.stringify({ kind, steps })})`;
  }
  const rows = [0, 3, 6].map((row) => transform.matrix.slice(row, row + 3).join(", "));
  return `Transform.affine(\n  [${rows.join(",\n   ")}],\n  [${transform.offset.join(", ")}],\n)`;
}

/** A cell that shows an alignment as it is, with its transform in both directions. @param refines whether it calls something that refines */
export function codeOf(
  transform: Transform,
  pairs: readonly Pair[],
  { model, comparison, windows, cursor, axis, fixed, moving }: AlignmentState,
  refines: boolean,
): string {
  const landmarks = complete(pairs);
  const list = (points: readonly unknown[]): string => JSON.stringify(points);
  const { mode, opacity, square, curtain, smooth } = comparison;
  const titles: readonly string[] = [fixed.title, moving.title];
  const options = asCode({
    initial: new Called("toMoving"),
    ...{ model, mode, opacity },
    ...{ square: unless(48, square), curtain: unless(0.5, curtain), smooth: unless(false, smooth) },
    ...{ windows, cursor, axis: unless("z", axis) },
    titles: unless<readonly string[]>(TITLES, titles),
    refine: refines ? new Called("refine") : undefined,
    // All digits are kept, as of the transform.
    landmarks:
      landmarks.fixed.length === 0
        ? undefined
        : new Called(`{\n  fixed: ${list(landmarks.fixed)},\n  moving: ${list(landmarks.moving)},\n}`),
  });
  return [
    `import { Transform } from "voxbook";`,
    `import { alignment } from "voxbook/widgets";`,
    "",
    "// Metres along z, y, x.",
    `const toMoving = ${expression(transform)};`,
    "const toFixed = toMoving.inverse();",
    `await alignment(fixed, moving, ${options})`,
    "",
  ].join("\n");
}
