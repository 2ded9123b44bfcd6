import type { VolumeWriter } from "../compute/build.js";
import type { Run } from "../compute/progress.js";
import type { Volume } from "../core/volume.js";

/** Voxels that are copied at once. */
const AT_ONCE = 2 ** 22;

/** Copies a volume that was made on the way into the result, a few planes at a time, and releases it. */
export async function copyPlanes(volume: Volume, writer: VolumeWriter, { signal, step }: Run): Promise<void> {
  const [depth, height, width] = volume.shape;
  const most = Math.max(1, Math.floor(AT_ONCE / (height * width)));
  try {
    for (let z = 0; z < depth; z += most) {
      signal.throwIfAborted();
      const stop = Math.min(depth, z + most);
      const from = Math.max(z, writer.missingFrom(0));
      if (from < stop)
        await writer.writePlanes(from, await volume.read({ start: [from, 0, 0], stop: [stop, height, width] }));
      for (let k = z; k < stop; k++) step();
    }
  } finally {
    volume.store.release();
  }
}
