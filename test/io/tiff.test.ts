import { expect, test } from "vitest";
import { InvalidArgument, UnsupportedFeature } from "#src/core/errors.js";
import { um } from "#src/core/length.js";
import { open } from "#src/io/open.js";
import { testFolder } from "../support/folder.js";
import {
  deflated,
  differences,
  encoded,
  lzwEncoded,
  type PageBytes,
  type TiffOptions,
  tiffBytes,
} from "../support/tiff.js";

const file = testFolder();
let count = 0;

/** Opens the pages as a file and reads all voxels. */
async function read(pages: PageBytes[], options: TiffOptions = {}, open_: Parameters<typeof open>[1] = {}) {
  const volume = await open(file(`t${count++}.tif`, tiffBytes(pages, options)), open_);
  return { volume, values: [...(await volume.read())] };
}

const ramp = (n: number, f = (k: number) => k): number[] => Array.from({ length: n }, (_, k) => f(k));
const page = (values: number[], type: string, more: Partial<PageBytes> = {}, bigEndian = false): PageBytes => ({
  width: 4,
  height: 3,
  bits: Number(/\d+/.exec(type)![0]),
  format: type.startsWith("float") ? 3 : type.startsWith("int") ? 2 : 1,
  chunks: [encoded(values, type, bigEndian)],
  ...more,
});

const samplesOf: Record<string, number[]> = {
  uint8: ramp(12, (k) => k * 23),
  int8: ramp(12, (k) => k * 23 - 128),
  uint16: ramp(12, (k) => k * 5957),
  int16: ramp(12, (k) => k * 5957 - 32768),
  uint32: ramp(12, (k) => k * 390451572),
  int32: ramp(12, (k) => k * 390451572 - 2147483648),
  float32: ramp(12, (k) => Math.fround((k - 6) / 7)),
};

for (const [dtype, values] of Object.entries(samplesOf))
  for (const bigEndian of [false, true])
    for (const big of [false, true])
      test(`${dtype} voxels are read from ${big ? "BigTIFF" : "TIFF"}, ${bigEndian ? "big" : "little"}-endian`, async () => {
        const found = await read(
          [page(values, dtype, {}, bigEndian), page([...values].reverse(), dtype, {}, bigEndian)],
          {
            big,
            bigEndian,
          },
        );
        expect(found.volume.dtype).toBe(dtype);
        expect(found.volume.shape).toEqual([2, 3, 4]);
        expect(found.values).toEqual([...values, ...[...values].reverse()]);
        expect(found.volume.role).toBe("intensity");
        expect(found.volume.spacing).toBeUndefined();
      });

test("NaN and infinities survive, and NaN is counted apart", async () => {
  const values = ramp(12, (k) => [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.5][k % 4]!);
  const { volume, values: found } = await read([page(values, "float32")]);
  expect(found).toEqual(values);
  expect(volume.store.zone(0).nan).toBe(3);
});

test("float64 is read as float32 and 64-bit integers as 32-bit ones, and the provenance says so", async () => {
  const doubles = await read([
    page(
      ramp(12, (k) => k / 3),
      "float64",
    ),
  ]);
  expect(doubles.values).toEqual(ramp(12, (k) => Math.fround(k / 3)));
  expect(doubles.volume.provenance.parameters.readAs).toBe("float64 → float32");
  const longs = await read([
    page(
      ramp(12, (k) => 5 - k * 1000),
      "int64",
    ),
  ]);
  expect(longs.volume.dtype).toBe("int32");
  expect(longs.values).toEqual(ramp(12, (k) => 5 - k * 1000));
});

test("a 64-bit value that does not fit is an error that names it", async () => {
  const opened = open(
    file(
      "wide.tif",
      tiffBytes([
        page(
          ramp(12, (k) => k * 1e9),
          "int64",
        ),
      ]),
    ),
  );
  await expect(opened).rejects.toThrow(/3000000000 does not fit int32/);
  const double = open(file("wide2.tif", tiffBytes([page([...ramp(11), 1e300], "float64")])));
  await expect(double).rejects.toBeInstanceOf(UnsupportedFeature);
});

test("strips and tiles are put together, also where they reach beyond the page", async () => {
  const values = ramp(5 * 7);
  const rows = (from: number, to: number) => Uint8Array.from(values.slice(from * 7, to * 7));
  const strips = { width: 7, height: 5, rowsPerStrip: 2, chunks: [rows(0, 2), rows(2, 4), rows(4, 5)] };
  expect((await read([strips])).values).toEqual(values);
  const tiles: Uint8Array[] = [];
  for (const [y0, x0] of [
    [0, 0],
    [0, 4],
    [4, 0],
    [4, 4],
  ] as const)
    tiles.push(
      Uint8Array.from(
        ramp(16, (k) => {
          const [y, x] = [y0 + (k >> 2), x0 + (k & 3)];
          return y < 5 && x < 7 ? values[y * 7 + x]! : 99;
        }),
      ),
    );
  expect((await read([{ width: 7, height: 5, tile: [4, 4], chunks: tiles }])).values).toEqual(values);
});

