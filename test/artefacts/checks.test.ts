import { expect, test } from "vitest";
import { absorbance } from "#src/artefacts/absorbance.js";
import { flatField } from "#src/artefacts/flat-field.js";
import { samplingCheck } from "#src/artefacts/sampling-check.js";
import { transmissionCheck } from "#src/artefacts/transmission-check.js";
import { projections as simulate } from "#src/simulate/projections.js";
import { memoryVolume } from "../support/memory-volume.js";

/** Figure → [value, verdict]. */
type Found = Record<string, readonly [value: number, verdict: string]>;
const rowsOf = (table: Awaited<ReturnType<typeof samplingCheck>>): Found =>
  Object.fromEntries(
    Array.from({ length: table.numRows }, (_, k) => [
      String(table.getChild("figure")!.get(k)),
      [Number(table.getChild("value")!.get(k)), String(table.getChild("verdict")!.get(k))],
    ]),
  );
const disc = (attenuation: number) => [{ x: 0, y: 0, a: 50, b: 50, attenuation }];

test("a sample that lets less than a fifth of the beam through is flagged", async () => {
  const check = async (attenuation: number): Promise<Found> =>
    rowsOf(
      await transmissionCheck(
        await flatField(await simulate({ columns: 128, angles: 20, ellipses: disc(attenuation) })),
      ),
    );
  const thin = await check(0.005);
  expect(thin["share of pixels below the limit"]).toEqual([0, "good"]);
  expect(thin["transmission of the darkest 0.1 %"]![0]).toBeCloseTo(Math.exp(-0.5), 1);
  const thick = await check(0.03);
  expect(thick["share of pixels below the limit"]![1]).toBe("poor");
  // Chords longer than ln(5)/0.03: of a disc of radius 50, √(50² − 26.8²)/64 of the columns.
  const share = Math.sqrt(50 ** 2 - (Math.log(5) / 0.06) ** 2) / 64;
  expect(Math.abs(thick["share of pixels below the limit"]![0] - share)).toBeLessThan(0.02);
  expect(thick["angle of most absorption"]).toBeDefined();
  const nothing = memoryVolume(new Float32Array(8).fill(Number.NaN), [2, 2, 2], { role: "projections" });
  await expect(transmissionCheck(nothing)).rejects.toMatchObject({ code: "MissingData" });
});

test("too few projections, a missing wedge and columns too coarse for the edges are told apart", async () => {
  const check = async (options: object, diameter = 100): Promise<Found> =>
    rowsOf(
      await samplingCheck((await simulate({ columns: 128, rows: 1, photons: 0, ...options })).absorbances, {
        diameter,
      }),
    );
  const figure = "projections over the number needed";
  const enough = await check({ angles: 158 });
  expect(enough[figure]![0]).toBeCloseTo(158 / (50 * Math.PI), 6);
  expect([enough[figure]![1], enough["missing wedge"]]).toEqual(["good", [0, "good"]]);
  expect((await check({ angles: 100 }))[figure]![1]).toBe("fair");
  expect((await check({ angles: 40 }))[figure]![1]).toBe("poor");
  // A whole turn of 158 has only 79 directions.
  const turn = await check({ angles: Array.from({ length: 158 }, (_, k) => (360 * k) / 158) });
  expect(turn[figure]![0]).toBeCloseTo(79 / (50 * Math.PI), 6);
  const wedge = await check({ angles: Array.from({ length: 121 }, (_, k) => k) });
  expect(wedge["missing wedge"]![0]).toBeCloseTo(60, 6);
  expect(wedge["missing wedge"]![1]).toBe("poor");
  expect(wedge[figure]![1]).toBe("good");
});

test("edges sharper than a column are seen, those behind a point spread are not", async () => {
  const detail = "signal left at the finest detail of the columns";
  const { absorbances } = await simulate({ columns: 128, rows: 1, photons: 0, angles: 300 });
  const values = await absorbances.read();
  const blurred = (sigma: number) => {
    const weights = Array.from({ length: 13 }, (_, k) => Math.exp(-((k - 6) ** 2) / (2 * sigma * sigma)));
    const sum = weights.reduce((a, b) => a + b, 0);
    const out = Float32Array.from(values, (_, k) =>
      weights.reduce((mean, weight, d) => {
        const x = Math.min(127, Math.max(0, (k % 128) + d - 6));
        return mean + (weight / sum) * values[k - (k % 128) + x]!;
      }, 0),
    );
    return memoryVolume(out, absorbances.shape, { role: "projections", angles: absorbances.angles! });
  };
  expect(rowsOf(await samplingCheck(absorbances))[detail]![1]).toBe("poor");
  expect(rowsOf(await samplingCheck(blurred(0.6)))[detail]![1]).toBe("fair");
  expect(rowsOf(await samplingCheck(blurred(1)))[detail]![1]).toBe("good");
  const scan = await simulate({ columns: 128, rows: 1, photons: 30, angles: 300 });
  const noisy = await absorbance(await flatField(scan));
  expect(rowsOf(await samplingCheck(noisy))[detail]![1]).toBe("unknown");
});

test("checks refuse what they cannot check", async () => {
  const plain = memoryVolume(new Float32Array(60), [3, 4, 5]);
  await expect(samplingCheck(plain)).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(samplingCheck(plain.with({ role: "projections" }))).rejects.toMatchObject({ code: "MissingData" });
  const told = plain.with({ role: "projections", angles: [0, 60, 120] });
  await expect(samplingCheck(told, { diameter: 9 })).rejects.toThrow("diameter (columns) is 9");
  await expect(transmissionCheck(told, { least: 2 })).rejects.toThrow("least is 2");
});
