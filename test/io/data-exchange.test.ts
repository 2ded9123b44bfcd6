import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import h5wasm from "h5wasm/node";
import { beforeAll, expect, test } from "vitest";
import { absorbance } from "#src/artefacts/absorbance.js";
import { centreOfRotation } from "#src/artefacts/centre-of-rotation.js";
import { flatField } from "#src/artefacts/flat-field.js";
import { isVoxbookError } from "#src/core/errors.js";
import { um } from "#src/core/length.js";
import { openProjections } from "#src/io/data-exchange.js";
import { open } from "#src/io/open.js";
import { expectImage, golden } from "../artefacts/golden.js";
import { testFolder } from "../support/folder.js";
import { data, lacks } from "../support/require.js";

const file = testFolder();

interface Part {
  readonly name: string;
  readonly data: Uint16Array | Float32Array | Float64Array | BigInt64Array;
  readonly shape: number[];
  readonly dtype: string;
  readonly chunks?: number[];
  readonly compression?: number;
}

/** Writes an HDF5 file with the group `exchange`. */
function written(
  name: string,
  parts: readonly Part[],
  more: (group: InstanceType<typeof h5wasm.Group>) => void = () => {},
): string {
  const path = file(name);
  const target = new h5wasm.File(path, "w");
  const group = target.create_group("exchange");
  for (const part of parts) group.create_dataset(part);
  more(group);
  target.close();
  return path;
}

const values = Uint16Array.from({ length: 4 * 3 * 5 }, (_, k) => 7 * k);
const projections: Part = { name: "data", data: values, shape: [4, 3, 5], dtype: "<H" };
const theta: Part = { name: "theta", data: Float64Array.from([0, 45, 90, 135]), shape: [4], dtype: "<d" };

beforeAll(async () => {
  await h5wasm.ready;
});

test("projections, flats, darks and angles are read, compressed or not", async () => {
  for (const packed of [{}, { chunks: [2, 2, 3], compression: 6 }]) {
    const path = written(`scan-${Object.keys(packed).length}.h5`, [
      { ...projections, ...packed },
      { name: "data_white", data: new Uint16Array(30).fill(900), shape: [2, 3, 5], dtype: "<H" },
      { name: "data_dark", data: new Float32Array(15).fill(3.5), shape: [1, 3, 5], dtype: "<f" },
      theta,
    ]);
    const scan = await openProjections(path, { spacing: um(2) });
    expect(scan.projections).toMatchObject({ shape: [4, 3, 5], dtype: "uint16", role: "projections" });
    expect(scan.projections.angles).toEqual([0, 45, 90, 135]);
    expect(scan.projections.spacing).toEqual([2e-6, 2e-6, 2e-6]);
    expect(await scan.projections.read()).toEqual(values);
    expect(scan.flats).toMatchObject({ shape: [2, 3, 5], dtype: "uint16", role: "intensity" });
    expect(await scan.darks!.at(0, 2, 4)).toBe(3.5);
    expect(scan.projections.provenance).toMatchObject({
      operation: "openProjections",
      parameters: { format: "Data Exchange", part: "exchange/data" },
      sha256: createHash("sha256").update(readFileSync(path)).digest("hex"),
    });
  }
});

test("what a file has not is undefined, and angles in radians become degrees", async () => {
  const path = written("few.h5", [projections], (group) => {
    group.create_dataset({ name: "theta", data: Float64Array.from([0, 1, 2, 3]), shape: [4], dtype: "<d" });
    (group.get("theta") as InstanceType<typeof h5wasm.Dataset>).create_attribute("units", "rad");
  });
  const scan = await openProjections(path);
  expect([scan.flats, scan.darks, scan.projections.spacing]).toEqual([undefined, undefined, undefined]);
  for (const [k, angle] of scan.projections.angles!.entries()) expect(angle).toBeCloseTo((k * 180) / Math.PI, 9);
  expect((await openProjections(written("bare.h5", [projections]))).projections.angles).toBeUndefined();
});

