/** Files from and for Python's own libraries: pyarrow, tifffile, pynrrd. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { DTYPES, type DType } from "#src/core/dtype.js";
import { phaseTable } from "#src/core/phases.js";
import { trace } from "#src/core/provenance.js";
import { fromArrow } from "#src/io/arrow.js";
import { open } from "#src/io/open.js";
import { save } from "#src/io/save.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";
import { lacks, python } from "../support/require.js";

const file = testFolder();

/** Runs a Python script; what it prints as its last line is JSON. */
function run(script: string, ...args: string[]): unknown {
  const out = execFileSync(python()!, ["-c", script, ...args], { encoding: "utf8" });
  return JSON.parse(out.trim().split("\n").at(-1)!);
}

const READ_VOLUME = `
import sys, json, hashlib
import numpy as np, pyarrow as pa
f = pa.ipc.open_file(sys.argv[1])
t = f.read_all()
meta = {k.decode(): v.decode() for k, v in t.schema.metadata.items()}
shape, brick = json.loads(meta["shape"]), json.loads(meta["brick"])
field = t.schema.field("voxels")
assert isinstance(field.type, pa.FixedShapeTensorType), field.type
out = np.full(shape, 99, dtype=meta["dtype"])
for b in range(f.num_record_batches):
    batch = f.get_batch(b)
    row = {n: batch.column(n)[0].as_py() for n in batch.schema.names if n != "voxels"}
    tensor = batch.column("voxels").to_numpy_ndarray()[0]
    assert list(tensor.shape) == brick
    e = [row["extent_z"], row["extent_y"], row["extent_x"]]
    part = tensor[: e[0], : e[1], : e[2]]
    out[row["z"]: row["z"] + e[0], row["y"]: row["y"] + e[1], row["x"]: row["x"] + e[2]] = part
    clean = np.zeros_like(tensor)
    clean[: e[0], : e[1], : e[2]] = part
    assert clean.tobytes() == np.ascontiguousarray(tensor).tobytes()
    with np.errstate(invalid="ignore"):
        kept = part[~np.isnan(part)] if part.dtype.kind == "f" else part
    assert row["min"] == kept.min() and row["max"] == kept.max(), row
    assert row["nan"] == part.size - kept.size
    assert abs(row["sum"] - kept.astype("f8").sum()) <= 1e-12 * np.abs(kept.astype("f8")).sum()
    import zlib
    assert row["crc32"] == zlib.crc32(tensor.tobytes())
print(json.dumps({"type": str(field.type), "shape": list(field.type.shape), "rows": t.num_rows, "meta": meta,
                  "types": {n: str(t.schema.field(n).type) for n in t.schema.names if n != "voxels"},
                  "sha256": hashlib.sha256(out.tobytes()).hexdigest(), "batches": f.num_record_batches}))
`;

test.skipIf(lacks("python"))("pyarrow opens a volume file: tensor type, shape, values, records, metadata", async () => {
  const { createHash } = await import("node:crypto");
  for (const dtype of Object.keys(DTYPES) as DType[]) {
    const values = randomVoxels(dtype, 5 * 7 * 9, 11);
    if (dtype === "float32") values.set([Number.NaN, Number.NaN], 40);
    const volume = memoryVolume(values, [5, 7, 9], {
      brick: [2, 4, 5],
      role: dtype === "uint8" ? "labels" : "intensity",
      spacing: [1e-6, 2e-6, 3e-6],
      provenance: trace("scan", { sample: "β-phase" }),
      ...(dtype === "uint8" && { phases: phaseTable(2) }),
    });
    const path = file(`${dtype}.arrow`);
    await save(volume, path);
    const found = run(READ_VOLUME, path) as Record<string, never> & { meta: Record<string, string>; types: object };
    expect(found.shape).toEqual([2, 4, 5]);
    expect(found.rows).toBe(12);
    expect(found.batches).toBe(12);
    expect(found.sha256).toBe(createHash("sha256").update(new Uint8Array(values.buffer)).digest("hex"));
    const { meta } = found;
    expect([meta.format, meta.dtype, meta.spacing, meta.unit]).toEqual([
      "voxbook.volume",
      dtype,
      "[0.000001,0.000002,0.000003]",
      "m",
    ]);
    expect(JSON.parse(meta.provenance!)).toEqual(volume.provenance);
    expect(meta.phases === undefined).toBe(dtype !== "uint8");
    expect(found.types).toMatchObject({
      z: "int32",
      extent_x: "int32",
      min: "double",
      sum: "double",
      nan: "int32",
      crc32: "uint32",
    });
  }
});

