/** An alignment as a cell. */

import type { Transform } from "../../../src/register/transform.js";
import type { AlignmentState } from "../../protocol/alignment.js";
import type { Pair } from "./alignment-actions.js";
import { complete } from "./alignment-facts.js";

/** A transform as an expression. All digits are kept: with fewer a rotation would not be one. */
function expression(transform: Transform): string {
  if (transform.kind === "thin plate") {
    const { kind, steps } = transform.toJSON();
    return `Transform.fromJSON(${JSON.stringify({ kind, steps })})`;
  }
  const rows = [0, 3, 6].map((row) => transform.matrix.slice(row, row + 3).join(", "));
  return `Transform.affine(\n  [${rows.join(",\n   ")}],\n  [${transform.offset.join(", ")}],\n)`;
}

/** A cell that shows an alignment as it is, with its transform in both directions. */
export function codeOf(transform: Transform, pairs: readonly Pair[], { model, comparison }: AlignmentState): string {
  const { fixed, moving } = complete(pairs);
  const list = (points: readonly unknown[]): string => JSON.stringify(points);
  const landmarks = fixed.length === 0 ? "" : `, landmarks: {\n  fixed: ${list(fixed)},\n  moving: ${list(moving)},\n}`;
  return [
    `import { Transform } from "voxbook";`,
    `import { alignment } from "voxbook/widgets";`,
    "",
    "// Metres along z, y, x.",
    `const toMoving = ${expression(transform)};`,
    "const toFixed = toMoving.inverse();",
    `await alignment(fixed, moving, { initial: toMoving, model: ${JSON.stringify(model)}, mode: ${JSON.stringify(comparison.mode)}${landmarks} })`,
    "",
  ].join("\n");
}
