/** Measured values in a set of parameters of the BPX standard. */
import { InvalidArgument, MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { balls, type Changes, derived, type Layer, type LayerValues, type Setting } from "./cell-layers.js";
import type { KnownValue } from "./cell-values.js";

type Json = { [key: string]: unknown };
const SECTIONS = { negative: "Negative electrode", separator: "Separator", positive: "Positive electrode" } as const;
const AREA = "Surface area per unit volume [m-1]";
const RADIUS = "Particle radius [m]";

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const numberOf = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);

/** Sets the values of a layer in `parameters`, in place. */
export function bpxChanges(parameters: Json, layer: Layer, values: LayerValues): Changes {
  const all = parameters.Parameterisation;
  if (!isObject(all)) throw new MalformedFile(`cellParameters: "Parameterisation" of the base is no object`);
  const name = SECTIONS[layer];
  const section = all[name];
  if (!isObject(section))
    throw new InvalidArgument(
      `cellParameters: the base has no ${JSON.stringify(name)} (it has ${Object.keys(all).join(", ")})`,
    );
  const settings: Setting[] = [];
  const notes: string[] = [];
  const set = (parameter: string, known: KnownValue | undefined): void => {
    if (known === undefined) return;
    settings.push({ layer, parameter, base: numberOf(section[parameter]), ...known });
    section[parameter] = known.value;
  };
  const porosity = values.porosity ?? { value: numberOf(section.Porosity), wide: Number.NaN };
  if (values.tortuosityFactor !== undefined) {
    if (Number.isNaN(porosity.value))
      throw new InvalidArgument(
        `cellParameters: ${layer}: the base has no porosity, and the transport efficiency is porosity over tortuosity factor; give porosity, too`,
      );
    const { value } = values.tortuosityFactor;
    const efficiency = derived(porosity.value / value, [
      [values.porosity, 1],
      [values.tortuosityFactor, -1],
    ]);
    set("Porosity", values.porosity);
    set("Transport efficiency", efficiency);
    if (values.porosity === undefined) notes.push(`The porosity of the ${name.toLowerCase()} is that of the base.`);
  } else {
    set("Porosity", values.porosity);
    if (values.porosity !== undefined)
      notes.push(`The transport efficiency of the ${name.toLowerCase()} is still that of the base.`);
  }
  set("Thickness [m]", values.thickness);
  set("Conductivity [S.m-1]", values.conductivity);
  const { particleRadius, surfaceArea, activeFraction } = values;
  const base = { radius: numberOf(section[RADIUS]), solid: (numberOf(section[RADIUS]) * numberOf(section[AREA])) / 3 };
  if (particleRadius === undefined && surfaceArea === undefined && activeFraction === undefined) {
    if (values.porosity !== undefined) checkSum(layer, porosity.value, base.solid);
    return { settings, notes };
  }
  if (isObject(section.Particle))
    throw new UnsupportedFeature(
      `cellParameters: the ${name.toLowerCase()} of the base is a blend of ${Object.keys(section.Particle).join(", ")}; radius, surface and fraction of one of them cannot be told from here: set them in the JSON itself`,
    );
  const found = balls(values, base)!;
  checkBalls(layer, found);
  set(RADIUS, found.radius);
  set(AREA, found.area);
  if (found.taken !== undefined) notes.push(`The ${found.taken} of the ${name.toLowerCase()} is that of the base.`);
  checkSum(layer, porosity.value, found.solid.value);
  return { settings, notes };
}

/** Throws where the base lacks what the balls need. */
export function checkBalls(layer: Layer, found: NonNullable<ReturnType<typeof balls>>): void {
  if ([found.radius, found.area, found.solid].every(({ value }) => Number.isFinite(value) && value > 0)) return;
  throw new InvalidArgument(
    `cellParameters: ${layer}: one of particleRadius, surfaceArea and activeFraction is given, and the base has no number for another one; give two of them`,
  );
}

export function checkSum(layer: Layer, porosity: number, solid: number): void {
  if (porosity + solid > 1 + 1e-6)
    throw new InvalidArgument(
      `cellParameters: ${layer}: a porosity of ${porosity} and a fraction of active material of ${Number(solid.toPrecision(6))} are more than 1 together; one may still be that of the base, or that of the balls that surface and radius make: give activeFraction, too`,
    );
}
