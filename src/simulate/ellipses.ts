/** Slices of ellipses, whose line integrals are known in closed form. */

/** An ellipse that adds its attenuation to what lies under it; lengths in columns, from the axis of rotation. */
export interface Ellipse {
  /** Centre: x to the right, y down. */
  readonly x: number;
  readonly y: number;
  /** Half-axes along x and y before the turn. */
  readonly a: number;
  readonly b: number;
  /** Turn in degrees from x towards y. Default 0. */
  readonly turn?: number;
  /** Absorbance of one column's length of it, for each energy of the beam; one number counts for all. */
  readonly attenuation: number | readonly number[];
}

/** Attenuation at energy `k`. */
export const attenuationAt = ({ attenuation }: Ellipse, k: number): number =>
  typeof attenuation === "number" ? attenuation : (attenuation[k] ?? 0);

/** Integral of 2·√(1 − u²) from −∞ to `u`. */
function circleSegment(u: number): number {
  if (u <= -1) return 0;
  if (u >= 1) return Math.PI;
  return u * Math.sqrt(1 - u * u) + Math.asin(u) + Math.PI / 2;
}

/**
 * Length of the rays through an ellipse, averaged over each column's width: the analytic Radon transform.
 * A ray at column s runs where s = x·cos θ − y·sin θ.
 * @param angle radians
 * @param centre column of the axis
 */
export function ellipseLengths(ellipse: Ellipse, angle: number, columns: number, centre: number): Float64Array {
  const { x, y, a, b, turn = 0 } = ellipse;
  const along = -angle - (turn * Math.PI) / 180;
  const half = Math.hypot(a * Math.cos(along), b * Math.sin(along));
  const middle = centre + x * Math.cos(angle) - y * Math.sin(angle);
  // A chord is 2ab/half · √(1 − u²), u its distance from the middle over the half-width.
  return Float64Array.from({ length: columns }, (_, column) => {
    const from = (column - 0.5 - middle) / half;
    const to = (column + 0.5 - middle) / half;
    return to <= -1 || from >= 1 ? 0 : a * b * (circleSegment(to) - circleSegment(from));
  });
}

/** Absorbance of each pixel of a slice of n × n at energy `k`, the mean of 4 × 4 points. */
export function drawEllipses(ellipses: readonly Ellipse[], n: number, k = 0): Float32Array {
  const out = new Float32Array(n * n);
  const middle = (n - 1) / 2;
  const points = [-0.375, -0.125, 0.125, 0.375];
  for (const ellipse of ellipses) {
    const { x, y, a, b, turn = 0 } = ellipse;
    const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
    const value = attenuationAt(ellipse, k) / 16;
    const reach = Math.max(a, b) + 1;
    const [top, bottom] = [Math.max(0, Math.floor(middle + y - reach)), Math.min(n - 1, Math.ceil(middle + y + reach))];
    const [left, right] = [Math.max(0, Math.floor(middle + x - reach)), Math.min(n - 1, Math.ceil(middle + x + reach))];
    for (let py = top; py <= bottom; py++)
      for (let px = left; px <= right; px++) {
        let inside = 0;
        for (const sy of points)
          for (const sx of points) {
            const dx = px + sx - middle - x;
            const dy = py + sy - middle - y;
            if (((dx * cos + dy * sin) / a) ** 2 + ((dy * cos - dx * sin) / b) ** 2 <= 1) inside++;
          }
        out[py * n + px]! += value * inside;
      }
  }
  return out;
}

/** The default sample: a light disc with pores and grains, some of them dense. Reaches 0.9 of the half width. */
export function defaultEllipses(columns: number): Ellipse[] {
  const r = columns / 2;
  const unit = 1.2 / columns;
  const grains: [x: number, y: number, a: number, b: number, turn: number, factor: number][] = [
    [-0.4, -0.25, 0.16, 0.12, 20, 1.2],
    [0.35, -0.4, 0.14, 0.14, 0, 1.2],
    [0.1, 0.45, 0.2, 0.12, -30, 1.2],
    [-0.35, 0.4, 0.08, 0.08, 0, 3],
    [0.45, 0.25, 0.07, 0.09, 10, 3],
    [0, 0, 0.12, 0.07, 50, -0.9],
    [-0.05, -0.55, 0.1, 0.06, 0, -0.9],
    [0.6, -0.05, 0.06, 0.1, 15, -0.9],
  ];
  return [
    { x: 0.02 * r, y: -0.01 * r, a: 0.88 * r, b: 0.84 * r, attenuation: unit },
    ...grains.map(([x, y, a, b, turn, factor]) => ({
      x: x * r,
      y: y * r,
      a: a * r,
      b: b * r,
      turn,
      attenuation: factor * unit,
    })),
  ];
}
