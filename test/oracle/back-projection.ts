/** Filtered back projection by its definition: convolution in space, then every pixel asks every projection. */
export function backProjection(
  sinogram: ArrayLike<number>,
  columns: number,
  degrees: readonly number[],
  centre: number,
): number[] {
  const ramp = (k: number): number => (k === 0 ? 0.25 : k % 2 === 0 ? 0 : -1 / (Math.PI * k) ** 2);
  const filtered = degrees.map((_, a) =>
    Array.from({ length: columns }, (_, x) => {
      let sum = 0;
      for (let from = 0; from < columns; from++) sum += ramp(x - from) * sinogram[a * columns + from]!;
      return sum;
    }),
  );
  const out: number[] = [];
  const middle = (columns - 1) / 2;
  for (let y = 0; y < columns; y++)
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (const [a, degree] of degrees.entries()) {
        const angle = (degree * Math.PI) / 180;
        const s = centre + (x - middle) * Math.cos(angle) - (y - middle) * Math.sin(angle);
        const k = Math.floor(s);
        if (s < 0 || s > columns - 1) continue;
        sum += (1 - s + k) * filtered[a]![k]! + (s - k) * (filtered[a]![k + 1] ?? 0);
      }
      out.push((Math.PI / degrees.length) * sum);
    }
  return out;
}