const wavy = ramp(64 * 48, (k) => Math.round(100 + 90 * Math.sin(k / 37) * Math.cos(k / 501)) & 255);
const bytes = Uint8Array.from(wavy);

test("deflate, LZW and PackBits give the same pixels", async () => {
  const size = { width: 64, height: 48 };
  expect((await read([{ ...size, compression: 8, chunks: [deflated(bytes)] }])).values).toEqual(wavy);
  expect((await read([{ ...size, compression: 32946, chunks: [deflated(bytes)] }])).values).toEqual(wavy);
  expect((await read([{ ...size, compression: 5, chunks: [lzwEncoded(bytes)] }])).values).toEqual(wavy);
  // A run, a literal, and the "no operation" that geotiff's decoder takes for a run.
  const packed = Uint8Array.of(254, 7, 128, 1, 8, 9, 250, 1);
  const plain = [7, 7, 7, 8, 9, 1, 1, 1, 1, 1, 1, 1];
  expect((await read([{ width: 4, height: 3, compression: 32773, chunks: [packed] }])).values).toEqual(plain);
});

test("LZW is read where its dictionary fills up and is cleared", async () => {
  let state = 1;
  const noise = ramp(64 * 512, () => {
    state = Math.imul(state, 1103515245) + 12345;
    return (state >>> 16) & 15;
  });
  const chunk = lzwEncoded(Uint8Array.from(noise));
  expect((await read([{ width: 64, height: 512, compression: 5, chunks: [chunk] }])).values).toEqual(noise);
});

for (const bigEndian of [false, true])
  test(`horizontal differences are undone in ${bigEndian ? "big" : "little"}-endian 16-bit pages`, async () => {
    const values = ramp(64 * 48, (k) => (k * 7919) % 65536);
    const chunk = deflated(encoded(differences(values, 64, 1), "int16", bigEndian));
    const one = { width: 64, height: 48, bits: 16, compression: 8, predictor: 2, chunks: [chunk] };
    expect((await read([one], { bigEndian })).values).toEqual(values);
  });

for (const bigEndian of [false, true])
  test(`the predictor of floats is undone in ${bigEndian ? "big" : "little"}-endian pages`, async () => {
    const values = ramp(64 * 48, (k) => Math.fround(Math.sin(k / 9) * 1000));
    // Per row: the bytes of equal weight together, the heaviest first, then differences of the bytes.
    const rows = ramp(48).flatMap((y) => {
      const row = Buffer.from(encoded(values.slice(64 * y, 64 * (y + 1)), "float32", true));
      const sorted = ramp(256, (k) => row[(k % 64) * 4 + (k >> 6)]!);
      return differences(sorted, 256, 1).map((value) => value & 255);
    });
    const chunk = deflated(Uint8Array.from(rows));
    const one = { width: 64, height: 48, bits: 32, format: 3, compression: 8, predictor: 3, chunks: [chunk] };
    expect((await read([one], { bigEndian })).values).toEqual(values);
  });

test("zstd is read by geotiff's decoder, and refused where it claims another size", async () => {
  // (k * k) % 7 for k from 0 to 1999, packed by imagecodecs.
  const chunk = Buffer.from("KLUv/WDQBnUAADgAAQQCAgQBAQDG6y9G", "base64");
  const one = { width: 50, height: 40, compression: 50000, chunks: [chunk] };
  expect((await read([one])).values).toEqual(ramp(2000, (k) => (k * k) % 7));
  await expect(read([{ ...one, height: 39 }])).rejects.toThrow(/claims 2000 bytes instead of 1950/);
  await expect(read([{ ...one, chunks: [chunk.subarray(0, 18)] }])).rejects.toThrow(/damaged/);
});

test("a predictor is ignored where nothing is compressed, as the standard has it", async () => {
  expect((await read([{ width: 4, height: 3, predictor: 2, chunks: [Uint8Array.from(ramp(12))] }])).values).toEqual(
    ramp(12),
  );
});

test("1-bit pages become masks of 0 and 1", async () => {
  const chunk = Uint8Array.of(0b10110010, 0b01000000, 0b11111111, 0b10000000);
  const bits = [1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0];
  const { volume, values } = await read([{ width: 10, height: 2, bits: 1, chunks: [chunk] }]);
  expect(volume.role).toBe("mask");
  expect(volume.dtype).toBe("uint8");
  expect(values).toEqual(bits);
  const turned = chunk.map((byte) =>
    Number.parseInt(byte.toString(2).padStart(8, "0").split("").reverse().join(""), 2),
  );
  expect((await read([{ width: 10, height: 2, bits: 1, fillOrder: 2, chunks: [turned] }])).values).toEqual(bits);
});

