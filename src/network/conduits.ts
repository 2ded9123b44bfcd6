/** Lengths of the three parts of a conduit: ball, cylinder, ball. */

/** Lengths in each throat's conduit: in the ball of pore 1, in the cylinder, in the ball of pore 2. */
export interface ConduitLengths {
  readonly first: Float64Array;
  readonly middle: Float64Array;
  readonly last: Float64Array;
}

/**
 * Balls with a cylinder between them: each ball reaches to where it is as wide as the cylinder; balls that overlap in a circle
 * wider than the cylinder meet there, and there is no cylinder. The parts add up to the distance of the middles.
 * @param distances of the middles of each throat's pores
 * @param one, other diameters of the balls, none smaller than that of the throat
 */
export function conduitLengths(
  distances: Float64Array,
  one: Float64Array,
  throat: Float64Array,
  other: Float64Array,
): ConduitLengths {
  const n = distances.length;
  const [first, middle, last] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n; k++) {
    const distance = distances[k]!;
    const [a, b, t] = [one[k]! / 2, other[k]! / 2, throat[k]! / 2];
    // How far each ball reaches until it is as narrow as the cylinder.
    const most = [Math.sqrt(Math.max(0, a * a - t * t)), Math.sqrt(Math.max(0, b * b - t * t))] as const;
    let [p, q] = most;
    if (p + q > distance) {
      // Where the balls meet; behind a middle if one holds that of the other.
      const meet = distance === 0 ? 0 : (distance ** 2 - b * b + a * a) / (2 * distance);
      p = Math.min(most[0], Math.max(0, Math.min(distance, meet)));
      q = Math.min(most[1], distance - p);
      p = Math.min(most[0], distance - q);
    }
    first[k] = p;
    last[k] = q;
    middle[k] = Math.max(0, distance - p - q);
  }
  return { first, middle, last };
}

/** ∫ dx / A of a ball from its middle on, over a length: 1 / (π R) · artanh(L / R). */
export function ballResistance(diameter: number, length: number): number {
  return length === 0 ? 0 : (2 / (Math.PI * diameter)) * Math.atanh((2 * length) / diameter);
}

/** ∫ dx / A² of a ball from its middle on. */
export function ballFlowResistance(diameter: number, length: number): number {
  if (length === 0) return 0;
  const curved = (2 * diameter * length) / (diameter ** 2 - 4 * length ** 2) + Math.atanh((2 * length) / diameter);
  return (4 / (diameter ** 3 * Math.PI ** 2)) * curved;
}

/** ∫ dx / w of a disc from its middle on: arcsin(L / R) / 2. */
export function discResistance(diameter: number, length: number): number {
  return length === 0 ? 0 : Math.asin((2 * length) / diameter) / 2;
}

/** ∫ dx / w³ of a disc from its middle on: L / (8 R² √(R² − L²)). */
export function discFlowResistance(diameter: number, length: number): number {
  return length === 0 ? 0 : length / (diameter ** 2 * Math.sqrt(diameter ** 2 - 4 * length ** 2));
}

/** Area of a circle. */
export const cylinderArea = (diameter: number): number => (Math.PI / 4) * diameter ** 2;
