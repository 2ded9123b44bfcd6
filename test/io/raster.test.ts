import { mkdirSync } from "node:fs";
import { deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { isVoxbookError, MalformedFile, MissingData, UnsupportedFeature } from "#src/core/errors.js";
import { open } from "#src/io/open.js";
import { testFolder } from "../support/folder.js";
import { encoded } from "../support/tiff.js";

const file = testFolder();
const ramp = (n: number, f = (k: number) => k): number[] => Array.from({ length: n }, (_, k) => f(k));
const joined = (header: string, data: Uint8Array): Uint8Array => Buffer.concat([Buffer.from(header), data]);
const rounded = (values: readonly number[]): number[] => values.map((value) => Number(value.toPrecision(9)));

const nrrd = (fields: Record<string, string>, data: Uint8Array): Uint8Array =>
  joined(
    `NRRD0005\n# a comment\n${Object.entries({
      type: "uint8",
      dimension: "3",
      sizes: "4 3 2",
      encoding: "raw",
      ...fields,
    })
      .map(([key, value]) => `${key}: ${value}\n`)
      .join("")}\n`,
    data,
  );

const mha = (fields: Record<string, string>, data: Uint8Array): Uint8Array =>
  joined(
    Object.entries({
      ObjectType: "Image",
      NDims: "3",
      DimSize: "4 3 2",
      ElementType: "MET_UCHAR",
      ...fields,
      ElementDataFile: fields.ElementDataFile ?? "LOCAL",
    })
      .sort(([a], [b]) => Number(a === "ElementDataFile") - Number(b === "ElementDataFile"))
      .map(([key, value]) => `${key} = ${value}\n`)
      .join(""),
    data,
  );

const plain = encoded(ramp(24), "uint8");

test("raw NRRD voxels are read in any type and byte order, x fastest", async () => {
  const types: [string, string, number[]][] = [
    ["signed char", "int8", ramp(24, (k) => k - 12)],
    ["ushort", "uint16", ramp(24, (k) => k * 2000)],
    ["int16", "int16", ramp(24, (k) => k * 2000 - 30000)],
    ["unsigned int", "uint32", ramp(24, (k) => k * 178000000)],
    ["int32", "int32", ramp(24, (k) => k * 1e8 - 1e9)],
    ["float", "float32", ramp(24, (k) => k / 8)],
  ];
  for (const [type, dtype, values] of types)
    for (const endian of ["little", "big"]) {
      const bytes = nrrd({ type, endian }, encoded(values, dtype, endian === "big"));
      const volume = await open(file("a.nrrd", bytes));
      expect(volume.shape).toEqual([2, 3, 4]);
      expect(volume.dtype).toBe(dtype);
      expect([...(await volume.read())]).toEqual(values);
    }
  const double = await open(file("d.nrrd", nrrd({ type: "double", endian: "little" }, encoded(ramp(24), "float64"))));
  expect([double.dtype, double.provenance.parameters.readAs]).toEqual(["float32", "float64 → float32"]);
});

test("gzipped NRRD voxels, read by itk-wasm, are those of the raw file", async () => {
  const values = ramp(24, (k) => k * 2000);
  const data = encoded(values, "uint16");
  const packed = await open(
    file("z.nrrd", nrrd({ type: "uint16", endian: "little", encoding: "gzip" }, gzipSync(data))),
  );
  expect([...(await packed.read())]).toEqual(values);
  const big = encoded(values, "uint16", true);
  const other = await open(file("zb.nrrd", nrrd({ type: "uint16", endian: "big", encoding: "gzip" }, gzipSync(big))));
  expect([...(await other.read())]).toEqual(values);
});

test("an NRRD's directions become voxel size, directions and origin in the order z, y, x, in metres and to the left", async () => {
  const fields = {
    space: "right-anterior-superior",
    "space directions": "(0.5,0,0) (0,0,2) (0,-1,0)",
    "space origin": "(1,2,3)",
  };
  const volume = await open(file("s.nrrd", nrrd(fields, plain)));
  expect(rounded(volume.spacing!)).toEqual([1e-3, 2e-3, 0.5e-3]);
  // RAS to LPS turns x and y: the file's axes x, y, z point to -x, z and y.
  expect(volume.direction.map((n) => n + 0)).toEqual([0, 1, 0, 1, 0, 0, 0, 0, -1]);
  expect(rounded(volume.origin)).toEqual([3e-3, -2e-3, -1e-3]);
  const micro = { ...fields, "space units": '"um" "um" "um"' };
  expect(rounded((await open(file("u.nrrd", nrrd(micro, plain)))).spacing!)).toEqual([1e-6, 2e-6, 0.5e-6]);
  const bare = await open(file("b.nrrd", nrrd({ spacings: "0.1 0.2 0.3" }, plain)));
  expect(rounded(bare.spacing!)).toEqual([3e-4, 2e-4, 1e-4]);
  expect((await open(file("n.nrrd", nrrd({}, plain)))).spacing).toBeUndefined();
  await expect(open(file("f.nrrd", nrrd({ ...fields, "space units": '"feet" "feet" "feet"' }, plain)))).rejects.toThrow(
    /feet/,
  );
});

test("a detached NRRD header reads the file beside it, and none elsewhere", async () => {
  file("voxels.raw", plain);
  const beside = await open(file("h.nhdr", nrrd({ "data file": "voxels.raw" }, new Uint8Array(0))));
  expect([...(await beside.read())]).toEqual(ramp(24));
  const skipped = nrrd({ "data file": "voxels.raw", "byte skip": "-1" }, new Uint8Array(0));
  expect([...(await (await open(file("i.nhdr", skipped))).read())]).toEqual(ramp(24));
  mkdirSync(file("inner"));
  for (const path of ["../voxels.raw", "/etc/passwd", "inner/../../voxels.raw", "..\\voxels.raw", "a\0b"]) {
    const opened = open(file("inner/evil.nhdr", nrrd({ "data file": path }, new Uint8Array(0))));
    await expect(opened).rejects.toBeInstanceOf(UnsupportedFeature);
    await expect(opened).rejects.toThrow(/only a file in the same folder/);
  }
  const gone = open(file("g.nhdr", nrrd({ "data file": "gone.raw" }, new Uint8Array(0))));
  await expect(gone).rejects.toBeInstanceOf(MissingData);
  await expect(open(file("l.nhdr", nrrd({ "data file": "LIST" }, plain)))).rejects.toBeInstanceOf(UnsupportedFeature);
});

test("MetaImage is read in any byte order, with its voxel size, origin and directions", async () => {
  const values = ramp(24, (k) => k * 2000);
  for (const msb of [false, true]) {
    const fields = { ElementType: "MET_USHORT", BinaryDataByteOrderMSB: msb ? "True" : "False" };
    const volume = await open(file("a.mha", mha(fields, encoded(values, "uint16", msb))));
    expect([...(await volume.read())]).toEqual(values);
    expect(volume.spacing).toBeUndefined();
  }
  const placed = { ElementSpacing: "0.5 2 1", Offset: "1 2 3", TransformMatrix: "0 1 0 1 0 0 0 0 -1" };
  const volume = await open(file("p.mha", mha(placed, plain)));
  expect(rounded(volume.spacing!)).toEqual([1e-3, 2e-3, 0.5e-3]);
  expect(rounded(volume.origin)).toEqual([3e-3, 2e-3, 1e-3]);
  expect(volume.direction.map((n) => n + 0)).toEqual([-1, 0, 0, 0, 0, 1, 0, 1, 0]);
});

test("compressed MetaImage and a header beside its voxels give the same voxels", async () => {
  const packed = deflateSync(plain);
  const fields = { BinaryData: "True", CompressedData: "True", CompressedDataSize: String(packed.length) };
  expect([...(await (await open(file("z.mha", mha(fields, packed)))).read())]).toEqual(ramp(24));
  file("v.raw", plain);
  const beside = mha({ BinaryData: "True", ElementDataFile: "v.raw" }, new Uint8Array(0));
  expect([...(await (await open(file("d.mhd", beside))).read())]).toEqual(ramp(24));
  const evil = mha({ ElementDataFile: "/etc/passwd" }, new Uint8Array(0));
  await expect(open(file("e.mhd", evil))).rejects.toThrow(/only a file in the same folder/);
});

test("a 2D image becomes a volume of one plane", async () => {
  const flat = await open(file("f.nrrd", nrrd({ dimension: "2", sizes: "6 4" }, plain)));
  expect(flat.shape).toEqual([1, 4, 6]);
  const meta = await open(file("f.mha", mha({ NDims: "2", DimSize: "6 4" }, plain)));
  expect(meta.shape).toEqual([1, 4, 6]);
});

test("headers that promise 2⁴⁰ voxels are refused within 200 ms", async () => {
  const huge = "16384 16384 4096";
  const cases = [
    nrrd({ sizes: huge }, plain),
    nrrd({ sizes: huge, encoding: "gzip" }, gzipSync(plain)),
    nrrd({ sizes: "9007199254740991 9007199254740991 9007199254740991" }, plain),
    mha({ DimSize: huge }, plain),
    mha({ DimSize: huge, CompressedData: "True", CompressedDataSize: "24" }, plain),
  ];
  for (const bytes of cases) {
    const path = file("huge", bytes);
    const began = performance.now();
    await expect(open(path)).rejects.toBeInstanceOf(MalformedFile);
    expect(performance.now() - began).toBeLessThan(200);
  }
});

test("files that were cut off or contradict themselves give an error of the library", async () => {
  const whole = [
    nrrd({ type: "uint16", endian: "little", sizes: "4 3 1" }, plain),
    nrrd({ encoding: "gzip" }, gzipSync(plain)),
    mha({}, plain),
  ];
  for (const bytes of whole)
    for (let length = 0; length < bytes.length; length += 17) {
      const error = await open(file("cut", bytes.slice(0, length))).catch((error: unknown) => error);
      expect(isVoxbookError(error), String(error)).toBe(true);
    }
  const wrong: [Uint8Array, RegExp][] = [
    [nrrd({ sizes: "4 3" }, plain), /sizes are "4 3" for dimension 3/],
    [nrrd({ type: "uint16" }, plain), /byte order/],
    [nrrd({ type: "block" }, plain), /type "block"/],
    [nrrd({ encoding: "bzip2" }, plain), /encoding "bzip2"/],
    [nrrd({ kinds: "RGB-color domain domain" }, plain), /one value per voxel/],
    [mha({ ElementNumberOfChannels: "3" }, plain), /3 channels/],
    [mha({ BinaryData: "False" }, plain), /text/],
    [mha({ ElementSpacing: "0 1 1" }, plain), /voxel size is "0 1 1"/],
  ];
  for (const [bytes, message] of wrong) await expect(open(file("wrong", bytes))).rejects.toThrow(message);
});

test("compressed voxels that were damaged are an error, never other voxels", async () => {
  const packed = deflateSync(plain);
  const flipped = Uint8Array.from(packed);
  flipped[5]! ^= 255;
  const fields = { BinaryData: "True", CompressedData: "True" };
  // ITK reads the first and the last of these without complaint, as wrong voxels and as zeros.
  for (const body of [
    flipped,
    packed.subarray(0, 12),
    deflateSync(plain.subarray(0, 10)),
    deflateSync(Buffer.concat([plain, plain])),
  ])
    await expect(
      open(file("broken.mha", mha({ ...fields, CompressedDataSize: String(body.length) }, body))),
    ).rejects.toThrow(/its compressed voxels are damaged/);
  const untold = await open(file("untold.mha", mha(fields, packed)));
  expect([...(await untold.read())]).toEqual(ramp(24));
  const zipped = gzipSync(plain);
  for (const at of [14, zipped.length - 6]) {
    const body = Uint8Array.from(zipped);
    body[at]! ^= 255;
    await expect(open(file("broken.nrrd", nrrd({ encoding: "gzip" }, body)))).rejects.toBeInstanceOf(MalformedFile);
  }
});

test("the content counts, not the name: itk-wasm gets the ending that it goes by", async () => {
  file("voxels.gz", gzipSync(plain));
  const cases = {
    "scan.dat": nrrd({ encoding: "gzip" }, gzipSync(plain)),
    "scan.nrrd.bak": nrrd({ encoding: "gzip", "data file": "voxels.gz" }, new Uint8Array(0)),
    "scan.raw": mha({ BinaryData: "True", CompressedData: "True" }, deflateSync(plain)),
  };
  for (const [name, bytes] of Object.entries(cases))
    expect([...(await (await open(file(name, bytes))).read())], name).toEqual(ramp(24));
});

test("a header that says something twice is refused: another reader might believe the other line", async () => {
  const twice = Buffer.from(nrrd({}, plain))
    .toString("latin1")
    .replace("sizes: 4 3 2\n", "sizes: 4 3 2\nsizes: 2 3 4\n");
  await expect(open(file("2.nrrd", Buffer.from(twice, "latin1")))).rejects.toThrow(/"sizes" twice/);
  const meta = Buffer.from(mha({}, plain)).toString("latin1").replace("NDims = 3\n", "NDims = 3\nNDims = 2\n");
  await expect(open(file("2.mha", Buffer.from(meta, "latin1")))).rejects.toThrow(/"NDims" twice/);
});

test("there is no channel to choose in a scalar image", async () => {
  await expect(open(file("c.nrrd", nrrd({}, plain)), { channel: 1 })).rejects.toThrow(/only channel 0/);
});
