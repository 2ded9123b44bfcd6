import fc from "fast-check";
import { expect, test } from "vitest";
import type { Shape, Triple } from "#src/core/shape.js";
import { Packing } from "#src/simulate/packing.js";
import { ACTIVE, BINDER, PORE, Structure, type StructureParameters } from "#src/simulate/structure.js";
import { texture } from "#src/simulate/texture.js";

const parameters: StructureParameters = {
  seed: 3,
  porosity: 0.4,
  binder: 0.15,
  diameter: 12,
  spread: 0.3,
  elongation: 0.2,
  roughness: 0.1,
};
const structure = new Structure(parameters);

test("the phases of a box are those that any other box has there, also at negative positions", async () => {
  const large = structure.phases([-20, -10, -30], [45, 50, 60]);
  await fc.assert(
    fc.property(
      fc.tuple(fc.integer({ min: 0, max: 44 }), fc.integer({ min: 0, max: 49 }), fc.integer({ min: 0, max: 59 })),
      fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })),
      (at, size) => {
        const limits = [45, 50, 60];
        const shape = size.map((n, k) => Math.min(n, limits[k]! - at[k]!)) as unknown as Shape;
        const start = [at[0] - 20, at[1] - 10, at[2] - 30] as Triple;
        const part = structure.phases(start, shape);
        const expected: number[] = [];
        for (let z = 0; z < shape[0]; z++)
          for (let y = 0; y < shape[1]; y++)
            for (let x = 0; x < shape[2]; x++) expected.push(large[((at[0] + z) * 50 + at[1] + y) * 60 + at[2] + x]!);
        expect(Array.from(part)).toEqual(expected);
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

test("the fractions asked for are met in a box of thousands of particles", () => {
  for (const [porosity, binder] of [
    [0.4, 0.15],
    [0.6, 0],
    [0.25, 0.3],
    [0.05, 0.05],
  ] as const) {
    const shape = [110, 110, 110] as const;
    const labels = new Structure({ ...parameters, diameter: 8, porosity, binder }).phases([200, 0, 0], shape);
    const counts = [0, 0, 0];
    for (const label of labels) counts[label]!++;
    const share = (label: number): number => counts[label]! / labels.length;
    expect(Math.abs(share(PORE) - porosity)).toBeLessThan(0.02);
    expect(Math.abs(share(BINDER) - binder)).toBeLessThan(0.02);
    expect(Math.abs(share(ACTIVE) - (1 - porosity - binder))).toBeLessThan(0.02);
  }
});

test("binder lies at particles: nearer to active material than pores are", () => {
  const shape = [60, 60, 60] as const;
  const labels = structure.phases([0, 0, 0], shape);
  const touching = (label: number): number => {
    let [count, touches] = [0, 0];
    for (let z = 2; z < 58; z++)
      for (let y = 2; y < 58; y++)
        for (let x = 2; x < 58; x++) {
          const k = (z * 60 + y) * 60 + x;
          if (labels[k] !== label) continue;
          count++;
          if ([1, -1, 60, -60, 3600, -3600].some((d) => labels[k + 2 * d] === ACTIVE)) touches++;
        }
    return touches / count;
  };
  expect(touching(BINDER)).toBeGreaterThan(1.5 * touching(PORE));
});

test("particles do not overlap as balls, have the mean size asked for where there is room, and every box names all that reach it", () => {
  // Particles of one size reach as far as any; crowded ones of many sizes grow and shrink most.
  for (const [spread, density] of [
    [0, 1.2],
    [0.3, 0.7],
    [0.5, 2],
  ] as const) {
    const particles = new Packing(9, 10, spread, 0, density).near([0, 0, 0], [60, 60, 60], 3);
    expect(particles.length).toBeGreaterThan(200);
    let deepest = Number.POSITIVE_INFINITY;
    for (const [k, a] of particles.entries())
      for (const b of particles.slice(0, k)) {
        const distance = Math.hypot(...a.centre.map((at, n) => at - b.centre[n]!));
        deepest = Math.min(deepest, distance - a.radius - b.radius);
      }
    expect(deepest).toBeGreaterThan(-1e-9);
    const [start, stop] = [[20, 20, 20] as const, [30, 25, 40] as const];
    const small = new Packing(9, 10, spread, 0, density).near(start, stop, 3);
    const reaches = particles.filter(({ centre, radius }) => {
      const gaps = centre.map((at, k) => Math.max(0, start[k]! - at, at - stop[k]!));
      return Math.hypot(...gaps) <= 3 + radius;
    });
    const name = ({ centre, radius }: (typeof small)[number]): string => `${centre.join(" ")} ${radius}`;
    expect(small.map(name).sort()).toEqual(reaches.map(name).sort());
  }
  const loose = new Packing(9, 10, 0.3, 0, 0.02).near([0, 0, 0], [250, 250, 250], 0);
  const mean = loose.reduce((sum, { radius }) => sum + 2 * radius, 0) / loose.length;
  const logs = loose.map(({ radius }) => Math.log(radius));
  const logMean = logs.reduce((a, b) => a + b) / logs.length;
  const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - logMean) ** 2, 0) / logs.length);
  expect(Math.abs(mean - 10)).toBeLessThan(0.6);
  // Cut at two deviations a normal number keeps 0.95 of its own, by piling up at the ends.
  expect(Math.abs(deviation - 0.3)).toBeLessThan(0.04);
});

test("a texture is smooth, from −1 to 1, and the same in any box", () => {
  const rows = new Map<string, Float64Array>();
  texture(4, 5, [-7, 0, 3], 1, [4, 5, 60], (z, y, row) => rows.set(`${z - 7},${y}`, row.slice()));
  const all = [...rows.values()].flatMap((row) => Array.from(row));
  expect(Math.max(...all.map(Math.abs))).toBeLessThanOrEqual(1);
  for (const row of rows.values())
    for (let k = 1; k < row.length; k++) expect(Math.abs(row[k]! - row[k - 1]!)).toBeLessThan(2 * (1.5 / 5) + 1e-9);
  expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(1);
  let compared = 0;
  texture(4, 5, [-5, 2, 23], 1, [2, 2, 30], (z, y, row) => {
    for (const [x, value] of row.entries()) {
      expect(value).toBeCloseTo(rows.get(`${z - 5},${y + 2}`)![x + 20]!, 12);
      compared++;
    }
  });
  expect(compared).toBe(120);
});