const WRITE_VOLUME = `
import sys, json
import numpy as np, pyarrow as pa
path, dtype, rows, lean = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "lean"
shape, brick = (5, 7, 9), (2, 4, 5)
values = (np.arange(5 * 7 * 9) * 37 % 251).astype(dtype).reshape(shape)
starts = [(z, y, x) for z in range(0, 5, 2) for y in range(0, 7, 4) for x in range(0, 9, 5)]
starts.reverse()
cols = {n: [] for n in ["z", "y", "x", "extent_z", "extent_y", "extent_x", "min", "max", "sum", "nan"]}
tensors = []
for s in starts:
    part = values[s[0]: s[0] + 2, s[1]: s[1] + 4, s[2]: s[2] + 5]
    t = np.full(brick, 7, dtype=dtype)
    t[: part.shape[0], : part.shape[1], : part.shape[2]] = part
    tensors.append(t)
    for n, v in zip(cols, [*s, *part.shape, float(part.min()), float(part.max()), float(part.sum(dtype="f8")), 0]):
        cols[n].append(v)
if lean:
    cols = {n: cols[n] for n in ["z", "y", "x"]}
voxels = pa.FixedShapeTensorArray.from_numpy_ndarray(np.stack(tensors))
prov = {"operation": "python", "parameters": {"by": "numpy"}, "inputs": [], "version": "1"}
meta = {"format": "voxbook.volume", "version": "1", "shape": json.dumps(shape), "brick": json.dumps(brick), "dtype": dtype,
        "spacing": json.dumps([1e-6, 1e-6, 2e-6]), "provenance": json.dumps(prov)}
t = pa.table({**{n: pa.array(v) for n, v in cols.items()}, "note": pa.array(["brick"] * len(starts)), "voxels": voxels}).replace_schema_metadata(meta)
with pa.ipc.new_file(path, t.schema) as w:
    w.write_table(t, max_chunksize=rows)
print(json.dumps(values.ravel().tolist()))
`;

test.skipIf(lacks("python"))("a volume file that pyarrow wrote opens here with equal voxels", async () => {
  for (const [dtype, rows, columns] of [
    ["uint8", 1, "full"],
    ["int16", 5, "full"],
    ["float32", 100, "full"],
    ["uint16", 3, "lean"],
  ] as const) {
    const path = file(`py-${dtype}.arrow`);
    const values = run(WRITE_VOLUME, path, dtype, String(rows), columns);
    const volume = await open(path);
    expect([volume.dtype, volume.shape, volume.spacing]).toEqual([dtype, [5, 7, 9], [1e-6, 1e-6, 2e-6]]);
    expect([...(await volume.read())]).toEqual(values);
    expect(volume.range).toEqual([0, 250]);
    expect(volume.provenance.parameters).toEqual({ by: "numpy" });
    const { readFileSync } = await import("node:fs");
    const { tableFromIPC } = await import("apache-arrow");
    const table = await fromArrow(tableFromIPC(readFileSync(path)));
    expect([...(await table.read())]).toEqual(values);
  }
});

test.skipIf(lacks("python"))("a compressed Arrow file is refused with what to do", async () => {
  const script = WRITE_VOLUME.replace(
    "t.schema) as w",
    't.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as w',
  );
  run(script, file("lz4.arrow"), "uint8", "1", "full");
  await expect(open(file("lz4.arrow"))).rejects.toThrow(/compressed; write the volume uncompressed/);
});

const READ_TIFF = `
import sys, json, tifffile
with tifffile.TiffFile(sys.argv[1]) as f:
    a = f.asarray()
    m = f.imagej_metadata or {}
    r = f.pages[0].tags["XResolution"].value
    print(json.dumps({"shape": list(a.shape), "dtype": str(a.dtype), "values": a.ravel().tolist(), "big": f.is_bigtiff,
      "spacing": m.get("spacing"), "unit": m.get("unit"), "x": r[1] / r[0], "pages": len(f.pages)}))
`;

