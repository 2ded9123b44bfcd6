/** Fourier shell correlation by its definition: every coefficient a sum over all voxels, every shell over its coefficients. */
export function shellCorrelation(
  first: readonly number[],
  second: readonly number[],
  size: readonly [number, number, number],
  scale: readonly [number, number, number],
  shells: number,
): number[] {
  const window = (k: number, n: number): number => (n === 1 ? 1 : Math.sin((Math.PI * (k + 0.5)) / n) ** 2);
  const faded = (values: readonly number[]): number[] => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return values.map((value, k) => {
      const at = [Math.floor(k / (size[1] * size[2])), Math.floor(k / size[2]) % size[1], k % size[2]];
      return at.reduce((product, n, axis) => product * window(n, size[axis]!), value - mean);
    });
  };
  const [a, b] = [faded(first), faded(second)];
  const signed = (k: number, n: number): number => (k < n / 2 ? k : k - n);
  const sums = Array.from({ length: shells + 1 }, () => [0, 0, 0] as [number, number, number]);
  for (let kz = 0; kz < size[0]; kz++)
    for (let ky = 0; ky < size[1]; ky++)
      for (let kx = 0; kx < size[2]; kx++) {
        const coefficient = (values: readonly number[]): [number, number] => {
          const sum: [number, number] = [0, 0];
          values.forEach((value, k) => {
            const z = Math.floor(k / (size[1] * size[2]));
            const y = Math.floor(k / size[2]) % size[1];
            const x = k % size[2];
            const angle = -2 * Math.PI * ((kz * z) / size[0] + (ky * y) / size[1] + (kx * x) / size[2]);
            sum[0] += value * Math.cos(angle);
            sum[1] += value * Math.sin(angle);
          });
          return sum;
        };
        const frequency = Math.sqrt(
          [kz, ky, kx].reduce((sum, k, axis) => sum + (signed(k, size[axis]!) / size[axis]! / scale[axis]!) ** 2, 0),
        );
        const shell = Math.round(frequency * 2 * shells);
        if (shell > shells) continue;
        const [x, y] = [coefficient(a), coefficient(b)];
        sums[shell]![0] += x[0] * y[0] + x[1] * y[1];
        sums[shell]![1] += x[0] ** 2 + x[1] ** 2;
        sums[shell]![2] += y[0] ** 2 + y[1] ** 2;
      }
  return sums.map(([cross, one, two]) => cross / Math.sqrt(one * two));
}
