/** Radiographs between two scans whose way from the one to the other was planted. */
import { expect, test } from "vitest";
import { forwardProjection } from "#src/artefacts/forward-projection.js";
import { um } from "#src/core/length.js";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { mixingOf, noiseOf } from "#src/measure/mixing.js";
import { quasi4D } from "#src/measure/quasi-4d.js";
import { type Series, series } from "#src/measure/series.js";
import { stateTable } from "#src/recipes/state-table.js";
import { memoryVolume } from "../support/memory-volume.js";
import { normal } from "../support/normal.js";

const shape: Shape = [24, 40, 40];
const volumeOf = (of: (z: number, y: number, x: number) => number): Volume => {
  const values = new Float32Array(shape[0] * shape[1] * shape[2]);
  for (let z = 0, k = 0; z < shape[0]; z++)
    for (let y = 0; y < shape[1]; y++) for (let x = 0; x < shape[2]; x++, k++) values[k] = of(z, y, x);
  return memoryVolume(values, shape, { brick: [8, 40, 40], spacing: [1e-6, 1e-6, 1e-6] });
};
const inside = (z: number, y: number, x: number): boolean => Math.hypot(y - 19.5, x - 19.5) < 14 && z >= 4 && z < 20;
/** Particles that take up lithium: each changes its absorbance by its own. */
const lithiated = (m: number): Volume =>
  volumeOf((z, y, x) => (inside(z, y, x) ? 0.02 + m * (0.004 + 0.004 * Math.sin(z + 0.7 * y) * Math.cos(0.5 * x)) : 0));
/** A layer that grows from 8 to 16 planes. */
const layer = (thickness: number): Volume =>
  volumeOf((z, y, x) => (Math.hypot(y - 19.5, x - 19.5) < 14 ? 0.03 * Math.min(1, Math.max(0, thickness - z)) : 0));

const labels = memoryVolume(new Uint8Array(shape[0] * shape[1] * shape[2]), shape, {
  role: "labels",
  spacing: [1e-6, 1e-6, 1e-6],
});
const statesOf = (scans: readonly Volume[]): Series =>
  series(scans.map((scan, k) => ({ name: `S${k}`, labels, scan, time: 100 * k, voltage: 3 - k })));

async function radiographsOf(volumes: readonly Volume[], angles: readonly number[], noise: number): Promise<Volume> {
  const [, rows, columns] = [0, shape[0], shape[2]];
  const out = new Float32Array(volumes.length * rows * columns);
  for (const [k, volume] of volumes.entries()) {
    const one = await forwardProjection(volume, { angles: [angles[k]!], columns });
    out.set((await one.read()) as Float32Array, k * rows * columns);
  }
  const white = normal(out.length, 7);
  return memoryVolume(
    out.map((value, k) => value + noise * white[k]!),
    [volumes.length, rows, columns],
    {
      role: "projections",
      angles,
      brick: [1, rows, columns],
    },
  );
}
const rowsOf = (table: { toArray(): { toJSON(): object }[] }): Record<string, number | string>[] =>
  table.toArray().map((row) => row.toJSON() as Record<string, number | string>);

test.each([0, 0.005, 0.02])(
  "of a change that goes on everywhere at once the fraction comes back within its ±, at noise %f",
  async (noise) => {
    const planted = [0, 0.1, 0.35, 0.5, 0.8, 1];
    const angles = [0, 30, 77, 110, 145, 170];
    const states = statesOf([lithiated(0), lithiated(1)]);
    const table = await stateTable(states, {
      expansion: (_, __, { name }) => ({ value: name === "S0" ? 1 : 2.5, unit: "1" }),
      thickness: (_, __, { name }) => ({ value: name === "S0" ? 10 : 20, unit: "µm" }),
    });
    const radiographs = await radiographsOf(planted.map(lithiated), angles, noise);
    const found = await quasi4D(states, radiographs, { times: [0, 20, 40, 60, 80, 100], quantities: table });
    const rows = rowsOf(found);
    for (const [k, m] of planted.entries()) {
      const row = rows[k]!;
      const off = Math.abs((row.mixing as number) - m);
      // Three standard deviations of six fractions, and a hair for float32.
      expect(off).toBeLessThan(1.6 * (row["± mixing"] as number) + 1e-5);
      // Of so few pixels this noise would hide a misfit of 0.1.
      expect(row.enough).toBe(noise > 0.01 ? "unclear" : "yes");
      expect(row["by time"]).toBeCloseTo(k / 5, 12);
      expect(row.expansion).toBeCloseTo(1 + 1.5 * (row.mixing as number), 9);
      expect(row["± thickness"]).toBeCloseTo(10 * (row["± mixing"] as number), 9);
      if (noise > 0) expect(Math.abs((row.noise as number) / noise - 1)).toBeLessThan(0.1);
    }
    expect(rows.map((row) => [row.from, row.to, row.angle])).toEqual(angles.map((angle) => ["S0", "S1", angle]));
    const unit = (name: string) => found.schema.fields.find((field) => field.name === name)!.metadata.get("unit");
    expect([unit("thickness"), unit("± thickness"), unit("angle")]).toEqual(["µm", "µm", "°"]);
    expect(found.getChild("voltage")).toBeNull();
  },
);

test("a front that moves is no mixture, and is told so, but its mean position follows", async () => {
  const states = statesOf([layer(8), layer(16)]);
  const quantities = await stateTable(states, { thickness: (_, __, { name }) => (name === "S0" ? 8 : 16) });
  const radiographs = await radiographsOf([layer(8), layer(10), layer(12), layer(16)], [0, 45, 90, 135], 0.002);
  const rows = rowsOf(await quasi4D(states, radiographs, { times: [0, 25, 50, 100], quantities }));
  expect(rows.map((row) => row.enough)).toEqual(["yes", "no", "no", "yes"]);
  for (const [k, thickness] of [8, 10, 12, 16].entries())
    expect(Math.abs((rows[k]!.thickness as number) / thickness - 1)).toBeLessThan(0.01);
  expect(rows[2]!.misfit).toBeCloseTo(0.5, 1);
});

