/**
 * A large volume whose planes tell their own number: in a band of each plane ten squares are bright or dark as the bits of
 * its index, so that a page can be asked which plane it really shows. The rest is a simulated scan, again and again.
 */
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { samples, save } from "voxbook";
import { type BrickStore, Volume, type Zone } from "#src/core/volume.js";

const BRICK = 128;
const BITS = 10;
const [DARK, BRIGHT] = [2000, 60000];

/** Where the band lies, in sixteenths of an edge; for the planes across z along y, for those across y along z, for those across x along y. */
export const BANDS = { z: 3, y: 13, x: 13 } as const;

/** The bricks of the volume: the same voxels in each, under the bands. */
class CodedStore implements BrickStore {
  readonly memoryBytes = 0;
  readonly #tile: Uint16Array;
  readonly #edge: number;
  readonly #zone: Zone;

  constructor(tile: Uint16Array, edge: number) {
    this.#tile = tile;
    this.#edge = edge;
    const sum = tile.reduce((all, value) => all + value, 0);
    this.#zone = { min: 0, max: 65535, sum, nan: 0 };
  }

  async read(index: number): Promise<Uint16Array> {
    const out = this.#tile.slice();
    const count = this.#edge / BRICK;
    const start = [Math.floor(index / count ** 2), Math.floor(index / count) % count, index % count].map(
      (n) => n * BRICK,
    ) as [number, number, number];
    const cell = this.#edge / 16;
    /** Writes the bits of `of(k)` where the band is; most bricks have no part in it. */
    const code = (band: 0 | 1, which: number, along: 0 | 2, of: 0 | 1 | 2): void => {
      for (let at = which * cell; at < (which + 1) * cell; at++) {
        if (at < start[band] || at >= start[band] + BRICK) continue;
        const place: [number, number, number] = [0, 0, 0];
        place[band] = at - start[band];
        const across = ([0, 1, 2] as const).find((k) => k !== band && k !== along)!;
        for (place[across] = 0; place[across] < BRICK; place[across]++)
          for (place[along] = 0; place[along] < BRICK; place[along]++) {
            const bit = Math.floor((start[along] + place[along]) / cell);
            if (bit >= BITS) break;
            const number = start[of] + place[of];
            out[(place[0] * BRICK + place[1]) * BRICK + place[2]] = (number >> bit) & 1 ? BRIGHT : DARK;
          }
      }
    };
    code(1, BANDS.x, 0, 2);
    code(0, BANDS.y, 2, 1);
    code(1, BANDS.z, 2, 0);
    return out;
  }

  zone(): Zone {
    return this.#zone;
  }

  place(): never {
    throw new Error("these bricks are made when they are read");
  }

  release(): void {}
}

/** Writes the file. @returns a function that deletes it */
export async function writeCodedVolume(path: string, edge: number): Promise<() => void> {
  const tile = await samples.electrode({ shape: [BRICK, BRICK, BRICK] });
  const store = new CodedStore((await tile.read()) as Uint16Array, edge);
  const { dtype, provenance, spacing } = tile;
  const shape = [edge, edge, edge] as const;
  const brick = [BRICK, BRICK, BRICK] as const;
  mkdirSync(dirname(path), { recursive: true });
  await save(new Volume({ shape, dtype, role: "intensity", spacing, provenance, brick, store }), path);
  tile.store.release();
  return () => rmSync(path, { force: true });
}

/**
 * Code for a page: `shownPlane(canvas, axis)` is the number that a canvas with a whole plane shows, by its pixels.
 * @see BANDS
 */
export const SHOWN_PLANE = `const BANDS = ${JSON.stringify(BANDS)};
function shownPlane(canvas, axis) {
  const context = canvas.getContext("2d");
  const row = Math.floor(((BANDS[axis] + 0.5) / 16) * canvas.height);
  const { data } = context.getImageData(0, row, canvas.width, 1);
  let index = 0;
  for (let bit = 0; bit < ${BITS}; bit++) {
    const at = Math.floor(((bit + 0.5) / 16) * canvas.width);
    if (data[4 * at] > 110) index |= 1 << bit;
  }
  return index;
}
`;
