import { InvalidArgument } from "./errors.js";

/** A length with its unit: made by {@link um}, {@link nm} or {@link mm}, so that a bare number always means voxels. */
export interface Length {
  readonly metres: number;
}

function length(value: number, unitsPerMetre: number, unit: string): Length {
  if (!Number.isFinite(value)) throw new InvalidArgument(`${unit}(${value}): a length is a finite number`);
  // Divided, since 1e-6 is no binary fraction: um(0.39) is exactly what 3.9e-7 is.
  return Object.freeze({ metres: value / unitsPerMetre });
}

/** A length in micrometres: `um(0.37)`. */
export const um = (value: number): Length => length(value, 1e6, "um");
/** A length in nanometres: `nm(128)`. */
export const nm = (value: number): Length => length(value, 1e9, "nm");
/** A length in millimetres: `mm(1.2)`. */
export const mm = (value: number): Length => length(value, 1e3, "mm");

/** True for what {@link um}, {@link nm} and {@link mm} return. */
export const isLength = (value: unknown): value is Length =>
  typeof value === "object" && value !== null && typeof (value as Length).metres === "number";

/** A length as text with the unit that keeps it between 1 and 1000: `0.37 µm` reads `370 nm`. */
export function formatLength(metres: number, digits = 3): string {
  const size = Math.abs(metres);
  const [scale, unit] =
    size === 0
      ? [1e6, "µm"]
      : size < 1e-6
        ? [1e9, "nm"]
        : size < 1e-3
          ? [1e6, "µm"]
          : size < 1
            ? [1e3, "mm"]
            : [1, "m"];
  return `${Number((metres * (scale as number)).toPrecision(digits))} ${unit}`;
}
