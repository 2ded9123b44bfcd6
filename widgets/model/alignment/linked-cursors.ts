/** The cursors of two volumes that lie over each other: views of the one stand at the same place as those of the other. */
import { isVoxbookError } from "../../../src/core/errors.js";
import type { Triple } from "../../../src/core/shape.js";
import type { Transform } from "../../../src/register/transform.js";
import type { Side } from "../../protocol/alignment.js";
import type { Scene } from "../scene.js";
import { type Volumes, voxelsThrough } from "./alignment-requests.js";

export interface LinkedCursors {
  /** The reader has moved the cursor of the alignment, to this voxel of the fixed volume. */
  moved(cursor: Triple): void;
  end(): void;
}

/** A voxel in the volume over it or under it; undefined where it lies outside of that, or where a thin plate folds. */
function voxelThere(volumes: Volumes, transform: Transform, from: Side, voxel: Triple): Triple | undefined {
  const to: Side = from === "fixed" ? "moving" : "fixed";
  try {
    const [ways, way]: [Volumes, Transform] =
      from === "fixed" ? [volumes, transform] : [{ fixed: volumes.moving, moving: volumes.fixed }, transform.inverse()];
    const there = voxelsThrough(ways, way)(voxel).map((n) => Math.round(n) + 0) as unknown as Triple;
    return there.every((n, k) => n >= 0 && n < volumes[to].shape[k]!) ? there : undefined;
  } catch (error) {
    if (isVoxbookError(error)) return undefined;
    throw error;
  }
}

/** Whether a link is telling views: that is no move of a reader, and brought back, rounded to voxels, it would be at another place. */
let telling = false;

/**
 * Links the cursors, from the end of one gesture to the next. Where a place lies outside of a volume its views stay where they are.
 * @param transformNow from fixed to moving, as it is when a cursor moves
 * @param told moves the cursor of the alignment
 */
export function linkCursors(
  volumes: Volumes,
  scenes: Readonly<Record<Side, Scene>>,
  transformNow: () => Transform,
  told: (cursor: Triple) => void,
): LinkedCursors {
  const once = (run: () => void): void => {
    if (telling) return;
    telling = true;
    try {
      run();
    } finally {
      telling = false;
    }
  };
  const tell = (side: Side, cursor: Triple | undefined): void => {
    if (cursor !== undefined && cursor.join() !== scenes[side].state.cursor.join()) scenes[side].set({ cursor });
  };
  // A volume over itself has one cursor.
  const apart = scenes.moving !== scenes.fixed;
  const onward = (cursor: Triple): void => {
    if (apart) tell("moving", voxelThere(volumes, transformNow(), "fixed", cursor));
  };
  const ends = [
    scenes.fixed.onCursor((cursor) => {
      told(cursor);
      once(() => onward(cursor));
    }),
    ...(apart
      ? [
          scenes.moving.onCursor((cursor) =>
            once(() => tell("fixed", voxelThere(volumes, transformNow(), "moving", cursor))),
          ),
        ]
      : []),
  ];
  return {
    moved: (cursor) =>
      once(() => {
        tell("fixed", cursor);
        onward(cursor);
      }),
    end() {
      for (const end of ends) end();
    },
  };
}
