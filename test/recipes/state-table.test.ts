/** What changes from state to state, planted and found again at several noise levels. */
import { expect, test } from "vitest";
import { phaseTable } from "#src/core/phases.js";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { gaussian } from "#src/filters/gaussian.js";
import { cracks } from "#src/measure/cracks.js";
import { delamination } from "#src/measure/delamination.js";
import { phaseFractions } from "#src/measure/phase-fractions.js";
import { series } from "#src/measure/series.js";
import { thicknessMap } from "#src/measure/thickness-map.js";
import { stateTable } from "#src/recipes/state-table.js";
import { otsu } from "#src/segment/otsu.js";
import { threshold } from "#src/segment/threshold.js";
import { samples } from "#src/simulate/samples.js";
import { memoryVolume } from "../support/memory-volume.js";

const shape: Shape = [84, 96, 96];
const phases = phaseTable(2, ["pore", "active material"]);
const spacing = [0.5e-6, 0.5e-6, 0.5e-6] as const;
/** µm². */
const PIXEL = 0.25;

interface Planted {
  /** Voxels from the collector, at z = 0, to the top. */
  readonly thickness: number;
  /** Of the patch that has come off, in voxels; its gap is 3. */
  readonly patch: readonly [number, number];
  /** Radius of the crack, which is 8 wide. */
  readonly crack: number;
}
const STATES: readonly Planted[] = [
  { thickness: 66, patch: [36, 40], crack: 20 },
  { thickness: 71, patch: [48, 60], crack: 24 },
  { thickness: 78, patch: [60, 80], crack: 29 },
];

function labelsOf({ thickness, patch, crack }: Planted): Volume {
  const values = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let z = 0, k = 0; z < shape[0]; z++)
    for (let y = 0; y < shape[1]; y++)
      for (let x = 0; x < shape[2]; x++, k++) {
        const off = z < 3 && y >= 6 && y < 6 + patch[0] && x >= 8 && x < 8 + patch[1];
        const cracked = Math.abs(y - 47.5) < 4 && Math.hypot(z - 37, x - 50) <= crack;
        values[k] = z < thickness && !off && !cracked ? 1 : 0;
      }
  return memoryVolume(values, shape, { role: "labels", phases, spacing, brick: [42, 48, 96] });
}

const thickness = async (labels: Volume, run: object) => {
  const table = await thicknessMap(labels, "active material", run);
  return { value: table.getChild("mean")!.get(0) as number, unit: "µm" };
};

/** Mean thickness of the coating in µm: where it has come off, the gap is none of it. */
const coatingOf = ({ thickness, patch }: Planted): number =>
  0.5 * (thickness - (3 * patch[0] * patch[1]) / (shape[1] * shape[2]));

const QUANTITIES = {
  thickness,
  // The gap at the collector is a thin void, too, but not as wide.
  cracked: async (labels: Volume, run: object) => (await cracks(labels, { ...run, widths: [7, 9] })).fraction,
  delaminated: async (labels: Volume) => ({
    value: (await delamination(labels, { collector: { axis: "z", side: "low" } })).area,
    unit: "µm²",
  }),
  phases: phaseFractions,
};

