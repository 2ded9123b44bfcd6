/** How colours look to eyes that lack a cone, and how far apart they are. */

export type Colour = readonly [number, number, number];

/**
 * Matrices for full dichromacy, over linear RGB.
 * @see G. Machado, M. Oliveira & L. Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency (2009),
 * doi:10.1109/TVCG.2009.113
 */
export const DICHROMACY: Readonly<Record<string, readonly (readonly number[])[]>> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** Linear RGB as other eyes have it. */
export function seenBy(kind: string, colour: Colour): Colour {
  const rgb = colour.map((value) => linear(value / 255));
  return DICHROMACY[kind]!.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, factor, k) => sum + factor * rgb[k]!, 0),
      ),
    ),
  ) as unknown as Colour;
}

export const seenByAll = (colour: Colour): Colour => colour.map((value) => linear(value / 255)) as unknown as Colour;

/** CIE L*a*b* of linear RGB under D65. */
function lab([r, g, b]: Colour): Colour {
  const f = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIE 1976 difference of two colours in linear RGB: some 2.3 is just seen, 10 at a glance. */
export function difference(a: Colour, b: Colour): number {
  const [p, q] = [lab(a), lab(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}
