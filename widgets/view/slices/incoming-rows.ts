/** Rows of values that come in parts. */
import { DTYPES, type DType, type Voxels, voxelArray } from "../../../src/core/dtype.js";

export interface Rows {
  readonly dtype: DType;
  readonly height: number;
  readonly width: number;
  readonly values: Voxels;
}

export class IncomingRows {
  #rows: Rows | undefined;
  #come = 0;

  /** @returns all rows, once the last part has come */
  take({ dtype, height, width, row }: Omit<Rows, "values"> & { row: number }, part: DataView): Rows | undefined {
    this.#rows ??= { dtype, height, width, values: voxelArray(dtype, height * width) };
    const { bytes } = DTYPES[dtype];
    const target = new Uint8Array(this.#rows.values.buffer as ArrayBuffer);
    target.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), row * width * bytes);
    this.#come += part.byteLength / (width * bytes);
    return this.#come < height ? undefined : this.#rows;
  }
}
