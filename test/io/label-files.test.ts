/** Labels of Avizo, ilastik and Fiji, in and out. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DTYPES, type DType, voxelArray } from "#src/core/dtype.js";
import { isVoxbookError } from "#src/core/errors.js";
import { phaseTable } from "#src/core/phases.js";
import type { Shape } from "#src/core/shape.js";
import { open, save, um, type Volume } from "#src/index.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random, randomVoxels } from "../support/random-volume.js";
import { lacks, python } from "../support/require.js";
import { encoded, tiffBytes } from "../support/tiff.js";

const file = testFolder();
const shape = [2, 3, 4] as const;
const ramp = (n: number, f = (k: number) => k): number[] => Array.from({ length: n }, (_, k) => f(k));
const voxels = async (volume: Volume): Promise<number[]> => Array.from(await volume.read());

interface Mesh {
  form?: string;
  type?: string;
  encoding?: string;
  parameters?: string;
  size?: string;
  name?: string;
}

/** An AmiraMesh file, from the published description of the format. */
function mesh(data: Uint8Array | string, more: Mesh = {}): Uint8Array {
  const { form = "BINARY-LITTLE-ENDIAN 2.1", type = "byte", encoding = "", size = "4 3 2", name = "Labels" } = more;
  const { parameters = '    CoordType "uniform"' } = more;
  const header = `# AmiraMesh ${form}\n\n\ndefine Lattice ${size}\n\nParameters {\n${parameters}\n}\n\nLattice { ${type} ${name} } @1${encoding}\n\n# Data section follows\n@1\n`;
  return Buffer.concat([Buffer.from(header), Buffer.from(data as string), Buffer.from("\n")]);
}

/** HxByteRLE in the plainest way: runs where there are any, else literal bytes. */
function runLengths(values: readonly number[]): Uint8Array {
  const out: number[] = [];
  for (let k = 0; k < values.length; ) {
    let run = 1;
    while (run < 127 && values[k + run] === values[k]) run++;
    if (run > 1) {
      out.push(run, values[k]!);
      k += run;
      continue;
    }
    let end = k + 1;
    while (end < values.length && end - k < 127 && values[end] !== values[end + 1]) end++;
    out.push(128 + end - k, ...values.slice(k, end));
    k = end;
  }
  return Uint8Array.from(out);
}

const AVIZO = `    Units {
        Coordinates "µm"
    }
    Materials {
        Exterior {
            Id 1
        }
        Active_material {
            Color 0.8 0.16 0.16,
            Id 7
        }
        "pore space" {
            Id 3,
            Color 0 0.5 1 1
        }
    }
    Content "4x3x2 byte, uniform coordinates",
    BoundingBox 1 2.5 -2 2 10 11,
    CoordType "uniform"`;