test("what was there only between the scans stands out, and a weaker beam does not if it is fitted", async () => {
  const states = statesOf([lithiated(0), lithiated(1)]);
  const half = lithiated(0.5);
  const values = (await half.read()) as Float32Array;
  const bubble = volumeOf((z, y, x) => {
    const value = values[(z * shape[1] + y) * shape[2] + x]!;
    return Math.hypot(z - 12, y - 15, x - 22) < 4 ? 0 : value;
  });
  const radiographs = await radiographsOf([half, bubble], [20, 20], 0.004);
  const rows = rowsOf(await quasi4D(states, radiographs, { times: [50, 50] }));
  expect(rows.map((row) => row.enough)).toEqual(["yes", "no"]);
  const brighter = memoryVolume(
    (await radiographs.read()).map((value) => value + 0.03) as Float32Array,
    radiographs.shape,
    { role: "projections", angles: [20, 20] },
  );
  const plain = rowsOf(await quasi4D(states, brighter, { times: [50, 50] }))[0]!;
  const fitted = rowsOf(await quasi4D(states, brighter, { times: [50, 50], offset: true }))[0]!;
  expect(Math.abs((plain.mixing as number) - 0.5)).toBeGreaterThan(0.05);
  expect(Math.abs((fitted.mixing as number) - 0.5)).toBeLessThan(1.6 * (fitted["± mixing"] as number));
  expect(fitted.offset).toBeCloseTo(0.03, 3);
  expect([plain.enough, fitted.enough]).toEqual(["no", "yes"]);
});

test("radiographs belong to the scans around them; before, after and without change nothing is claimed", async () => {
  const scans = [lithiated(0), lithiated(1), lithiated(1)];
  const states = statesOf(scans);
  const radiographs = await radiographsOf([scans[0]!, scans[1]!, scans[1]!, scans[1]!], [0, 0, 0, 0], 0.005);
  const rows = rowsOf(await quasi4D(states, radiographs, { times: [-5, 100, 150, 201] }));
  expect(rows.map((row) => [row.from, row.to, row.enough])).toEqual([
    ["", "", "unclear"],
    ["S0", "S1", "yes"],
    ["S1", "S2", "unclear"],
    ["", "", "unclear"],
  ]);
  expect([rows[0]!.mixing, rows[2]!.mixing, rows[3]!.misfit]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test("the noise of a picture is that from pixel to pixel, whatever lies under it", () => {
  const [rows, columns] = [60, 70];
  const white = normal(rows * columns, 3);
  const picture = Float64Array.from(
    white,
    (value, k) => 0.3 * value + 0.05 * Math.floor(k / columns) + 0.02 * (k % columns),
  );
  const line = Float64Array.from(white, (value, k) => 0.3 * value + 0.01 * k);
  expect(Math.abs(noiseOf(picture, rows, columns) / 0.3 - 1)).toBeLessThan(0.05);
  expect(Math.abs(noiseOf(line, 1, rows * columns) / 0.3 - 1)).toBeLessThan(0.05);
  expect(mixingOf([3], [1], [5], [1, 1], false)).toMatchObject({ fraction: 0.5, residual: 0, misfit: 0 });
});

test("what makes no sense is refused with what to do, and Stop is heard", async () => {
  const states = statesOf([lithiated(0), lithiated(1)]);
  const radiographs = await radiographsOf([lithiated(0)], [0], 0);
  const times = [3];
  await expect(quasi4D(labels as never, radiographs, { times })).rejects.toThrow("takes a series of states");
  await expect(quasi4D(states, labels, { times })).rejects.toThrow("takes projections");
  await expect(quasi4D(states, radiographs, {} as never)).rejects.toThrow("times are undefined for 1 radiographs");
  await expect(quasi4D(states, radiographs, { times: [Number.NaN] })).rejects.toThrow("give one finite number");
  await expect(quasi4D(states, radiographs, { times, tolerance: -1 })).rejects.toThrow("tolerance is -1");
  await expect(quasi4D(states, radiographs, { times, tolerence: 1 } as never)).rejects.toThrow(
    "did you mean `tolerance`",
  );
  const bare = memoryVolume(new Float32Array(24 * 40), [1, 24, 40], { role: "projections" });
  await expect(quasi4D(states, bare, { times })).rejects.toMatchObject({ code: "MissingData" });
  const short = memoryVolume(new Float32Array(12 * 40), [1, 12, 40], { role: "projections", angles: [0] });
  await expect(quasi4D(states, short, { times })).rejects.toThrow("have 12 rows, the scans 24 planes");
  const blind = series([0, 1].map((k) => ({ name: `S${k}`, labels, time: k })));
  await expect(quasi4D(blind, radiographs, { times })).rejects.toThrow('the state "S0" has no scan');
  const other = await stateTable(series([{ name: "X", labels: labels.with({ spacing: um(1) }) }]), () => 3);
  await expect(quasi4D(states, radiographs, { times, quantities: other })).rejects.toThrow(
    "have no row for each of the states",
  );
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(quasi4D(states, radiographs, { times, signal })).rejects.toThrow("enough");
  await expect(quasi4D(states, radiographs, { times, memoryLimit: 1000 })).rejects.toMatchObject({
    code: "LimitExceeded",
  });
});