test("64-bit whole numbers are narrowed where they fit, and an error where not", async () => {
  const wide = (value: bigint): Part => ({
    ...projections,
    data: new BigInt64Array(60).fill(value),
    dtype: "<q",
  });
  expect((await openProjections(written("wide.h5", [wide(70000n)]))).projections.dtype).toBe("int32");
  await expect(openProjections(written("wider.h5", [wide(2n ** 40n)]))).rejects.toThrow(/wider\.h5/);
});

test("files that are none, or not Data Exchange, are refused by name", async () => {
  await expect(openProjections(file("no.h5"))).rejects.toMatchObject({ code: "MissingData" });
  await expect(openProjections(file("empty.h5", ""))).rejects.toMatchObject({ code: "MalformedFile" });
  await expect(openProjections(file("text.h5", "hello, this is no HDF5"))).rejects.toThrow("text.h5 is no HDF5 file");
  const other = written("other.h5", [{ ...projections, name: "images" }]);
  await expect(openProjections(other)).rejects.toMatchObject({ code: "MissingData" });
  await expect(open(other)).rejects.toThrow("opened by openProjections");
  await expect(
    openProjections(written("angles.h5", [projections, { ...theta, data: new Float64Array(3), shape: [3] }])),
  ).rejects.toThrow("exchange/theta has the shape 3 for 4 projections");
  await expect(openProjections(other, { role: "mask" } as never)).rejects.toThrow("no option `role`");
});

test("links out of the file lead nowhere", async () => {
  const secret = written("secret.h5", [projections]);
  const link = written("link.h5", [], (group) => group.create_external_link(secret, "/exchange/data", "data"));
  await expect(openProjections(link)).rejects.toMatchObject({ code: "UnsupportedFeature" });
});

test("a damaged or cut file gives an error of the library, or numbers, never a crash", async () => {
  const whole = readFileSync(written("whole.h5", [{ ...projections, chunks: [2, 2, 3], compression: 6 }, theta]));
  let state = 12345;
  const random = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const codes = new Set<string>();
  for (let k = 0; k < 24; k++) {
    const bytes = Uint8Array.from(k % 3 === 0 ? whole.subarray(0, 8 + random(whole.length - 8)) : whole);
    if (k % 3 > 0) for (let n = 0; n < 1 + 8 * (k % 3); n++) bytes[8 + random(bytes.length - 8)] = random(256);
    try {
      const scan = await openProjections(file(`damaged-${k}.h5`, bytes));
      codes.add("read");
      scan.projections.store.release();
    } catch (error) {
      if (!isVoxbookError(error)) throw error;
      codes.add(error.code);
    }
  }
  expect(codes).toContain("MalformedFile");
  expect(
    [...codes].filter(
      (code) =>
        !["read", "MalformedFile", "MissingData", "UnsupportedFeature", "LimitExceeded", "ComputeFailed"].includes(
          code,
        ),
    ),
  ).toEqual([]);
});

test.skipIf(lacks("data"))("a real scan is read, corrected and centred as by h5py, NumPy and algotom", async () => {
  const scan = await openProjections(data(join("projections", "tomopy_tooth_dataexchange.h5")));
  expect([scan.projections.shape, scan.flats!.shape, scan.darks!.shape, scan.projections.dtype]).toEqual([
    [181, 2, 640],
    [10, 2, 640],
    [10, 2, 640],
    "float32",
  ]);
  expect([scan.projections.angles![0], scan.projections.angles![180]]).toEqual([
    expect.closeTo(golden.tooth.theta[0], 4),
    expect.closeTo(golden.tooth.theta[1], 4),
  ]);
  const transmission = await flatField(scan);
  expectImage((await transmission.plane("y", 1)).values, golden.tooth.transmission, 1e-5);
  const absorbances = await absorbance(transmission);
  expectImage((await absorbances.plane("y", 1)).values, golden.tooth.absorbance, 1e-5);
  for (const row of [0, 1])
    expect(Math.abs((await centreOfRotation(absorbances, { row })) - golden.tooth.centre[row]!)).toBeLessThan(0.5);
});
