/** Tortuosity factors beside TauFactor's and PoreSpy's (test/golden/make/transport.py). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fromVoxels } from "#src/io/from-voxels.js";
import { open } from "#src/io/open.js";
import { tortuosity } from "#src/transport/tortuosity.js";
import { referencePhases } from "../support/reference-volume.js";
import { data, lacks, root } from "../support/require.js";

interface Case {
  readonly name: string;
  readonly factors: readonly number[];
}
const golden = JSON.parse(readFileSync(join(root, "test/golden/transport.json"), "utf8")) as {
  readonly cases: readonly Case[];
  readonly spheres: Case;
};
const published = (name: string): readonly number[] => golden.cases.find((one) => one.name === name)!.factors;
const column = async (...given: Parameters<typeof tortuosity>): Promise<Record<string, number[]>> => {
  const table = await tortuosity(...given);
  return Object.fromEntries(table.schema.fields.map(({ name }) => [name, [...table.getChild(name)!].map(Number)]));
};
const off = (found: readonly number[], expected: readonly number[]): number =>
  Math.max(...found.map((value, k) => Math.abs(value / expected[k]! - 1)));

test("the reference volume has TauFactor's factors, with closed and with periodic sides", async () => {
  const volume = await fromVoxels(referencePhases(64), [64, 64, 64], { role: "labels" });
  const closed = await column(volume, { phase: 0, tolerance: 1e-4 });
  expect(off(closed.tortuosityFactor!, published("pores"))).toBeLessThan(1e-5);
  const periodic = await column(volume, { phase: 0, tolerance: 1e-4, sides: "periodic" });
  expect(off(periodic.tortuosityFactor!, published("pores, periodic"))).toBeLessThan(1e-5);
  // PoreSpy holds the concentrations at the centres of the outermost voxels, whose own resistance it so leaves out, over a length of 63
  // voxels; and it takes the volume fraction of what percolates alone.
  const { "percolating fraction": share, tortuosityFactor: factors } = closed;
  const percolating = factors!.map((factor, k) => factor * share![k]!);
  expect(off(percolating, published("pores, by porespy"))).toBeLessThan(0.005);
});

test.skipIf(lacks("data"))(
  "around a pack of spheres it has PoreSpy's factors, but for where concentrations are held",
  async () => {
    const spheres = (await open(data("tau-reference/openimpala_spheres_100_1bit.tif"))).with({ role: "mask" });
    const { tortuosityFactor: factors } = await column(spheres, { tolerance: 1e-4 });
    expect(off(factors!, golden.spheres.factors)).toBeLessThan(0.002);
    expect(factors![0]).toBeCloseTo(factors![2]!, 5);
  },
);
