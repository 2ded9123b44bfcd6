/** Complex numbers as pairs, as many of their operations as impedances need. */
export type Complex = readonly [real: number, imaginary: number];

export const product = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];

export function divided([a, b]: Complex, [c, d]: Complex): Complex {
  const square = c * c + d * d;
  return [(a * c + b * d) / square, (b * c - a * d) / square];
}

/** The square root whose real part is not negative. */
export function root([a, b]: Complex): Complex {
  const length = Math.hypot(a, b);
  const real = Math.sqrt((length + a) / 2);
  return [real, Math.sign(b) * Math.sqrt((length - a) / 2)];
}

/** Hyperbolic cotangent of a number with a positive real part. */
export function coth([a, b]: Complex): Complex {
  const fall = Math.exp(-2 * a);
  const turned: Complex = [fall * Math.cos(2 * b), -fall * Math.sin(2 * b)];
  return divided([1 + turned[0], turned[1]], [1 - turned[0], -turned[1]]);
}

/** Solves a symmetric tridiagonal system for the right-hand side (1, 0, 0, …). */
export function solveTridiagonal(diagonal: readonly Complex[], beside: readonly Complex[]): Complex[] {
  // From the last row upwards: each takes away what those behind it hold.
  const held: Complex[] = [];
  for (let k = diagonal.length - 1; k >= 0; k--) {
    const behind = held[k + 1];
    const off = beside[k];
    const [re, im] = behind === undefined || off === undefined ? [0, 0] : divided(product(off, off), behind);
    held[k] = [diagonal[k]![0] - re, diagonal[k]![1] - im];
  }
  const out: Complex[] = [divided([1, 0], held[0]!)];
  for (let k = 1; k < diagonal.length; k++) {
    const [re, im] = divided(product(beside[k - 1]!, out[k - 1]!), held[k]!);
    out.push([-re, -im]);
  }
  return out;
}
