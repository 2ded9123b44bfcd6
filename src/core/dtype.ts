import { InvalidArgument } from "./errors.js";

/** Voxel types. Booleans are read as masks (uint8), float64 as float32; a value that does not fit is an error. */
export type DType = "uint8" | "int8" | "uint16" | "int16" | "uint32" | "int32" | "float32";

export type Voxels = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array;

interface VoxelConstructor {
  new (length: number): Voxels;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): Voxels;
  readonly BYTES_PER_ELEMENT: number;
}

interface DTypeFacts {
  readonly array: VoxelConstructor;
  readonly bytes: number;
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

/** Array class, size and range of each voxel type. */
export const DTYPES: Readonly<Record<DType, DTypeFacts>> = {
  uint8: { array: Uint8Array, bytes: 1, min: 0, max: 255, integer: true },
  int8: { array: Int8Array, bytes: 1, min: -128, max: 127, integer: true },
  uint16: { array: Uint16Array, bytes: 2, min: 0, max: 65535, integer: true },
  int16: { array: Int16Array, bytes: 2, min: -32768, max: 32767, integer: true },
  uint32: { array: Uint32Array, bytes: 4, min: 0, max: 4294967295, integer: true },
  int32: { array: Int32Array, bytes: 4, min: -2147483648, max: 2147483647, integer: true },
  float32: { array: Float32Array, bytes: 4, min: -3.4028234663852886e38, max: 3.4028234663852886e38, integer: false },
};

export const isDType = (name: unknown): name is DType => typeof name === "string" && Object.hasOwn(DTYPES, name);

/** The voxel type that a typed array holds. */
export function dtypeOf(array: Voxels): DType {
  for (const name of Object.keys(DTYPES) as DType[]) if (array instanceof DTYPES[name].array) return name;
  throw new InvalidArgument(
    `${Object.prototype.toString.call(array)} holds no voxel type; use one of ${Object.keys(DTYPES)}`,
  );
}

/** A new array of `length` zero voxels, or a view of a buffer. */
export function voxelArray(
  dtype: DType,
  source: number | ArrayBufferLike,
  byteOffset?: number,
  length?: number,
): Voxels {
  const { array } = DTYPES[dtype];
  return typeof source === "number" ? new array(source) : new array(source, byteOffset, length);
}
