/** A quantity measured on parts of a volume: blocks beside each other, and boxes that grow around its middle. */
import { setImmediate } from "node:timers/promises";
import { release } from "../compute/memory.js";
import { copy } from "../compute/operations.js";
import { watched } from "../compute/progress.js";
import { run } from "../compute/run.js";
import type { RunOptions } from "../core/options.js";
import { type Region, regionShape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { type Quantities, type Quantity, quantitiesOf } from "./quantities.js";

/** Measures a segmentation. */
export type VolumeQuantity = (
  segmented: Volume,
  run: Pick<RunOptions, "signal" | "memoryLimit" | "workers">,
) => Quantities | Promise<Quantities>;

/** A part and what it measures; a quantity that fails there is missing. */
export interface Part {
  readonly region: Region;
  readonly quantities: readonly Quantity[];
  readonly error: string | undefined;
}

/** Blocks of equal shape, `division` along each axis of more than one voxel, in the middle of the region. */
export function blocksOf({ start, stop }: Region, division: number): Region[] {
  const size = stop.map((n, k) => n - start[k]!);
  const many = size.map((n) => (n > 1 ? division : 1));
  const edge = size.map((n, k) => Math.floor(n / many[k]!));
  const from = size.map((n, k) => start[k]! + Math.floor((n - many[k]! * edge[k]!) / 2));
  const blocks: Region[] = [];
  for (let z = 0; z < many[0]!; z++)
    for (let y = 0; y < many[1]!; y++)
      for (let x = 0; x < many[2]!; x++) {
        const low = [z, y, x].map((n, k) => from[k]! + n * edge[k]!) as unknown as Triple;
        blocks.push({ start: low, stop: low.map((n, k) => n + edge[k]!) as unknown as Triple });
      }
  return blocks;
}

/** Boxes around the middle whose edges are 1/count, 2/count, … of the region's; those that are alike only once. */
export function nestedIn({ start, stop }: Region, count: number): Region[] {
  const size = stop.map((n, k) => n - start[k]!);
  const boxes: Region[] = [];
  for (let k = 1; k <= count; k++) {
    const edge = size.map((n) => Math.max(1, Math.round((n * k) / count)));
    const low = size.map((n, axis) => start[axis]! + Math.floor((n - edge[axis]!) / 2)) as unknown as Triple;
    const box = { start: low, stop: low.map((n, axis) => n + edge[axis]!) as unknown as Triple };
    const before = boxes.at(-1);
    if (before === undefined || regionShape(before).some((n, axis) => n !== edge[axis])) boxes.push(box);
  }
  return boxes;
}

/** Measures the parts one after the other. */
export async function measureParts(
  caller: string,
  labels: Volume,
  regions: readonly Region[],
  quantity: VolumeQuantity,
  options: Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">,
): Promise<Part[]> {
  const { onProgress: _, ...rest } = options;
  return watched(caller, regions.length, options, async ({ signal, step }) => {
    const parts: Part[] = [];
    for (const region of regions) {
      // Work that never waits would not let Stop be heard.
      await setImmediate();
      signal.throwIfAborted();
      const whole = regionShape(region).every((n, axis) => n === labels.shape[axis]);
      const made = { provenance: labels.provenance };
      const part = whole ? labels : await run(copy, labels, {}, { ...rest, signal, region }, made);
      let found: unknown;
      let error: string | undefined;
      try {
        found = await quantity(part, { ...rest, signal });
      } catch (failure) {
        signal.throwIfAborted();
        error = failure instanceof Error ? failure.message : String(failure);
      } finally {
        if (!whole) release(part);
      }
      const quantities = error === undefined ? quantitiesOf(caller, quantity.name || "quantity", found) : [];
      parts.push({ region, quantities, error });
      step();
    }
    return parts;
  });
}
