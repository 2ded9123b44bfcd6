/** How well the conduits of a network conduct. */
import { InvalidArgument } from "../core/errors.js";
import { ballFlowResistance, ballResistance, cylinderArea, discFlowResistance, discResistance } from "./conduits.js";
import { numbersOf, type PoreNetwork } from "./network.js";

/** What flows: along a gradient (diffusion, charge, heat) at the conductivity 1, or slowly at the viscosity 1. */
export type Flowing = "gradient" | "slowly";

interface Resistances {
  /** Of a ball, or disc, from its middle on over a length; of a cylinder, or strip. */
  readonly ball: (diameter: number, length: number) => number;
  readonly cylinder: (diameter: number, length: number) => number;
  readonly conducts: number;
}

/** Hagen and Poiseuille in pipes: Q = Δp / (8 π μ ∫ dx / A²); between plates, of the thickness t: Q = t·Δp / (12 μ ∫ dx / w³). */
function resistancesOf(flowing: Flowing, thickness: number | undefined): Resistances {
  if (flowing === "gradient")
    return thickness === undefined
      ? { ball: ballResistance, cylinder: (diameter, length) => length / cylinderArea(diameter), conducts: 1 }
      : { ball: discResistance, cylinder: (width, length) => length / width, conducts: thickness };
  return thickness === undefined
    ? {
        ball: ballFlowResistance,
        cylinder: (diameter, length) => length / cylinderArea(diameter) ** 2,
        conducts: 1 / (8 * Math.PI),
      }
    : { ball: discFlowResistance, cylinder: (width, length) => length / width ** 3, conducts: thickness / 12 };
}

/**
 * Conductance of each throat's conduit: its three parts in series. In a network of a plane these are discs and strips.
 * @throws InvalidArgument if a ball is shorter than the part of the conduit in it
 */
export function conductances(network: PoreNetwork, flowing: Flowing): Float64Array {
  const { pores, throats, shape, size } = network;
  const flat = shape.filter((n) => n === 1).length === 1;
  const { ball, cylinder, conducts } = resistancesOf(flowing, flat ? size[shape.indexOf(1)] : undefined);
  const width = numbersOf(pores, "diameter");
  const [one, other] = [numbersOf(throats, "pore 1"), numbersOf(throats, "pore 2")];
  const parts = ["length 1", "length", "length 2"].map((name) => numbersOf(throats, name));
  const found = numbersOf(throats, "diameter").map((diameter, k) => {
    if (!(diameter > 0)) return 0;
    const [first, middle, last] = [parts[0]![k]!, parts[1]![k]!, parts[2]![k]!];
    const [a, b] = [width[one[k]!]!, width[other[k]!]!];
    if (2 * first > a || 2 * last > b)
      throw new InvalidArgument(
        `throat ${k} leads ${first} and ${last} through its pores, which are ${a} and ${b} in diameter: more than from their middle to their end`,
      );
    return conducts / (ball(a, first) + cylinder(diameter, middle) + ball(b, last));
  });
  // Pores whose middles coincide are one: far better joined than any others.
  const most = found.reduce((best, value) => (Number.isFinite(value) ? Math.max(best, value) : best), 0);
  return found.map((value) => (Number.isFinite(value) ? value : 1e6 * (most || 1)));
}
