/** Measured values in the flat set of parameters of PyBaMM. */
import { InvalidArgument } from "../core/errors.js";
import { checkBalls, checkSum } from "./bpx-parameters.js";
import { balls, type Changes, type Layer, type LayerValues, type Setting } from "./cell-layers.js";
import type { KnownValue } from "./cell-values.js";

type Json = { [key: string]: unknown };
const numberOf = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);
const NAMES = { negative: "Negative electrode", separator: "Separator", positive: "Positive electrode" } as const;

/** Sets the values of a layer in `parameters`, in place. */
export function pybammChanges(parameters: Json, layer: Layer, values: LayerValues): Changes {
  const name = NAMES[layer];
  const settings: Setting[] = [];
  const notes: string[] = [];
  if (!Object.keys(parameters).some((one) => one.startsWith(name)))
    throw new InvalidArgument(`cellParameters: the base has no parameter of the ${name.toLowerCase()}`);
  const set = (parameter: string, known: KnownValue | undefined): void => {
    if (known === undefined) return;
    settings.push({ layer, parameter, base: numberOf(parameters[parameter]), ...known });
    parameters[parameter] = known.value;
  };
  const porosity = values.porosity ?? { value: numberOf(parameters[`${name} porosity`]), wide: Number.NaN };
  set(`${name} porosity`, values.porosity);
  const { tortuosityFactor } = values;
  if (tortuosityFactor !== undefined) {
    if (!(porosity.value > 0 && porosity.value < 1))
      throw new InvalidArgument(
        `cellParameters: ${layer}: the porosity of the base is no number between 0 and 1, and the Bruggeman coefficient needs one; give porosity, too`,
      );
    // εᵇ = ε/k
    const logarithm = Math.log(porosity.value);
    const coefficient = 1 - Math.log(tortuosityFactor.value) / logarithm;
    const byFactor = tortuosityFactor.wide / tortuosityFactor.value / Math.abs(logarithm);
    const byPorosity =
      values.porosity === undefined
        ? 0
        : ((values.porosity.wide / porosity.value) * Math.log(tortuosityFactor.value)) / logarithm ** 2;
    set(`${name} Bruggeman coefficient (electrolyte)`, {
      value: coefficient,
      wide: Math.hypot(byFactor, byPorosity),
    });
    set(`${name} tortuosity factor (electrolyte)`, tortuosityFactor);
    if (values.porosity === undefined) notes.push(`The porosity of the ${name.toLowerCase()} is that of the base.`);
  } else if (values.porosity !== undefined)
    notes.push(`The Bruggeman coefficient of the ${name.toLowerCase()} is still that of the base.`);
  set(`${name} thickness [m]`, values.thickness);
  if (values.conductivity !== undefined) {
    set(`${name} conductivity [S.m-1]`, values.conductivity);
    // What was measured is effective already.
    set(`${name} Bruggeman coefficient (electrode)`, { value: 0, wide: 0 });
  }
  const radiusName = `${layer === "negative" ? "Negative" : "Positive"} particle radius [m]`;
  const base = {
    radius: numberOf(parameters[radiusName]),
    solid: numberOf(parameters[`${name} active material volume fraction`]),
  };
  const found = layer === "separator" ? undefined : balls(values, base);
  if (found === undefined) {
    if (values.porosity !== undefined) checkSum(layer, porosity.value, base.solid);
    return { settings, notes };
  }
  checkBalls(layer, found);
  set(radiusName, found.radius);
  set(`${name} active material volume fraction`, found.solid);
  if (found.taken !== undefined) notes.push(`The ${found.taken} of the ${name.toLowerCase()} is that of the base.`);
  checkSum(layer, porosity.value, found.solid.value);
  return { settings, notes };
}
