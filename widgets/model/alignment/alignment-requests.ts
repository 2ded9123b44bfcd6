/** What a page may set of an alignment and ask it for: everything is checked, for a page may say anything. */
import type { Json } from "../../../kernel/comm.js";
import { after, gridMap, inverted, mapped } from "../../../src/core/affine.js";
import { DTYPES } from "../../../src/core/dtype.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkChoice, checkNumber } from "../../../src/core/options.js";
import { AXES, type Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { Transform } from "../../../src/register/transform.js";
import { type AlignmentState, COMPARISONS, type Comparison, MODELS, type Side } from "../../protocol/alignment.js";
import { MAX_PART_BYTES } from "../../protocol.js";
import { checkObliquePlane } from "../oblique.js";
import type { Accepts } from "../own-widget.js";
import { sectionValues } from "./sampling.js";

/** Both volumes. */
export type Volumes = Readonly<Record<Side, Volume>>;

/** Places that one request may read, whatever its pixels are means of. */
const MOST_PLACES = 2 ** 22;

const numbers = (value: unknown, count: number): value is number[] =>
  Array.isArray(value) && value.length === count && value.every((n) => typeof n === "number" && Number.isFinite(n));

export function checkPoint(what: string, value: unknown): Triple {
  if (!numbers(value, 3))
    throw new InvalidArgument(
      `${what} is ${JSON.stringify(value)?.slice(0, 80)}; give three finite numbers, metres along z, y, x`,
    );
  return value as unknown as Triple;
}

function comparisonIn(value: unknown): Comparison | undefined {
  const { mode, opacity, square, curtain, smooth } = Object(value) as Partial<Comparison>;
  const share = (n: unknown): boolean => typeof n === "number" && n >= 0 && n <= 1;
  const fits =
    COMPARISONS.includes(mode!) &&
    share(opacity) &&
    share(curtain) &&
    Number.isInteger(square) &&
    square! >= 4 &&
    square! <= 512 &&
    typeof smooth === "boolean";
  return fits ? { mode: mode!, opacity: opacity!, square: square!, curtain: curtain!, smooth } : undefined;
}

/** What a page may change of the state. */
export const alignmentAccepts = ({ fixed }: Volumes): Accepts<AlignmentState> => ({
  cursor: (value) =>
    numbers(value, 3)
      ? (value.map((n, k) => Math.min(fixed.shape[k]! - 1, Math.max(0, Math.round(n)))) as unknown as Triple)
      : undefined,
  windows: (value) => {
    const { fixed: one, moving: other } = Object(value) as Partial<AlignmentState["windows"]>;
    const window = (w: unknown): w is [number, number] => numbers(w, 2) && w[0]! < w[1]!;
    return window(one) && window(other) ? { fixed: one, moving: other } : undefined;
  },
  comparison: comparisonIn,
  model: (value) => (MODELS.includes(value as never) ? (value as AlignmentState["model"]) : undefined),
  axis: (value) =>
    typeof value === "string" && Object.hasOwn(AXES, value) ? (value as AlignmentState["axis"]) : undefined,
});

/** From voxels of the fixed volume to voxels of the moving one, along a transform. */
export function voxelsThrough({ fixed, moving }: Volumes, transform: Transform): (voxel: Triple) => Triple {
  const to = gridMap(fixed as Volume & { spacing: Triple });
  const from = inverted(gridMap(moving as Volume & { spacing: Triple }));
  if (transform.kind !== "thin plate") {
    const whole = after(from, after(transform, to));
    return (voxel) => mapped(whole, voxel);
  }
  return (voxel) => mapped(from, transform.apply(mapped(to, voxel)));
}

/** Moves places of a fixed plane to where they are in the moving volume. */
export const warpThrough = (volumes: Volumes, transform: Transform) => {
  const through = voxelsThrough(volumes, transform);
  return (places: Float64Array): void => {
    for (let k = 0; k < places.length; k += 3) places.set(through([places[k]!, places[k + 1]!, places[k + 2]!]), k);
  };
};

/** Answers to requests for voxels, for `serve`. */
export function sectionAnswers(volumes: Volumes, transformNow: () => Transform) {
  const answer = async (
    { plane, fine, nearest }: Record<string, Json>,
    volume: Volume,
    warp?: (places: Float64Array) => void,
  ): Promise<readonly [object, readonly ArrayBufferView[]]> => {
    const checked = checkObliquePlane(plane);
    checkNumber("fine", fine, 1, 64, true);
    const pixels = checked.width * checked.height;
    if (pixels * DTYPES[volume.dtype].bytes > MAX_PART_BYTES || pixels * fine * fine > MOST_PLACES)
      throw new InvalidArgument(
        `a section of ${checked.width} × ${checked.height} pixels, each the mean of ${fine} × ${fine} places, is more than is sent at once`,
      );
    const { values, inside } = await sectionValues(volume, checked, fine, nearest === true, warp);
    return [{ dtype: volume.dtype }, [values, inside]];
  };
  return {
    section: (request: Record<string, Json>) => {
      checkChoice("side", request.side, ["fixed", "moving"] as const);
      return answer(request, volumes[request.side]);
    },
    bent: (request: Record<string, Json>) => answer(request, volumes.moving, warpThrough(volumes, transformNow())),
  };
}
