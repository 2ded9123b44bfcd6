/**
 * A series for tests, as there is no true one among the data: a simulated electrode in whose states one phase has grown over the others. The front of
 * the change goes along x, so that lines over time show a slanted edge; labels and scans are made of the same rule, so that both tell the same.
 */
import { phaseTable } from "#src/core/phases.js";
import type { Shape } from "#src/core/shape.js";
import { type State, series } from "#src/measure/series.js";
import { memoryVolume } from "./memory-volume.js";
import { random } from "./random-volume.js";

export const NAMES = ["pore", "binder", "active material"];

/** Labels of a state: slabs of three phases along x whose first border moves by two voxels a state. */
export function labelsOf(state: number, [depth, rows, columns]: Shape): Uint8Array {
  const out = new Uint8Array(depth * rows * columns);
  for (let z = 0, k = 0; z < depth; z++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++, k++) out[k] = x < 4 + 2 * state ? 0 : x < columns - 4 - (y & 1) ? 1 : 2;
  return out;
}

/** Grey values: those of the phases, noise, and a beam that is brighter in each state. */
export function scanOf(state: number, shape: Shape): Uint16Array {
  const next = random(state + 1);
  return Uint16Array.from(
    labelsOf(state, shape),
    (label) => 1000 * (label + 1) + 100 * state + Math.floor(50 * next()),
  );
}

export function growing(count: number, shape: Shape = [6, 10, 40]): ReturnType<typeof series> {
  const spacing = [2e-6, 1e-6, 1e-6] as const;
  return series(
    Array.from(
      { length: count },
      (_, k): State => ({
        name: `S${k}`,
        labels: memoryVolume(labelsOf(k, shape), shape, { role: "labels", phases: phaseTable(3, NAMES), spacing }),
        scan: memoryVolume(scanOf(k, shape), shape, { spacing }),
        voltage: 3 + 0.1 * k,
        charge: 50 * k,
        time: 3600 * k,
      }),
    ),
    { chargeUnit: "mAh/g" },
  );
}