describe("AmiraMesh", () => {
  const labels = [0, 0, 1, 1, 2, 2, 2, 2, 0, 1, 2, 0, 0, 0, 0, 0, 1, 1, 1, 2, 1, 0, 2, 2];

  test("labels have their materials, voxel size and place, however they are encoded", async () => {
    const bytes = Uint8Array.from(labels);
    const rle = runLengths(labels);
    const zip = deflateSync(bytes);
    for (const [name, content] of Object.entries({
      raw: mesh(bytes, { parameters: AVIZO }),
      avizo: mesh(bytes, { parameters: AVIZO, form: "3D BINARY 2.0" }),
      rle: mesh(rle, { parameters: AVIZO, encoding: `(HxByteRLE,${rle.length})` }),
      zip: mesh(zip, { parameters: AVIZO, encoding: `(HxZip,${zip.length})` }),
      text: mesh(labels.join(" \n"), { parameters: AVIZO, form: "3D ASCII 2.0" }),
    })) {
      const volume = await open(file(`${name}.am`, content));
      expect([volume.shape, volume.dtype, volume.role], name).toEqual([shape, "uint8", "labels"]);
      expect(await voxels(volume)).toEqual(labels);
      expect(volume.phases).toEqual([
        { label: 0, name: "Exterior", colour: "#0072b2" },
        { label: 1, name: "Active_material", colour: "#cc2929" },
        { label: 2, name: "pore space", colour: "#0080ff" },
      ]);
      for (const [k, size] of [1, 2, 0.5].entries()) expect(volume.spacing![k]! * 1e6).toBeCloseTo(size, 9);
      for (const [k, at] of [10, -2, 1].entries()) expect(volume.origin[k]! * 1e6).toBeCloseTo(at, 9);
      expect(volume.provenance.parameters).toMatchObject({ format: "AmiraMesh", path: `${name}.am` });
      expect((await open(file(`${name}.am`), { role: "intensity", spacing: um(3) })).spacing![0]).toBe(3e-6);
    }
  });

  test("voxels of all types and byte orders are read; without a unit the voxel size is unknown", async () => {
    const types: [string, string, DType, number[]][] = [
      ["short", "int16", "int16", ramp(24, (k) => k * 2000 - 30000)],
      ["ushort", "uint16", "uint16", ramp(24, (k) => k * 2000)],
      ["int", "int32", "int32", ramp(24, (k) => k * 1e8 - 1e9)],
      ["float", "float32", "float32", ramp(24, (k) => k / 8)],
      ["double", "float64", "float32", ramp(24, (k) => k / 8)],
    ];
    for (const [type, written, dtype, values] of types)
      for (const [form, content] of [
        ["BINARY-LITTLE-ENDIAN 3.0", encoded(values, written)],
        ["BINARY 3.0", encoded(values, written, true)],
        ["ASCII 3.0", values.join("\n")],
      ] as const) {
        const parameters = '    BoundingBox 0 3 0 2 0 1,\n    CoordType "uniform"';
        const volume = await open(file("typed.am", mesh(content, { type, form, parameters, name: "Data" })));
        expect([volume.dtype, volume.role, volume.spacing]).toEqual([dtype, "intensity", undefined]);
        expect(await voxels(volume)).toEqual(values);
      }
    const special = await open(
      file("nan.am", mesh("nan inf -INF 1e-3", { type: "float", form: "ASCII 2.0", size: "4 1 1" })),
    );
    expect(await voxels(special)).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Math.fround(1e-3),
    ]);
  });

  test("run lengths of any voxels are what they were", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(...[3, 9, 300].map((max) => fc.integer({ min: 1, max }))),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (size, seed, share) => {
          const [z, y, x] = size as unknown as Shape;
          const next = random(seed);
          const values: number[] = [];
          for (let k = 0; k < z * y * x; k++)
            values.push(k > 0 && next() < share ? values[k - 1]! : Math.floor(next() * 256));
          const data = runLengths(values);
          const bytes = mesh(data, { size: `${x} ${y} ${z}`, encoding: `(HxByteRLE,${data.length})` });
          expect(await voxels(await open(file("runs.am", bytes)))).toEqual(values);
        },
      ),
      { numRuns: 30, seed: 1 },
    );
  });

  test("what contradicts itself is an error that says what", async () => {
    const bad = async (content: Uint8Array): Promise<string> => {
      const error = await open(file("bad.am", content)).then(
        () => new Error("it was read"),
        (reason) => reason as Error,
      );
      expect(isVoxbookError(error), error.message).toBe(true);
      return `${(error as { code?: string }).code} ${error.message}`;
    };
    const data = Uint8Array.from(labels);
    const rle = runLengths(labels);
    expect(await bad(mesh(data.subarray(0, 20)))).toMatch(/MalformedFile.*take 24 bytes/);
    expect(await bad(mesh(rle, { encoding: "(HxByteRLE,9999)" }))).toMatch(/MalformedFile.*9999 bytes long/);
    expect(await bad(mesh(rle.subarray(0, 6), { encoding: "(HxByteRLE,6)" }))).toMatch(
      /MalformedFile.*voxels are missing/,
    );
    const long = runLengths([...labels, 7, 7, 7]);
    expect(await bad(mesh(long, { encoding: `(HxByteRLE,${long.length})` }))).toMatch(/more than there should be/);
    expect(await bad(mesh(rle, { type: "ushort", encoding: `(HxByteRLE,${rle.length})` }))).toMatch(
      /UnsupportedFeature.*16 bits as HxByteRLE/,
    );
    expect(await bad(mesh(data, { encoding: "(HxWavelet,24)" }))).toMatch(/UnsupportedFeature.*HxWavelet/);
    const zip = deflateSync(data);
    zip[zip.length - 1]! ^= 1;
    expect(await bad(mesh(zip, { encoding: `(HxZip,${zip.length})` }))).toMatch(
      /MalformedFile.*compressed voxels are damaged/,
    );
    expect(await bad(mesh("1 2 3", { form: "ASCII 2.0" }))).toMatch(/MalformedFile/);
    expect(await bad(mesh(ramp(24, () => 300).join(" "), { form: "ASCII 2.0" }))).toMatch(
      /"300" stands among its voxels/,
    );
    expect(await bad(mesh(`${"1 ".repeat(23)}x`, { form: "ASCII 2.0" }))).toMatch(/"x" stands among its voxels/);
    expect(await bad(mesh("9".repeat(70000), { form: "ASCII 2.0" }))).toMatch(/MalformedFile/);
    expect(await bad(mesh(data, { type: "float[3]" }))).toMatch(/UnsupportedFeature.*"float\[3\]" are not read/);
    expect(await bad(mesh(data, { size: "4 3" }))).toMatch(/define Lattice/);
    expect(await bad(mesh(data, { size: "0 3 2" }))).toMatch(/MalformedFile/);
    expect(await bad(mesh(data, { size: "99999999 99999999 99999999" }))).toMatch(/MalformedFile/);
    expect(await bad(mesh(data, { parameters: 'CoordType "rectilinear"' }))).toMatch(/UnsupportedFeature.*rectilinear/);
    expect(await bad(mesh(data, { parameters: "Materials { {" }))).toMatch(/MalformedFile.*group without a name/);
    expect(await bad(mesh(data, { parameters: "a { ".repeat(40) }))).toMatch(/more than 32 deep/);
    expect(await bad(mesh(data, { parameters: "}}" }))).toMatch(/closes a group/);
    expect(await bad(mesh(data, { parameters: "a {" }))).toMatch(/ends within a group/);
    expect(await bad(mesh(data, { parameters: 'Voxbook "e30="' }))).toMatch(/MalformedFile.*voxbook description/);
    const begin = "# AmiraMesh BINARY-LITTLE-ENDIAN 2.1\ndefine Lattice 4 3 2\n";
    expect(await bad(Buffer.from(`${begin}Lattice { constructor Labels } @1\n\n@1\n`))).toMatch(
      /"constructor" are not/,
    );
    expect(await bad(Buffer.from(`${begin}Lattice { byte Labels } @${"1".repeat(1e6)}\n`))).toMatch(/do not begin/);
    expect(await bad(Buffer.from(`# AmiraMesh${" ".repeat(47)}BINARYX\n`))).toMatch(/first line is none/);
    expect(await bad(mesh(data, { encoding: "(HxZip,0)" }))).toMatch(/MalformedFile.*take 0 bytes/);
    // Neither blanks nor quotes without an end are looked at again and again.
    expect(await bad(Buffer.from(`${begin}Lattice { byte Labels }${" ".repeat(1e6)}x`))).toMatch(/without a field/);
    expect(await bad(mesh(data, { parameters: `a "${'\\"'.repeat(5e5)}` }))).toMatch(/closing quote/);
    expect(await bad(Buffer.from("# AmiraMesh BINARY-LITTLE-ENDIAN 2.1\ndefine Vertices 4\n"))).toMatch(
      /surfaces, lines and meshes/,
    );
    expect(await bad(Buffer.from("# AmiraMesh BINARY 2.1\ndefine Lattice 1 1 1\nLattice { byte a } @1\n"))).toMatch(
      /do not begin/,
    );
  });

  test("any damage gives an error of the library, or voxels, never a crash", async () => {
    const rle = runLengths(labels);
    const whole = mesh(rle, { parameters: AVIZO, encoding: `(HxByteRLE,${rle.length})` });
    const next = random(77);
    for (let k = 0; k < 300; k++) {
      const bytes = Uint8Array.from(
        k % 3 === 0 ? whole.subarray(0, 40 + Math.floor(next() * (whole.length - 40))) : whole,
      );
      for (let n = 0; n < k % 5; n++) bytes[30 + Math.floor(next() * (bytes.length - 30))] = Math.floor(next() * 256);
      try {
        (await open(file("damaged.am", bytes))).store.release();
      } catch (error) {
        if (!isVoxbookError(error)) throw error;
      }
    }
  });

  test("what is saved comes back with everything", async () => {
    const phases = phaseTable(3, ["pore", "carbon & binder", "NMC 811"]).map((phase, k) => ({
      ...phase,
      density: 1000 * k,
      label: 2 * k,
    }));
    for (const dtype of ["uint8", "uint16", "int16", "int32", "uint32"] as const) {
      const values = voxelArray(dtype, 24);
      values.set(labels.map((n) => 2 * n));
      const volume = memoryVolume(values, shape, {
        role: "labels",
        phases,
        spacing: [3.7e-7, 2e-7, 1e-7],
        origin: [1e-6, 0, -3e-6],
      });
      await save(volume, file("saved.am"));
      const again = await open(file("saved.am"));
      expect([again.role, again.phases, again.spacing, again.origin]).toEqual([
        "labels",
        phases,
        volume.spacing,
        volume.origin,
      ]);
      expect(again.dtype).toBe(dtype === "uint32" ? "int32" : dtype);
      expect(await voxels(again)).toEqual(Array.from(values));
    }
    const grey = memoryVolume(randomVoxels("float32", 24, 3), shape);
    await save(grey, file("grey.am"));
    const again = await open(file("grey.am"));
    expect([again.role, again.dtype, again.spacing]).toEqual(["intensity", "float32", undefined]);
    expect(await again.read()).toEqual(await grey.read());
    const mask = memoryVolume(
      Uint8Array.from(labels, (n) => (n === 2 ? 1 : 0)),
      shape,
      { role: "mask", spacing: [1e-6, 1e-6, 1e-6] },
    );
    await save(mask, file("mask.am"));
    expect([(await open(file("mask.am"))).role, (await open(file("mask.am"))).phases]).toEqual(["mask", undefined]);
    await expect(save(memoryVolume(new Int8Array(24), shape), file("no.am"))).rejects.toThrow(
      /AmiraMesh has no voxels of int8/,
    );
  });

  test("what another program has changed since counts more than what was saved", async () => {
    const phases = phaseTable(2, ["pore", "solid"]);
    const volume = memoryVolume(
      Uint8Array.from(labels, (n) => n % 2),
      shape,
      { role: "labels", phases, spacing: [1e-6, 1e-6, 1e-6] },
    );
    await save(volume, file("changed.am"));
    const text = readFileSync(file("changed.am"), "latin1");
    const renamed = text.replace("solid {", "grain {").replace(/BoundingBox .*,/, "BoundingBox 0 6 0 4 0 2,");
    const again = await open(file("renamed.am", Buffer.from(renamed, "latin1")));
    expect(again.phases?.map(({ name }) => name)).toEqual(["pore", "grain"]);
    expect(again.spacing?.map((size) => Math.round(size * 1e9))).toEqual([2000, 2000, 2000]);
    // A crop keeps the voxel size and moves the first corner.
    const moved = text.replace(/BoundingBox .*,/, "BoundingBox 10 13 0 2 0 1,");
    expect(
      (await open(file("moved.am", Buffer.from(moved, "latin1")))).origin.map((at) => Math.round(at * 1e9)),
    ).toEqual([0, 0, 10_000]);
  });

  test.skipIf(lacks("python"))("a decoder of a few lines of Python reads what was saved", async () => {
    const values = randomVoxels("uint16", 2 * 3 * 4, 5);
    const volume = memoryVolume(values, shape, { role: "labels", phases: phaseTable(2), spacing: [4e-6, 2e-6, 1e-6] });
    await save(volume, file("peer.am"));
    const script = `
import sys, re, json
b = open(sys.argv[1], "rb").read()
at = b.index(b"\\n@1\\n") + 4
h = b[:at].decode("utf8")
n = [int(s) for s in re.search(r"define Lattice (\\d+) (\\d+) (\\d+)", h).groups()]
kind = re.search(r"Lattice \\{ (\\w+) (\\w+) \\} @1", h).groups()
box = [float(s) for s in re.search(r"BoundingBox ([^,]+),", h).group(1).split()]
step = [(box[2 * k + 1] - box[2 * k]) / max(1, n[k] - 1) for k in range(3)]
body = b[at:at + 2 * n[0] * n[1] * n[2]]
values = [body[k] + 256 * body[k + 1] for k in range(0, len(body), 2)]
names = re.findall(r"^        (\\w+) \\{", h, re.M)
print(json.dumps({"n": n, "kind": kind, "step": step, "values": values, "names": names}))`;
    const found = JSON.parse(execFileSync(python()!, ["-c", script, file("peer.am")], { encoding: "utf8" }));
    expect(found).toMatchObject({
      n: [4, 3, 2],
      kind: ["ushort", "Labels"],
      values: Array.from(values),
      names: ["phase_0", "phase_1"],
    });
    for (const [k, size] of [1, 2, 4].entries()) expect(found.step[k]).toBeCloseTo(size, 9);
  });
});

