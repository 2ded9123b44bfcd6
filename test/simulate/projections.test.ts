import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { projections } from "#src/simulate/projections.js";

const small = { columns: 64, rows: 3, angles: 10 };

test("without noise the counts are the beam through the sample, between darks and flats", async () => {
  const attenuation = [0.01, 0.02];
  const ellipses = [{ x: 0, y: 0, a: 20, b: 20, attenuation }];
  const scan = await projections({ ...small, columns: 65, photons: 0, ellipses, spectrum: [0.75, 0.25] });
  expect([scan.projections.shape, scan.flats.shape, scan.darks.shape]).toEqual([
    [10, 3, 65],
    [10, 3, 65],
    [10, 3, 65],
  ]);
  const at = async (volume: typeof scan.flats): Promise<number> => volume.at(4, 1, 32);
  const [flat, dark] = [await at(scan.flats), await at(scan.darks)];
  const passed = ((await at(scan.projections)) - dark) / (flat - dark);
  // Through the middle of the disc, 40 columns, by two energies.
  expect(passed).toBeCloseTo(0.75 * Math.exp(-0.4) + 0.25 * Math.exp(-0.8), 3);
  expect(await scan.absorbances.at(4, 1, 32)).toBeCloseTo(0.4, 3);
  expect(await scan.truth.at(0, 32, 32)).toBeCloseTo(0.01, 6);
});

test("noise is that of the photons, stripes and dead columns are those asked for", async () => {
  const scan = await projections({ ...small, angles: 200, ellipses: [], photons: 400 });
  const values = [...(await scan.projections.plane("y", 1)).values].filter((_, k) => k % 64 === 32);
  const mean = values.reduce((a, b) => a + b) / 200;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 199;
  expect(Math.abs(variance / mean - 1)).toBeLessThan(0.3);
  const striped = await projections({ ...small, ellipses: [], photons: 0, stripes: 0.1, dead: 2 });
  const [flat, projected] = [await striped.flats.plane("z", 0), await striped.projections.plane("z", 0)];
  const ratios = Array.from(projected.values, (value, k) => value / flat.values[k]!);
  expect(ratios.filter((ratio) => Math.abs(ratio - 1) > 0.02).length).toBeGreaterThan(100);
  expect(ratios.every((ratio) => ratio > 0.1 && ratio < 1.6)).toBe(true);
});

test("the same seed gives the same bytes, another one others", async () => {
  const bytes = async (seed: number): Promise<number> =>
    crc32(new Uint8Array((await (await projections({ ...small, seed, stripes: 0.02 })).projections.read()).buffer));
  expect(await bytes(5)).toBe(await bytes(5));
  expect(await bytes(5)).not.toBe(await bytes(6));
});

test("options that make no sense are refused with what is allowed", async () => {
  await expect(projections({ columns: 8 })).rejects.toThrow("columns is 8; allowed is a whole number from 16 to 4096");
  await expect(projections({ spectrum: [0.5, 0.4] })).rejects.toThrow("give shares of at least 0 that sum to 1");
  await expect(projections({ dead: 30 })).rejects.toThrow("dead is 30");
  await expect(projections({ angles: [] })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(projections({ centre: 500 })).rejects.toThrow("centre (columns) is 500");
  const ellipse = { x: 0, y: 0, a: 1, b: 1, attenuation: [1, 2] };
  await expect(projections({ ellipses: [ellipse] })).rejects.toThrow("one for each of the 1 energies");
  await expect(projections({ ellipses: [{ ...ellipse, a: 0 }] })).rejects.toThrow("ellipse, a is 0");
  await expect(projections({ photon: 3 } as never)).rejects.toThrow("did you mean `photons`");
  await expect(projections({ signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no");
});
