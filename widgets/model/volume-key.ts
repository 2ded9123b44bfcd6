/** What a volume is called in files and messages: the same in every kernel that has made it in the same way. */
import { createHash } from "node:crypto";
import type { Volume } from "../../src/core/volume.js";

/** @param letters hexadecimal digits of a checksum of shape, voxel type and provenance */
export const volumeKey = ({ shape, dtype, provenance }: Volume, letters = 16): string =>
  createHash("sha256")
    .update(JSON.stringify([shape, dtype, provenance]))
    .digest("hex")
    .slice(0, letters);