describe("HDF5 of ilastik", () => {
  test("what is saved comes back with everything, of all types", async () => {
    for (const dtype of Object.keys(DTYPES) as DType[]) {
      const values = randomVoxels(dtype, 24, 9);
      const role = DTYPES[dtype].integer ? "labels" : "intensity";
      const phases = role === "labels" ? phaseTable(2).map((phase) => ({ ...phase, density: 5 })) : undefined;
      const volume = memoryVolume(values, shape, { role, phases, spacing: [2e-6, 1e-6, 1e-6] });
      await save(volume, file("saved.h5"));
      const again = await open(file("saved.h5"));
      expect([again.role, again.dtype, again.phases, again.spacing, again.shape]).toEqual([
        role,
        dtype,
        phases,
        volume.spacing,
        shape,
      ]);
      expect(await again.read()).toEqual(values);
    }
  });

  test.skipIf(lacks("python"))(
    "exports as ilastik writes them are read by their axes, and h5py reads ours",
    async () => {
      const script = `
import sys, json
import numpy as np
try:
    import h5py
except ImportError:
    print("null"); sys.exit()
folder = sys.argv[1]
def tags(axes):
    return json.dumps({"axes": [{"key": k, "typeFlags": {"c": 1, "t": 8}.get(k, 2), "resolution": 0, "description": ""} for k in axes]})
a = (np.arange(2 * 3 * 4) % 3 + 1).reshape(2, 3, 4)
for name, axes, dtype, mode in [("tzyxc", "tzyxc", "u1", "random-colortable"), ("zyx", "zyx", "u4", None), ("xyz", "xyzc", "u2", "default"), ("mask", "zyxc", "u1", "binary-mask")]:
    v = a.astype(dtype)
    v = v.transpose([("zyx").index(k) for k in axes if k in "zyx"])
    if axes.startswith("t"): v = v[None]
    if axes.endswith("c"): v = v[..., None]
    with h5py.File(folder + "/" + name + ".h5", "w") as f:
        d = f.create_dataset("exported_data", data=v, chunks=True, compression="gzip")
        d.attrs["axistags"] = tags(axes)
        if mode: d.attrs["display_mode"] = mode
p = np.stack([a / 10, 1 - a / 10], -1).astype("f4")
with h5py.File(folder + "/probabilities.h5", "w") as f:
    d = f.create_dataset("exported_data", data=p)
    d.attrs["axistags"] = tags("zyxc")
with h5py.File(folder + "/other.h5", "w") as f:
    f.create_dataset("volumes/raw", data=a.astype("u2"))
with h5py.File(folder + "/times.h5", "w") as f:
    d = f.create_dataset("exported_data", data=np.zeros((3, 2, 3, 4, 1), "u1"))
    d.attrs["axistags"] = tags("tzyxc")
with h5py.File(folder + "/bad.h5", "w") as f:
    d = f.create_dataset("exported_data", data=np.zeros((3, 2), "u1"))
    d.attrs["axistags"] = "{"
with h5py.File(folder + "/odd.h5", "w") as f:
    d = f.create_dataset("exported_data", data=np.zeros((3, 2), "u1"))
    d.attrs["axistags"] = tags("zyx")
with h5py.File(folder + "/ours.h5", "r") as f:
    d = f["exported_data"]
    print(json.dumps({"shape": d.shape, "dtype": str(d.dtype), "values": d[()].ravel().tolist(), "axes": [x["key"] for x in json.loads(d.attrs["axistags"])["axes"]], "mode": d.attrs["display_mode"]}))
`;
      const ours = memoryVolume(Uint32Array.from(ramp(24, (k) => k * 1000)), shape, { role: "labels" });
      await save(ours, file("ours.h5"));
      const found = JSON.parse(execFileSync(python()!, ["-c", script, file(".")], { encoding: "utf8" }));
      if (found === null) return;
      expect(found).toEqual({
        shape: [2, 3, 4, 1],
        dtype: "uint32",
        values: ramp(24, (k) => k * 1000),
        axes: ["z", "y", "x", "c"],
        mode: "random-colortable",
      });
      const expected = ramp(24, (k) => (k % 3) + 1);
      for (const [name, dtype, role] of [
        ["tzyxc", "uint8", "labels"],
        ["zyx", "uint32", "intensity"],
        ["xyz", "uint16", "intensity"],
        ["mask", "uint8", "mask"],
      ] as const) {
        const volume = await open(file(`${name}.h5`));
        expect([volume.shape, volume.dtype, volume.role], name).toEqual([shape, dtype, role]);
        expect(await voxels(volume), name).toEqual(expected);
      }
      const labels = await open(file("zyx.h5"), { role: "labels" });
      expect(labels.phases?.map(({ label }) => label)).toEqual([1, 2, 3]);
      expect((await voxels(await open(file("probabilities.h5"), { channel: 1 }))).slice(0, 3)).toEqual(
        [0.9, 0.8, 0.7].map(Math.fround),
      );
      await expect(open(file("probabilities.h5"))).rejects.toThrow(
        /has 2 channels .* choose one with the option channel, from 0 to 1/,
      );
      await expect(open(file("probabilities.h5"), { channel: 2 })).rejects.toThrow(/channel is 2/);
      await expect(open(file("other.h5"))).rejects.toThrow(/without an array exported_data.*there are volumes\/raw/);
      expect(await voxels(await open(file("other.h5"), { dataset: "/volumes/raw" }))).toEqual(expected);
      await expect(open(file("times.h5"))).rejects.toThrow(/series of 3 times/);
      await expect(open(file("bad.h5"))).rejects.toMatchObject({ code: "MalformedFile" });
      await expect(open(file("odd.h5"))).rejects.toThrow(/has 2 axes, but its axistags name "zyx"/);
      await expect(open(file("zyx.h5"), { dataset: "" })).rejects.toThrow(/dataset is ""/);
    },
  );
});