test("min-is-white is inverted, but for the truth values that tifffile writes", async () => {
  const grey = await read([page(ramp(12), "uint8", { photometric: 0 })]);
  expect(grey.values).toEqual(ramp(12, (k) => 255 - k));
  expect(grey.volume.provenance.parameters.readAs).toBe("min-is-white → inverted");
  expect((await read([page(ramp(12), "uint16", { photometric: 0 })])).values).toEqual(ramp(12, (k) => 65535 - k));
  const one = { width: 8, height: 1, bits: 1, photometric: 0, chunks: [Uint8Array.of(0b11010000)] };
  expect((await read([one])).values).toEqual([0, 0, 1, 0, 1, 1, 1, 1]);
  expect((await read([{ ...one, software: "tifffile.py" }])).values).toEqual([1, 1, 0, 1, 0, 0, 0, 0]);
  expect((await read([{ ...one, description: '{"shape": [1, 8]}' }])).values).toEqual([1, 1, 0, 1, 0, 0, 0, 0]);
});

const rgb = (f: (k: number, colour: number) => number, samples = 3): number[] =>
  ramp(12 * samples, (k) => f(Math.floor(k / samples), k % samples));

test("red = green = blue reads as grey, whatever the opacity", async () => {
  const three = page(
    rgb((k) => k * 2),
    "uint8",
    { samples: 3, photometric: 2 },
  );
  expect((await read([three])).values).toEqual(ramp(12, (k) => k * 2));
  const opacity = rgb((k, colour) => (colour === 3 ? 200 - k : k * 2), 4);
  const four = page(opacity, "uint8", { samples: 4, photometric: 2, extraSamples: [2] });
  const { volume, values } = await read([four]);
  expect(values).toEqual(ramp(12, (k) => k * 2));
  expect(volume.provenance.parameters.readAs).toBe("equal colours → grey");
});

test("other colour asks for a channel, and gives the one that is asked for", async () => {
  const coloured = page(
    rgb((k, colour) => k + 50 * colour),
    "uint8",
    { samples: 3, photometric: 2 },
  );
  await expect(read([coloured])).rejects.toThrow(/colour image: at row 0, column 0 red is 0 and green is 50.*channel/);
  await expect(read([coloured])).rejects.toBeInstanceOf(InvalidArgument);
  expect((await read([coloured], {}, { channel: 2 })).values).toEqual(ramp(12, (k) => k + 100));
  await expect(read([coloured], {}, { channel: 3 })).rejects.toThrow(/channel is 3.*0 to 2/);
});

test("planes of colour that are stored apart are read the same way", async () => {
  const planes = (f: (k: number, colour: number) => number) =>
    [0, 1, 2].map((colour) => Uint8Array.from(ramp(12, (k) => f(k, colour))));
  const more = { width: 4, height: 3, samples: 3, photometric: 2, planar: 2 };
  expect((await read([{ ...more, chunks: planes((k) => k) }])).values).toEqual(ramp(12));
  const coloured = { ...more, chunks: planes((k, colour) => k + 10 * colour) };
  await expect(read([coloured])).rejects.toThrow(/channel/);
  expect((await read([coloured], {}, { channel: 1 })).values).toEqual(ramp(12, (k) => k + 10));
});

test("palette images read as their indices", async () => {
  const { volume, values } = await read([page(ramp(12), "uint8", { photometric: 3 })]);
  expect(values).toEqual(ramp(12));
  expect(volume.provenance.parameters.readAs).toBe("palette → index");
});

test("thumbnails and transparency masks are left out of the stack", async () => {
  const small = { width: 2, height: 2, chunks: [Uint8Array.of(1, 2, 3, 4)], subfile: 1 };
  const mask = { ...page(ramp(12), "uint8"), subfile: 4 };
  expect((await read([small, page(ramp(12), "uint8"), mask])).volume.shape).toEqual([1, 3, 4]);
});

test("ImageJ's description gives the voxel size, with the unit it names", async () => {
  const description = "ImageJ=1.53t\nimages=2\nslices=2\nunit=micron\nspacing=0.5\nloop=false\n";
  const pages = [page(ramp(12), "uint8", { description, resolution: [4, 5] }), page(ramp(12), "uint8")];
  const { volume } = await read(pages);
  expect(volume.spacing!.map((size) => Number(size.toPrecision(9)))).toEqual([0.5e-6, 0.2e-6, 0.25e-6]);
  expect((await read(pages, {}, { spacing: um(3) })).volume.spacing).toEqual([3e-6, 3e-6, 3e-6]);
});

