/** Writes HDF5 with h5wasm, in memory; runs in an isolated thread, which is thrown away after. */
import { File, ready } from "h5wasm";
import type { Voxels } from "../core/dtype.js";

interface WriteRequest {
  readonly voxels: Voxels;
  readonly shape: readonly number[];
  readonly name: string;
  /** Code of the voxel type, as h5wasm takes it. */
  readonly type: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The bytes of a file with one array. */
export async function hdfBytes({ voxels, shape, name, type, attributes }: WriteRequest): Promise<Uint8Array> {
  const { FS } = (await ready) as unknown as { FS: { readFile(path: string): Uint8Array; unlink(path: string): void } };
  const file = new File("/volume.h5", "w");
  // Unpacked and in one piece: any program reads it at once.
  file.create_dataset({ name, data: voxels, shape: [...shape], dtype: type });
  const array = file.get(name) as unknown as { create_attribute(name: string, value: string): void };
  for (const [key, value] of Object.entries(attributes)) array.create_attribute(key, value);
  file.close();
  const bytes = FS.readFile("/volume.h5").slice();
  FS.unlink("/volume.h5");
  return bytes;
}