test.skipIf(lacks("python"))("tifffile reads a TIFF that was saved, with its voxel size", async () => {
  const { writeTiff } = await import("#src/io/tiff-writer.js");
  const { disk } = await import("#src/compute/atomic.js");
  for (const dtype of ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32"] as const)
    for (const end of [2 ** 32, 100]) {
      const values = randomVoxels(dtype, 60, 5);
      const volume = memoryVolume(values, [3, 4, 5], { spacing: [1.5e-6, 0.37e-6, 0.37e-6] });
      await writeTiff(volume, file("w.tif"), {}, disk, end);
      const found = run(READ_TIFF, file("w.tif")) as Record<string, number>;
      expect(found).toMatchObject({
        shape: [3, 4, 5],
        dtype,
        big: end === 100,
        spacing: 1.5,
        unit: "micron",
        pages: 3,
      });
      expect(found.values).toEqual([...values]);
      expect(found.x).toBeCloseTo(0.37, 8);
    }
});

const WRITE_TIFFS = `
import sys, json, os
import numpy as np, tifffile
folder = sys.argv[1]
rng = np.random.default_rng(5)
out = {}
def put(name, a, expect=None, **more):
    p = os.path.join(folder, name + ".tif")
    try:
        tifffile.imwrite(p, a, **more)
    except Exception as e:
        out[name] = {"skipped": str(e)}
        return
    e = a if expect is None else expect
    out[name] = {"values": np.asarray(e).astype("f8" if e.dtype.kind == "f" else e.dtype).ravel().tolist()}
def data(dtype, shape=(4, 33, 21)):
    if np.dtype(dtype).kind == "f":
        return rng.normal(0, 100, shape).astype(dtype)
    i = np.iinfo(dtype)
    return rng.integers(i.min, i.max, shape, dtype=dtype, endpoint=True)
gray = dict(photometric="minisblack")
for d in ["u1", "i1", "u2", "i2", "u4", "i4", "f4"]:
    for order in "<>":
        n = d + ("le" if order == "<" else "be")
        put("plain-" + n, data(d), byteorder=order, **gray)
        put("zlib-" + n, data(d), byteorder=order, compression="zlib", **gray)
        put("zlib-pred-" + n, data(d), byteorder=order, compression="zlib", predictor=True, **gray)
        put("tiles-" + n, data(d), byteorder=order, compression="zlib", predictor=True, tile=(16, 16), **gray)
put("strips", data("u2"), rowsperstrip=7, compression="zlib", **gray)
put("bigtiff", data("u2"), bigtiff=True, compression="zlib", **gray)
put("f8", data("f4").astype("f8"), **gray)
b = rng.integers(0, 2, (4, 33, 21)).astype(bool)
put("bool", b, expect=b.astype("u1"))
w = data("u1")
put("white", w, expect=255 - w, photometric="miniswhite")
put("truncated", data("u1"), truncate=True, **gray)
put("bare", data("u1"), metadata=None, **gray)
put("planar", np.stack([w[0]] * 3), expect=w[:1], photometric="rgb", planarconfig="separate")
put("imagej", data("u2"), imagej=True, resolution=(1 / 0.25, 1 / 0.25), metadata={"spacing": 1.5, "unit": "um", "axes": "ZYX"})
put("ome", data("u2"), ome=True, metadata={"axes": "ZYX", "PhysicalSizeX": 0.25, "PhysicalSizeXUnit": "µm", "PhysicalSizeY": 0.25, "PhysicalSizeYUnit": "µm", "PhysicalSizeZ": 1500, "PhysicalSizeZUnit": "nm"}, **gray)
for c in ["zstd", "lzw", "packbits"]:
    put(c, data("u2"), compression=c, **gray)
json.dump(out, open(os.path.join(folder, "expected.json"), "w"))
print(json.dumps(sorted(out)))
`;

test.skipIf(lacks("python"))(
  "what tifffile writes is read as numpy has it: types, byte orders, strips, tiles, deflate, predictors",
  async () => {
    const { mkdirSync, readFileSync } = await import("node:fs");
    const folder = file("tiffs");
    mkdirSync(folder);
    const names = run(WRITE_TIFFS, folder) as string[];
    expect(names.length).toBeGreaterThan(60);
    const expected = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")) as Record<
      string,
      { values?: number[]; skipped?: string }
    >;
    let compared = 0;
    for (const name of names) {
      const { values, skipped } = expected[name]!;
      // tifffile packs these with the help of a library that may not be there.
      if (skipped !== undefined) {
        expect(name, skipped).toMatch(/^(zstd|lzw|packbits|(zlib-pred|tiles)-f4[bl]e)$/);
        continue;
      }
      const volume = await open(`${folder}/${name}.tif`);
      const found = await volume.read();
      const mismatch = found.findIndex((value, k) => value !== Math.fround(values![k]!) && value !== values![k]);
      expect([name, found.length, mismatch]).toEqual([name, values!.length, -1]);
      if (name === "imagej" || name === "ome")
        expect(volume.spacing!.map((size) => Number(size.toPrecision(6)))).toEqual([1.5e-6, 0.25e-6, 0.25e-6]);
      compared++;
    }
    expect(compared).toBeGreaterThan(60);
  },
);

const WRITE_NRRD = `
import sys, json, nrrd, numpy as np
a = (np.arange(2 * 3 * 4) * 911).astype("u2").reshape(2, 3, 4)
h = {"space": "left-posterior-superior", "space directions": np.diag([0.5, 2, 1]), "space origin": [1, 2, 3], "encoding": sys.argv[2]}
nrrd.write(sys.argv[1], a, h, index_order="C")
print(json.dumps(a.ravel().tolist()))
`;

test.skipIf(lacks("python"))("what pynrrd writes is read with its voxels and its voxel size", async () => {
  for (const encoding of ["raw", "gzip"]) {
    const path = file(`py-${encoding}.nrrd`);
    const values = run(WRITE_NRRD, path, encoding);
    const volume = await open(path);
    expect([...(await volume.read())]).toEqual(values);
    expect(volume.shape).toEqual([2, 3, 4]);
    expect(volume.spacing!.map((size) => Number(size.toPrecision(6)))).toEqual([1e-3, 2e-3, 0.5e-3]);
    expect(existsSync(path)).toBe(true);
  }
});
