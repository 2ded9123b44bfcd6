/** States of one sample in one frame. */
import { expect, test } from "vitest";
import { displaySymbol } from "#src/core/display.js";
import { um } from "#src/core/length.js";
import { provenance } from "#src/core/provenance.js";
import { Series, type State, series } from "#src/measure/series.js";
import { memoryVolume } from "../support/memory-volume.js";

const labels = memoryVolume(new Uint8Array(24), [2, 3, 4], { role: "labels", spacing: [1e-6, 1e-6, 1e-6] });
const scan = labels.with({ role: "intensity" });

test("a series holds its states in order, with what the cycler tells", async () => {
  const states = series(
    [
      { name: "Init", labels, voltage: 3, charge: 0, time: 0 },
      { name: "D1", labels, scan, charge: 740, time: 60 },
    ],
    { chargeUnit: "mAh/g" },
  );
  expect([states.length, states.shape, states.spacing]).toEqual([2, [2, 3, 4], [1e-6, 1e-6, 1e-6]]);
  expect(states.state("D1").charge).toBe(740);
  expect(String(states)).toBe("Series of 2 states, Init, D1, of 2 × 3 × 4 voxels");
  expect(states.table().schema.fields.map((field) => [field.name, field.metadata.get("unit")])).toEqual([
    ["state", undefined],
    ["voltage", "V"],
    ["charge", "mAh/g"],
    ["time", "s"],
    ["labels", undefined],
  ]);
  expect((states as unknown as { [displaySymbol](): Record<string, string> })[displaySymbol]()["text/html"]).toContain(
    "D1",
  );
  expect(String(provenance(states))).toContain("series(");
  expect(Object.isFrozen(states) && Object.isFrozen(states.states) && Object.isFrozen(states.states[0])).toBe(true);
  const masks = await states.map((volume) => volume.with({ role: "mask" }));
  expect(masks).toBeInstanceOf(Series);
  expect(masks.states.map((state) => [state.name, state.labels.role, state.charge])).toEqual([
    ["Init", "mask", 0],
    ["D1", "mask", 740],
  ]);
});

test("states that do not belong together are refused with what to do", () => {
  const refused =
    (...states: unknown[]): (() => void) =>
    () =>
      void series(states as State[]);
  expect(refused()).toThrow("give a list of states");
  expect(() => series(labels as never)).toThrow("give a list of states");
  expect(refused({ name: "", labels })).toThrow('its name is ""');
  expect(refused({ name: "A", labels, volts: 3 })).toThrow("has no option `volts`");
  expect(refused({ name: "A", labels }, { name: "A", labels })).toThrow('two states have the name "A"');
  expect(refused({ name: "A", labels: 3 })).toThrow("takes a volume");
  expect(refused({ name: "A", labels: scan })).toThrow("have the role intensity");
  expect(refused({ name: "A", labels, voltage: Number.NaN })).toThrow("voltage is NaN");
  expect(refused({ name: "A", labels, time: 5 }, { name: "B", labels, time: 5 })).toThrow("not after the 5 s");
  const other = memoryVolume(new Uint8Array(24), [2, 4, 3], { role: "labels" });
  expect(refused({ name: "A", labels }, { name: "B", labels: other })).toThrow("has the shape 2 × 4 × 3");
  expect(refused({ name: "A", labels, scan: other.with({ role: "intensity" }) })).toThrow("its scan has the shape");
  expect(refused({ name: "A", labels }, { name: "B", labels: labels.with({ spacing: um(2) }) })).toThrow(
    "voxel size 2 × 2 × 2 µm",
  );
  const shiftedLabels = memoryVolume(new Uint8Array(24), [2, 3, 4], {
    role: "labels",
    spacing: [1e-6, 1e-6, 1e-6],
    origin: [0, 0, 3e-6],
  });
  expect(refused({ name: "A", labels }, { name: "B", labels: shiftedLabels })).toThrow("another origin or direction");
  expect(() => series([{ name: "A", labels }], { chargeUnit: "" })).toThrow("chargeUnit");
  expect(() => series([{ name: "D1", labels }]).state("D2")).toThrow("did you mean `D1`");
});
