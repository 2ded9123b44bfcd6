/** What was measured of a layer of a cell, checked, in SI units. */
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { type CellValue, type KnownValue, knownValue } from "./cell-values.js";

/** What was measured of an electrode. */
export interface LayerParameters {
  /** Fraction of the pores, which the electrolyte fills. */
  porosity?: CellValue;
  /** k = τ² = ε·D_bulk/D_eff of the pores across the layer, at least 1. Not together with `tortuosity`. */
  tortuosityFactor?: CellValue;
  /** τ = √k, at least 1. */
  tortuosity?: CellValue;
  /** From collector to separator: a length. */
  thickness?: CellValue;
  /** Of the active material: a length. */
  particleRadius?: CellValue;
  /** Of the active material towards the pores, per volume of the electrode, in 1/m. */
  surfaceArea?: CellValue;
  /** Volume fraction of the active material. */
  activeFraction?: CellValue;
  /** Effective electronic conductivity across the layer, in S/m. */
  conductivity?: CellValue;
}

/** In SI units; undefined where it is not given. */
export interface LayerValues {
  readonly porosity: KnownValue | undefined;
  readonly tortuosityFactor: KnownValue | undefined;
  readonly thickness: KnownValue | undefined;
  readonly particleRadius: KnownValue | undefined;
  readonly surfaceArea: KnownValue | undefined;
  readonly activeFraction: KnownValue | undefined;
  readonly conductivity: KnownValue | undefined;
}

/** One parameter that was set. */
export interface Setting {
  readonly layer: string;
  readonly parameter: string;
  /** Of the base; NaN where that has none, or a function. */
  readonly base: number;
  readonly value: number;
  readonly wide: number;
}

export interface Changes {
  readonly settings: readonly Setting[];
  readonly notes: readonly string[];
}

export type Layer = "negative" | "separator" | "positive";

const OF_SEPARATOR = ["porosity", "tortuosityFactor", "tortuosity", "thickness"] as const;
const OF_ELECTRODE = [...OF_SEPARATOR, "particleRadius", "surfaceArea", "activeFraction", "conductivity"] as const;

/** A product of powers, with the ± that follows if values err independently. */
export function derived(
  value: number,
  parts: readonly (readonly [of: KnownValue | undefined, power: number])[],
): KnownValue {
  const relative = parts.map(([of, power]) => (of === undefined ? 0 : (power * of.wide) / of.value));
  return { value, wide: Math.abs(value) * Math.hypot(...relative) };
}

/** A solver may be a hair below 1 for straight channels. */
const LEAST = 0.999;

export function layerValues(what: string, layer: Layer, given: LayerParameters): LayerValues {
  checkOptions(what, given, layer === "separator" ? OF_SEPARATOR : OF_ELECTRODE);
  const has = (name: keyof LayerParameters): boolean => given[name] !== undefined;
  const within = (
    name: keyof LayerParameters,
    dimension: Parameters<typeof knownValue>[2],
    [least, most]: readonly [number, number],
    wrong?: RegExp,
  ): KnownValue | undefined => {
    const value = given[name];
    if (value === undefined) return undefined;
    const known = knownValue(`${what}: ${name}`, value, dimension, wrong);
    checkNumber(`${what}: ${name} (SI units)`, known.value, least, most);
    return known;
  };
  if (has("tortuosityFactor") && has("tortuosity"))
    throw new InvalidArgument(
      `${what}: both tortuosityFactor (k) and tortuosity (τ) are given, and k is τ²; give one of them`,
    );
  const porosity = within("porosity", "ratio", [1e-6, 0.999999]);
  const factor = within("tortuosityFactor", "ratio", [LEAST, 1e6], /^(?:(?:tortuosity|tau)\b(?!\s*factor)|τ(?!²))/i);
  const tortuosity = within("tortuosity", "ratio", [LEAST, 1e3], /^(tortuosity\s*factor|k)\b/i);
  const values: LayerValues = {
    porosity,
    tortuosityFactor: tortuosity === undefined ? factor : derived(tortuosity.value ** 2, [[tortuosity, 2]]),
    thickness: within("thickness", "length", [1e-9, 0.1]),
    particleRadius: within("particleRadius", "length", [1e-9, 1e-2]),
    surfaceArea: within("surfaceArea", "area per volume", [1, 1e10]),
    activeFraction: within("activeFraction", "ratio", [1e-6, 1]),
    conductivity: within("conductivity", "conductivity", [0, 1e9]),
  };
  const { activeFraction: solid, particleRadius: radius, surfaceArea: area } = values;
  if (porosity !== undefined && solid !== undefined && porosity.value + solid.value > 1 + 1e-6)
    throw new InvalidArgument(
      `${what}: porosity ${porosity.value} and activeFraction ${solid.value} are more than 1 together`,
    );
  if (solid !== undefined && radius !== undefined && area !== undefined) {
    const balls = (3 * solid.value) / radius.value;
    if (Math.abs(area.value / balls - 1) > 0.01)
      throw new InvalidArgument(
        `${what}: balls of the radius ${radius.value} m that fill ${solid.value} have a surface of ${Number(balls.toPrecision(4))} 1/m, and ${area.value} 1/m is given; these models know balls only: leave one of particleRadius, surfaceArea and activeFraction out, and it follows from the others`,
      );
  }
  return values;
}

/** Radius, surface and fraction of balls, of which two are known or come from the base: a = 3·εₛ/R. */
export function balls(
  { particleRadius: radius, surfaceArea: area, activeFraction: solid }: LayerValues,
  base: { readonly radius: number; readonly solid: number },
): { radius: KnownValue; area: KnownValue; solid: KnownValue; taken: string | undefined } | undefined {
  if (radius === undefined && area === undefined && solid === undefined) return undefined;
  const known = (value: number): KnownValue => ({ value, wide: Number.NaN });
  if (radius !== undefined && solid !== undefined) {
    const a = (3 * solid.value) / radius.value;
    return {
      radius,
      solid,
      area:
        area ??
        derived(a, [
          [solid, 1],
          [radius, -1],
        ]),
      taken: undefined,
    };
  }
  if (area !== undefined && solid !== undefined)
    return {
      area,
      solid,
      radius: derived((3 * solid.value) / area.value, [
        [solid, 1],
        [area, -1],
      ]),
      taken: undefined,
    };
  if (area !== undefined && radius !== undefined)
    return {
      area,
      radius,
      solid: derived((area.value * radius.value) / 3, [
        [area, 1],
        [radius, 1],
      ]),
      taken: undefined,
    };
  // One of them: the volume of the base stays, for it is what holds the charge; only a new fraction keeps the radius.
  if (solid !== undefined)
    return {
      solid,
      radius: known(base.radius),
      area: derived((3 * solid.value) / base.radius, [[solid, 1]]),
      taken: "particle radius",
    };
  const taken = "active material fraction";
  if (radius !== undefined)
    return { radius, solid: known(base.solid), area: derived((3 * base.solid) / radius.value, [[radius, -1]]), taken };
  return {
    area: area!,
    solid: known(base.solid),
    radius: derived((3 * base.solid) / area!.value, [[area, -1]]),
    taken,
  };
}
