/** Surfaces of labels for a page: of as many triangles as it asks for at most, and in parts of at most 1 MiB. */
import type { Mesh } from "../../../src/core/mesh.js";
import type { Volume } from "../../../src/core/volume.js";
import { type LabelSurface, labelSurface, leastStep } from "../../../src/measure/label-surface.js";
import { surfaceFile } from "../../../src/measure/save-surface.js";
import { MAX_PART_BYTES } from "../../protocol.js";

/** Blocks of a surface that is only looked at. */
const BLOCKS = 2 ** 23;
/** Surfaces that are kept, the one that was asked for last longest. */
const KEPT = 8;

export class Surfaces {
  readonly #labels: Volume;
  readonly #kept = new Map<number, LabelSurface>();
  #file: { readonly name: string; readonly bytes: Uint8Array } | undefined;

  constructor(labels: Volume) {
    this.#labels = labels;
  }

  /** The surface of a label with at most `triangles`, in blocks as small as that allows. */
  async of(label: number, triangles: number): Promise<LabelSurface> {
    const known = this.#kept.get(label);
    if (known !== undefined && known.corners.length <= 3 * triangles) return this.#keep(known);
    let step = leastStep(this.#labels.shape, BLOCKS);
    for (;;) {
      const surface = await labelSurface(this.#labels, { label, step });
      const count = surface.corners.length / 3;
      if (count <= triangles || step >= 64) return this.#keep(surface);
      // Their number goes with the area in blocks.
      step = Math.min(64, Math.max(step + 1, Math.ceil(step * Math.sqrt(count / triangles))));
    }
  }

  #keep(surface: LabelSurface): LabelSurface {
    this.#kept.delete(surface.label);
    this.#kept.set(surface.label, surface);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return surface;
  }

  /** The bytes that go to the page: positions, then corners. */
  static bytes({ positions, corners }: Mesh): Uint8Array {
    const bytes = new Uint8Array(positions.byteLength + corners.byteLength);
    bytes.set(new Uint8Array(positions.buffer, positions.byteOffset, positions.byteLength));
    bytes.set(new Uint8Array(corners.buffer, corners.byteOffset, corners.byteLength), positions.byteLength);
    return bytes;
  }

  /** A surface as a file of full resolution; kept, for it is fetched in parts. */
  async file(label: number, format: "stl" | "glb"): Promise<Uint8Array> {
    const name = `${label}.${format}`;
    if (this.#file?.name !== name)
      this.#file = { name, bytes: surfaceFile([await labelSurface(this.#labels, { label })], format, this.#labels) };
    return this.#file.bytes;
  }
}

/** Part `part` of some bytes. */
export const partOfBytes = (bytes: Uint8Array, part: number): Uint8Array =>
  bytes.subarray(part * MAX_PART_BYTES, (part + 1) * MAX_PART_BYTES);
export const partsOf = ({ length }: Uint8Array): number => Math.ceil(length / MAX_PART_BYTES);