describe("label images of Fiji", () => {
  const lut = (of: (k: number) => readonly [number, number, number]): number[] =>
    [0, 1, 2].flatMap((channel) => ramp(256, (k) => 257 * of(k)[channel]!));
  const page = (values: number[], more: object = {}) => ({
    width: 4,
    height: 3,
    chunks: [Uint8Array.from(values)],
    ...more,
  });

  test("have the colours of their palette, and a grey one means nothing", async () => {
    const colours = lut((k) => (k === 3 ? [255, 128, 0] : k === 9 ? [1, 2, 3] : [k, 0, 0]));
    const values = ramp(12, (k) => [0, 3, 9][k % 3]!);
    const at = file("palette.tif", tiffBytes([page(values, { photometric: 3, tags: { 320: colours } })]));
    const labels = await open(at, { role: "labels" });
    expect(await voxels(labels)).toEqual(values);
    expect(labels.phases?.map(({ label, colour }) => [label, colour])).toEqual([
      [0, "#000000"],
      [3, "#ff8000"],
      [9, "#010203"],
    ]);
    const grey = file("grey.tif", tiffBytes([page(values, { photometric: 3, tags: { 320: lut((k) => [k, k, k]) } })]));
    expect((await open(grey, { role: "labels" })).phases?.map(({ colour }) => colour)).toEqual([
      "#0072b2",
      "#e69f00",
      "#009e73",
    ]);
  });

  test.skipIf(lacks("python"))("that are saved have a palette of the phases, which tifffile reads", async () => {
    const phases = phaseTable(3);
    const volume = memoryVolume(Uint8Array.from(ramp(24, (k) => k % 3)), shape, { role: "labels", phases });
    await save(volume, file("phases.tif"));
    const again = await open(file("phases.tif"));
    expect([again.phases, again.role]).toEqual([phases, "labels"]);
    const script = `
import sys, json, tifffile
with tifffile.TiffFile(sys.argv[1]) as f:
    p = f.pages[0]
    print(json.dumps({"values": f.asarray().ravel().tolist(), "photometric": p.photometric.name, "map": (p.colormap[:, :3] >> 8).T.tolist(), "imagej": f.is_imagej}))`;
    const found = JSON.parse(execFileSync(python()!, ["-c", script, file("phases.tif")], { encoding: "utf8" }));
    expect(found).toEqual({
      values: ramp(24, (k) => k % 3),
      photometric: "PALETTE",
      map: [
        [0, 114, 178],
        [230, 159, 0],
        [0, 158, 115],
      ],
      imagej: true,
    });
  });
});