test("dots per inch are no voxel size", async () => {
  const description = "ImageJ=1.52p\nimages=1\nunit=inch\n";
  expect((await read([page(ramp(12), "uint8", { description, resolution: [72, 72] })])).volume.spacing).toBeUndefined();
  const plain = page(ramp(12), "uint8", { resolution: [72, 72], tags: { 296: [2] } });
  expect((await read([plain])).volume.spacing).toBeUndefined();
});

test("OME-XML gives voxel size and channels", async () => {
  const description = `<?xml version="1.0"?><OME><Image><Pixels DimensionOrder="XYZCT" SizeX="4" SizeY="3" SizeZ="2" SizeC="2" SizeT="1" PhysicalSizeX="0.5" PhysicalSizeY="500" PhysicalSizeYUnit="nm" PhysicalSizeZ="2" PhysicalSizeZUnit="µm" Type="uint8"/></Image></OME>`;
  const pages = ramp(4).map((k) =>
    page(
      ramp(12, () => k),
      "uint8",
      k === 0 ? { description } : {},
    ),
  );
  await expect(read(pages)).rejects.toThrow(/2 channels; choose one/);
  const { volume, values } = await read(pages, {}, { channel: 1 });
  expect(values).toEqual([...ramp(12, () => 2), ...ramp(12, () => 3)]);
  expect(volume.spacing!.map((size) => Number(size.toPrecision(9)))).toEqual([2e-6, 0.5e-6, 0.5e-6]);
});

test("channels of an ImageJ hyperstack follow each other in every plane; times are refused", async () => {
  const pages = (description: string) =>
    ramp(4).map((k) =>
      page(
        ramp(12, () => k),
        "uint8",
        k === 0 ? { description } : {},
      ),
    );
  const channels = pages("ImageJ=1.53t\nimages=4\nchannels=2\nslices=2\nhyperstack=true\n");
  expect((await read(channels, {}, { channel: 1 })).values).toEqual([...ramp(12, () => 1), ...ramp(12, () => 3)]);
  await expect(read(pages("ImageJ=1.53t\nimages=4\nslices=2\nframes=2\n"))).rejects.toThrow(/2 times with 2 planes/);
  const times = await read(pages("ImageJ=1.53t\nimages=4\nframes=4\n"));
  expect(times.volume.shape).toEqual([4, 3, 4]);
  expect(times.volume.provenance.parameters.readAs).toBe("times → planes");
});

test("a huge ImageJ stack, with one directory for all planes, is read whole", async () => {
  const description = "ImageJ=1.53t\nimages=3\nslices=3\n";
  const planes = Uint8Array.from(ramp(36));
  const whole = { width: 4, height: 3, description, chunks: [planes], tags: { 279: [12] } };
  const { volume, values } = await read([whole]);
  expect(volume.shape).toEqual([3, 3, 4]);
  expect(values).toEqual(ramp(36));
  const short = { ...whole, description: "ImageJ=1.53t\nimages=30\nslices=30\n" };
  await expect(read([short])).rejects.toThrow(/30 planes.*cut off/);
});

test("labels get a phase for each value that is there", async () => {
  const { volume } = await read(
    [
      page(
        ramp(12, (k) => [0, 85, 170][k % 3]!),
        "uint8",
      ),
    ],
    {},
    { role: "labels" },
  );
  expect(volume.phases!.map(({ label, name }) => [label, name])).toEqual([
    [0, "phase 0"],
    [85, "phase 1"],
    [170, "phase 2"],
  ]);
  await expect(read([page(ramp(12), "float32")], {}, { role: "labels" })).rejects.toThrow(/labels are whole numbers/);
  await expect(read([page(ramp(12), "uint16")], {}, { role: "mask" })).rejects.toThrow(/a mask has 8 bits/);
});

test("what is not read is refused by name", async () => {
  const refused: [Partial<PageBytes>, RegExp][] = [
    [{ compression: 7 }, /JPEG/],
    [{ compression: 34887 }, /LERC/],
    [{ photometric: 5, samples: 4 }, /CMYK/],
    [{ photometric: 6, samples: 3 }, /YCbCr/],
    [{ bits: 12 }, /12-bit/],
    [{ bits: 16, format: 3 }, /16-bit float/],
    [{ bits: 32, format: 6 }, /complex/],
  ];
  for (const [more, message] of refused) {
    const chunks = [new Uint8Array(4 * 3 * 16)];
    await expect(read([{ width: 4, height: 3, chunks, ...more }])).rejects.toThrow(message);
    await expect(read([{ width: 4, height: 3, chunks, ...more }])).rejects.toBeInstanceOf(UnsupportedFeature);
  }
});

test("pages of different shapes are no volume", async () => {
  const other = { width: 5, height: 3, chunks: [new Uint8Array(15)] };
  await expect(read([page(ramp(12), "uint8"), other])).rejects.toThrow(/page 2 has 3 × 5 pixels.*must be alike/);
});
