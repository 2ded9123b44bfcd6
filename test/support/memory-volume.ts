/** A volume over a plain array, for tests that need voxels but no engine: every function must accept any brick store. */
import { copyBox } from "#src/core/copy.js";
import { DTYPES, type DType, dtypeOf, type Voxels, voxelArray } from "#src/core/dtype.js";
import { trace } from "#src/core/provenance.js";
import { BrickGrid, regionShape, type Shape } from "#src/core/shape.js";
import { type BrickStore, Volume, type VolumeInit, type Zone } from "#src/core/volume.js";

function zoneOf(values: Voxels): Zone {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let nan = 0;
  for (const value of values) {
    if (Number.isNaN(value)) nan++;
    else {
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
    }
  }
  return { min, max, sum, nan };
}

/** Cuts a C-ordered array into bricks in shared memory; the padding is filled with a value that no test expects. */
export function memoryVolume(
  values: Voxels,
  shape: Shape,
  changes: Partial<Omit<VolumeInit, "store" | "shape">> = {},
): Volume {
  const dtype: DType = dtypeOf(values);
  const grid = new BrickGrid(shape, changes.brick ?? [8, 8, 8]);
  const bytes = grid.brickVoxels * DTYPES[dtype].bytes;
  const buffer = new SharedArrayBuffer(bytes * grid.length);
  const brick = (index: number): Voxels => voxelArray(dtype, buffer, index * bytes, grid.brickVoxels);
  const zones: Zone[] = [];
  for (let k = 0; k < grid.length; k++) {
    const region = grid.region(k);
    const size = regionShape(region);
    const exact = voxelArray(dtype, size[0] * size[1] * size[2]);
    copyBox(values, shape, region.start, exact, size, [0, 0, 0], size);
    brick(k).fill(77);
    copyBox(exact, size, [0, 0, 0], brick(k), grid.brick, [0, 0, 0], size);
    zones.push(zoneOf(exact));
  }
  const store: BrickStore = {
    read: async (index) => brick(index),
    zone: (index) => zones[index]!,
    place: (index) => ({ kind: "memory", buffer, byteOffset: index * bytes }),
    memoryBytes: buffer.byteLength,
    release: () => {},
  };
  const provenance = trace("test", {});
  return new Volume({ role: "intensity", provenance, ...changes, shape, dtype, brick: grid.brick, store });
}
