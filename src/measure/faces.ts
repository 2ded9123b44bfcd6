/** Faces of a volume. */
import { InvalidArgument } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { AXES, type Axis } from "../core/shape.js";

/** A face of a volume. */
export interface VolumeFace {
  /** The axis across it. */
  readonly axis: Axis;
  /** `low`: the face with index 0, `high`: the other one. */
  readonly side: "low" | "high";
}

/** Throws unless these are faces. */
export function checkFaces(caller: string, faces: unknown): asserts faces is readonly VolumeFace[] {
  const example = '[{ axis: "z", side: "low" }]';
  if (!Array.isArray(faces) || faces.length === 0)
    throw new InvalidArgument(`${caller}: faces are a list such as ${example}, got ${JSON.stringify(faces)}`);
  for (const face of faces as readonly unknown[]) {
    checkOptions(`${caller}: a face`, face as object, ["axis", "side"]);
    const { axis, side } = face as Partial<VolumeFace>;
    if (axis === undefined || !(axis in AXES) || (side !== "low" && side !== "high"))
      throw new InvalidArgument(
        `${caller}: a face is ${JSON.stringify(face)}; give its axis, "z", "y" or "x", and its side, "low" or "high"`,
      );
  }
}
