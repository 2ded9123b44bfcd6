import { InvalidArgument } from "../core/errors.js";
import { suggestion } from "../core/options.js";

/** The faces of a volume, in the order in which they are numbered. */
export const FACES = ["z low", "z high", "y low", "y high", "x low", "x high"] as const;

/** A face of a volume: `low` is where the first voxels of the axis lie. */
export type FaceName = (typeof FACES)[number];

/** Names of faces, checked, in their usual order. */
export function facesOf(boundary: unknown): FaceName[] {
  if (boundary === "all") return [...FACES];
  if (boundary === "none") return [];
  if (!Array.isArray(boundary))
    throw new InvalidArgument(
      `boundary is ${JSON.stringify(boundary)}; give "all", "none", or a list such as ["z low", "z high"]`,
    );
  for (const name of boundary)
    if (!FACES.includes(name as FaceName))
      throw new InvalidArgument(
        `boundary: there is no face ${JSON.stringify(name)}${suggestion(String(name), FACES)}; they are ${FACES.join(", ")}`,
      );
  return FACES.filter((name) => boundary.includes(name));
}