// Noise of 8, 25 and 46 % of the contrast.
test.each([20_000, 2_000, 600])(
  "with %i photons thickness, cracks and delaminated area come back to one per cent",
  async (photons) => {
    const scans: Volume[] = [];
    for (const [k, state] of STATES.entries())
      scans.push(await samples.scan(labelsOf(state), { attenuation: [0.02, 0.11], photons, seed: k + 1 }));
    const states = series(
      await Promise.all(
        scans.map(async (scan, k) => {
          const clean = await gaussian(scan, { sigma: photons > 10_000 ? 0.5 : photons > 1_000 ? 0.6 : 0.75 });
          const labels = await threshold(clean, await otsu(clean), { names: ["pore", "active material"] });
          return { name: `D${k}`, labels, scan, voltage: 1.2 - 0.5 * k, charge: 300 * k };
        }),
      ),
      { chargeUnit: "mAh/g" },
    );
    const found = await stateTable(states, QUANTITIES, { relativeTo: "D0" });
    const rows = found.toArray().map((row) => row.toJSON() as Record<string, number>);
    for (const [k, planted] of STATES.entries()) {
      const row = rows[k]!;
      const truth = await labelsOf(planted).read();
      const solid = truth.filter((value) => value === 1).length;
      const off = planted.patch[0] * planted.patch[1];
      const crack = planted.thickness * shape[1] * shape[2] - solid - 3 * off;
      const near = (name: string, value: number): void =>
        expect(Math.abs(row[name]! / value - 1), `${name} of D${k}: ${row[name]} for ${value}`).toBeLessThan(0.01);
      near("thickness", coatingOf(planted));
      near("cracked", crack / (solid + crack));
      near("delaminated", off * PIXEL);
      near("phases: fraction, pore", 1 - solid / truth.length);
      near("thickness / D0", coatingOf(planted) / coatingOf(STATES[0]!));
      expect([row.voltage, row.charge, row.error]).toEqual([1.2 - 0.5 * k, 300 * k, ""]);
    }
    const unit = (name: string) => found.schema.fields.find((field) => field.name === name)!.metadata.get("unit");
    expect(["thickness", "delaminated", "charge", "thickness / D0"].map(unit)).toEqual(["µm", "µm²", "mAh/g", "1"]);
  },
);

const small = (fill: number): Volume =>
  memoryVolume(new Uint8Array(8).fill(fill), [2, 2, 2], { role: "labels", phases });

test("what fails in a state is told there and leaves the others", async () => {
  const states = series([
    { name: "A", labels: small(1) },
    { name: "B", labels: small(0) },
  ]);
  const solid = async (labels: Volume): Promise<number> => {
    if ((await labels.at(0, 0, 0)) === 0) throw new Error("no matter");
    return 3;
  };
  const table = await stateTable(states, [solid, phaseFractions, ({ voxels }: Volume) => ({ count: voxels })]);
  const [a, b] = table.toArray().map((row) => row.toJSON() as Record<string, number | string>);
  expect([a!.solid, a!.error, a!.count]).toEqual([3, "", 8]);
  expect([b!.solid, b!.error, b!["fraction, pore"]]).toEqual([Number.NaN, "solid: no matter", 1]);
  await expect(stateTable(states, () => Promise.reject(new Error("broken")))).rejects.toThrow(
    "nothing could be measured in any state; the first error: broken",
  );
  expect((await stateTable(states, phaseFractions, { relativeTo: true })).getChild("fraction, pore / A")!.get(1)).toBe(
    Number.POSITIVE_INFINITY,
  );
});

test("what makes no sense is refused with what to do, and Stop is heard", async () => {
  const states = series([{ name: "A", labels: small(1) }]);
  await expect(stateTable(small(1) as never, phaseFractions)).rejects.toThrow(
    "takes a series of states, got one volume",
  );
  await expect(stateTable(states, {} as never)).rejects.toThrow("give functions of labels");
  await expect(stateTable(states, undefined as never)).rejects.toThrow("give functions of labels");
  await expect(stateTable(states, [3] as never)).rejects.toThrow("the quantities are 3");
  await expect(stateTable(states, (() => "x") as never)).rejects.toThrow("the quantity gave x");
  await expect(stateTable(states, phaseFractions, { relativeTo: "B" })).rejects.toThrow('has no state "B"');
  await expect(stateTable(states, phaseFractions, { relativeTo: 2 as never })).rejects.toThrow("relativeTo is 2");
  await expect(stateTable(states, phaseFractions, { relative: true } as never)).rejects.toThrow("did you mean");
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(stateTable(states, phaseFractions, { signal })).rejects.toThrow("enough");
});
