import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displaySymbol } from "#src/core/display.js";
import { um } from "#src/core/length.js";
import { phaseTable } from "#src/core/phases.js";
import { provenance } from "#src/core/provenance.js";
import type { Shape } from "#src/core/shape.js";
import { memoryVolume } from "../support/memory-volume.js";

const ramp = (shape: Shape): Uint16Array =>
  Uint16Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => i % 65536);
const box = fc.tuple(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 13 }));

describe("a volume", () => {
  it("reads any box as the same box of the whole array, for any shape and brick", async () => {
    const cases = fc.tuple(
      box,
      box,
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 6, maxLength: 6 }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([shape, brick, cuts]) => {
        const values = ramp(shape);
        const volume = memoryVolume(values, shape, { brick });
        const start = shape.map((n, k) => Math.floor(cuts[k]! * n)) as unknown as Shape;
        const stop = start.map((n, k) => n + 1 + Math.floor(cuts[k + 3]! * (shape[k]! - n))) as unknown as Shape;
        const expected: number[] = [];
        for (let z = start[0]; z < stop[0]; z++)
          for (let y = start[1]; y < stop[1]; y++)
            for (let x = start[2]; x < stop[2]; x++) expected.push(values[(z * shape[1] + y) * shape[2] + x]!);
        expect(Array.from(await volume.read({ start, stop }))).toEqual(expected);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it("cuts planes across each axis with rows and columns in the order of the remaining axes", async () => {
    const shape = [3, 4, 5] as const;
    const volume = memoryVolume(ramp(shape), shape, { brick: [2, 3, 2] });
    expect(await volume.plane("z", 1)).toMatchObject({ height: 4, width: 5 });
    expect(Array.from((await volume.plane("y", 2)).values)).toEqual([
      10, 11, 12, 13, 14, 30, 31, 32, 33, 34, 50, 51, 52, 53, 54,
    ]);
    expect(Array.from((await volume.plane("x", 4)).values)).toEqual([4, 9, 14, 19, 24, 29, 34, 39, 44, 49, 54, 59]);
    expect(await volume.at(2, 3, 4)).toBe(59);
    await expect(volume.plane("z", 3)).rejects.toThrow(
      "index of the z plane is 3; allowed is a whole number from 0 to 2",
    );
  });

  it("knows its range from the bricks' records and leaves NaN out", () => {
    const values = Float32Array.of(Number.NaN, 2, -3, 5, 1, 0, 4, 1);
    expect(memoryVolume(values, [2, 2, 2], { brick: [1, 2, 2] }).range).toEqual([-3, 5]);
  });

  it("takes a voxel size, keeps its voxels and tells so in its provenance", async () => {
    const volume = memoryVolume(ramp([2, 2, 2]), [2, 2, 2]);
    const sized = volume.with({ spacing: [um(1), um(0.5), um(0.5)] });
    expect(sized.spacing?.map((size) => Number((size * 1e6).toFixed(9)))).toEqual([1, 0.5, 0.5]);
    expect(await sized.at(1, 1, 1)).toBe(7);
    expect(volume.spacing).toBeUndefined();
    expect(String(provenance(sized))).toContain('2. with(volume = step 1, spacing: [{"metres":');
  });

  it.each([
    [{ spacing: um(0) }, "give one positive length"],
    [{ spacin: um(1) }, "with has no option `spacin`; did you mean `spacing`?"],
    [{ phaseNames: ["pore"] }, "this volume has no phases"],
  ])("refuses %j", (changes, message) => {
    expect(() => memoryVolume(ramp([1, 1, 1]), [1, 1, 1]).with(changes as object)).toThrow(message);
  });

  it("names its phases and refuses a wrong number of names", () => {
    const labels = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels", phases: phaseTable(2) });
    expect(labels.with({ phaseNames: ["pore", "NMC"] }).phases?.map((phase) => phase.name)).toEqual(["pore", "NMC"]);
    expect(() => labels.with({ phaseNames: ["pore"] })).toThrow("phaseNames has 1 names, but there are 2 phases");
  });

  it("shows itself with its facts and a picture, and its strings cannot become markup", async () => {
    const phases = phaseTable(1, ["<script>alert(1)</script>"]);
    const volume = memoryVolume(ramp([3, 40, 50]), [3, 40, 50], {
      role: "labels",
      phases,
      spacing: [1e-6, 1e-6, 1e-6],
    });
    const bundle = await volume[displaySymbol]();
    expect(bundle["text/plain"]).toBe("Volume 3 × 40 × 50 uint16 labels, voxel 1 µm, 11.7 KiB");
    expect(bundle["text/html"]).toContain("data:image/png;base64,iVBOR");
    expect(bundle["text/html"]).not.toContain("<script>");
    expect(bundle["text/html"]).toContain("3 µm × 40 µm × 50 µm");
  });
});
