import { expect, test } from "vitest";
import { fft, fft2, frequency, inverseFft, powerOfTwo } from "#src/compute/fft.js";

const signal = (n: number, seed: number): Float64Array =>
  Float64Array.from({ length: n }, (_, k) => Math.sin(1.3 * k * k + seed) + 0.2 * k);

test.each([1, 2, 3, 4, 5, 7, 8, 12, 31, 64, 100, 255, 256])("%d values are transformed as by the definition", (n) => {
  const [re, im] = [signal(n, 1), signal(n, 2)];
  const [a, b] = [re.slice(), im.slice()];
  fft(a, b);
  for (let j = 0; j < n; j++) {
    let [x, y] = [0, 0];
    for (let k = 0; k < n; k++) {
      const angle = (-2 * Math.PI * j * k) / n;
      x += re[k]! * Math.cos(angle) - im[k]! * Math.sin(angle);
      y += re[k]! * Math.sin(angle) + im[k]! * Math.cos(angle);
    }
    expect(Math.abs(a[j]! - x) + Math.abs(b[j]! - y)).toBeLessThan(1e-9 * n * n);
  }
  inverseFft(a, b);
  for (let k = 0; k < n; k++) expect(Math.abs(a[k]! - re[k]!) + Math.abs(b[k]! - im[k]!)).toBeLessThan(1e-11 * n * n);
});

test("an image is transformed along both axes, and back", () => {
  const [height, width] = [6, 10];
  const [re, im] = [signal(60, 3), new Float64Array(60)];
  const [a, b] = [re.slice(), im.slice()];
  fft2(a, b, height, width);
  const mean = re.reduce((sum, value) => sum + value, 0);
  expect(a[0]).toBeCloseTo(mean, 9);
  // A real image: the coefficient of −f is the conjugate of that of f.
  expect(a[1 * width + 3]).toBeCloseTo(a[5 * width + 7]!, 9);
  expect(b[1 * width + 3]).toBeCloseTo(-b[5 * width + 7]!, 9);
  fft2(a, b, height, width, true);
  for (let k = 0; k < 60; k++) expect(Math.abs(a[k]! - re[k]!) + Math.abs(b[k]!)).toBeLessThan(1e-9);
});

test("frequencies are those of numpy.fft.fftfreq", () => {
  expect([0, 1, 2, 3].map((k) => frequency(k, 4))).toEqual([0, 0.25, -0.5, -0.25]);
  expect([0, 1, 2, 3, 4].map((k) => frequency(k, 5))).toEqual([0, 0.2, 0.4, -0.4, -0.2]);
  expect([1, 2, 3, 64, 65].map(powerOfTwo)).toEqual([1, 2, 4, 64, 128]);
});
