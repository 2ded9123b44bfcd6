/** Decodes pages of a TIFF file; runs in an isolated thread where the pages are compressed. */
import type { DType, Voxels } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { type Bytes, FileBytes } from "./bytes.js";
import { asVoxels } from "./stored.js";
import { chunkSamples, type Stored, storedArray } from "./tiff-chunk.js";
import { PHOTOMETRIC, type TiffPage } from "./tiff-page.js";

/** Which sample of a pixel becomes the voxel: one by number, or grey, which all colours must agree on. */
export type Pick = number | "grey";

export interface DecodeRequest {
  readonly path: string;
  readonly pages: readonly TiffPage[];
  readonly pick: Pick;
  readonly dtype: DType;
  /** True where white is stored as 0 and has to become the largest value. */
  readonly invert: boolean;
}

/** The voxels of several pages of one file, one after the other. */
export async function decodePages(request: DecodeRequest): Promise<Voxels[]> {
  const bytes = await FileBytes.open(request.path);
  try {
    const out: Voxels[] = [];
    for (const page of request.pages) {
      const what = `${bytes.name}, page ${page.number + 1}`;
      const stored = await decodePage(bytes, page, request.pick, what);
      if (request.invert) invert(stored, page.bits);
      out.push(asVoxels(stored, request.dtype, what));
    }
    return out;
  } finally {
    bytes.close();
  }
}

async function decodePage(bytes: Bytes, page: TiffPage, pick: Pick, what: string): Promise<Stored> {
  const { width, height, chunkWidth, chunkHeight } = page;
  const out = new (storedArray(page.kind, page.bits))(width * height);
  const across = Math.ceil(width / chunkWidth);
  const down = Math.ceil(height / chunkHeight);
  const colours = pick === "grey" ? [0, 1, 2] : [pick];
  // Colours that stand in chunks of their own are compared after the first is there.
  for (const [pass, colour] of (page.planar ? colours : colours.slice(0, 1)).entries())
    for (let row = 0; row < down; row++)
      for (let column = 0; column < across; column++) {
        const index = ((page.planar ? colour : 0) * down + row) * across + column;
        const rows = page.tiled ? chunkHeight : Math.min(chunkHeight, height - row * chunkHeight);
        const part = `${what}, ${page.tiled ? "tile" : "strip"} ${index}`;
        const input = await bytes.read(page.offsets[index]!, page.counts[index]!, part);
        const together = page.planar ? 1 : page.samples;
        const chunk = await chunkSamples(input, page, rows, together, part);
        const box = { x: column * chunkWidth, y: row * chunkHeight, rows, columns: chunkWidth };
        if (pass > 0) compare(chunk, 1, 0, out, page, box, what);
        else scatter(chunk, together, page.planar ? 0 : colour, out, page, box);
        if (!page.planar) for (const other of colours.slice(1)) compare(chunk, together, other, out, page, box, what);
      }
  return out;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly rows: number;
  readonly columns: number;
}

/** Copies one sample of each pixel of a chunk to its place in the page. */
function scatter(chunk: Stored, samples: number, sample: number, out: Stored, page: TiffPage, box: Box): void {
  const columns = Math.min(box.columns, page.width - box.x);
  const rows = Math.min(box.rows, page.height - box.y);
  for (let y = 0; y < rows; y++) {
    const from = y * box.columns * samples;
    const to = (box.y + y) * page.width + box.x;
    if (samples === 1) out.set(chunk.subarray(from, from + columns) as never, to);
    else for (let x = 0; x < columns; x++) out[to + x] = chunk[from + x * samples + sample]!;
  }
}

/** Throws unless a sample of each pixel equals the one that is already in the page. */
function compare(chunk: Stored, samples: number, sample: number, out: Stored, page: TiffPage, box: Box, what: string) {
  const columns = Math.min(box.columns, page.width - box.x);
  const rows = Math.min(box.rows, page.height - box.y);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const value = chunk[(y * box.columns + x) * samples + sample]!;
      const first = out[(box.y + y) * page.width + box.x + x]!;
      if (value !== first && !(Number.isNaN(value) && Number.isNaN(first)))
        throw new InvalidArgument(
          `${what} is a colour image: at row ${box.y + y}, column ${box.x + x} red is ${first} and ${["red", "green", "blue"][sample]} is ${value}. Choose one with the option channel: 0 is red, 1 green, 2 blue`,
        );
    }
}

/** White, stored as 0, becomes the largest value. */
function invert(values: Stored, bits: number): void {
  const top = 2 ** bits - 1;
  const numbers = values as Uint8Array;
  for (let k = 0; k < numbers.length; k++) numbers[k] = top - numbers[k]!;
}

/** What a page needs to become one voxel per pixel. @throws InvalidArgument if `channel` is needed or wrong */
export function pickOf(page: TiffPage, channel: number | undefined, extraSamples: number, what: string): Pick {
  const { samples, photometric } = page;
  if (channel !== undefined) {
    if (!Number.isInteger(channel) || channel < 0 || channel >= samples)
      throw new InvalidArgument(
        `channel is ${channel}; ${what} has ${samples === 1 ? "only channel 0" : `channels 0 to ${samples - 1}`}`,
      );
    return channel;
  }
  if (samples === 1) return 0;
  if (photometric === PHOTOMETRIC.rgb && samples >= 3) return "grey";
  // Grey with an opacity beside it, which says nothing about the sample.
  if (samples === 2 && extraSamples === 1) return 0;
  throw new InvalidArgument(
    `${what} has ${samples} channels; choose one with the option channel, from 0 to ${samples - 1}`,
  );
}
