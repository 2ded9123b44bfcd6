import { expect, test } from "vitest";
import { fromVoxels, provenance, um } from "#src/index.js";

const values = Int16Array.from({ length: 2 * 3 * 70 }, (_, k) => k * 37 - 1000);

test("the voxels of an array stand where its order puts them, and are its own no more", async () => {
  const given = values.slice();
  const volume = await fromVoxels(given, [2, 3, 70], { spacing: um(0.5) });
  given.fill(0);
  expect(await volume.read()).toEqual(values);
  expect(await volume.at(1, 2, 5)).toBe(values[(1 * 3 + 2) * 70 + 5]);
  expect([volume.role, volume.dtype, volume.shape, volume.spacing]).toEqual([
    "intensity",
    "int16",
    [2, 3, 70],
    [5e-7, 5e-7, 5e-7],
  ]);
  expect(volume.range).toEqual([-1000, 419 * 37 - 1000]);
  expect(String(provenance(volume))).toContain("fromVoxels(shape: [2,3,70]");
});

test("of every voxel type, and from a view into a larger buffer", async () => {
  for (const kind of [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array]) {
    const all = kind.from(Array.from({ length: 40 }, (_, k) => k));
    expect(await (await fromVoxels(all.subarray(7, 31), [2, 3, 4])).read()).toEqual(all.slice(7, 31));
  }
});

test("names make it labels with a phase table", async () => {
  const labels = await fromVoxels(new Uint8Array([0, 1, 2, 1]), [1, 2, 2], { phaseNames: ["pore", "binder", "NMC"] });
  expect([labels.role, labels.phases!.map(({ label, name }) => [label, name])]).toEqual([
    "labels",
    [
      [0, "pore"],
      [1, "binder"],
      [2, "NMC"],
    ],
  ]);
  expect((await fromVoxels(new Uint8Array(4), [1, 2, 2], { role: "mask" })).role).toBe("mask");
  const turned = await fromVoxels(new Float32Array(8), [2, 2, 2], { role: "projections", angles: [0, 90] });
  expect(turned.angles).toEqual([0, 90]);
});

test("what is no volume is refused", async () => {
  const eight = new Uint8Array(8);
  await expect(fromVoxels(eight, [2, 2, 3])).rejects.toThrow("2 × 2 × 3 are 12 voxels, the array has 8");
  await expect(fromVoxels(eight, [0, 2, 4])).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(fromVoxels([1, 2] as never, [1, 1, 2])).rejects.toThrow("holds no voxel type");
  await expect(fromVoxels(new Float64Array(2) as never, [1, 1, 2])).rejects.toThrow("holds no voxel type");
  await expect(fromVoxels(new Float32Array(8), [2, 2, 2], { role: "labels" })).rejects.toThrow(
    "labels are whole numbers",
  );
  await expect(fromVoxels(eight, [2, 2, 2], { role: "mask", phaseNames: ["a"] })).rejects.toThrow(
    "go with the role labels",
  );
  await expect(fromVoxels(eight, [2, 2, 2], { role: "grey" as never })).rejects.toThrow('role is "grey"');
  await expect(fromVoxels(eight, [2, 2, 2], { names: ["a"] } as never)).rejects.toThrow("has no option `names`");
  await expect(fromVoxels(eight, [2, 2, 2], { spacing: um(-1) })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(fromVoxels(eight, [2, 2, 2], { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
    "enough",
  );
});
