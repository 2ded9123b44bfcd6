/**
 * Bricks of volume files that are being looked at. A plane goes through many bricks, and the next one through the same:
 * they stay in memory while planes are asked for, and go when the memory is wanted or nobody has looked for a while.
 */
import { FileStore } from "../../src/compute/file-store.js";
import { machine } from "../../src/compute/memory.js";
import { ScratchStore } from "../../src/compute/store.js";
import { DTYPES, type Voxels, voxelArray } from "../../src/core/dtype.js";
import { AXES, type Axis, type Region, type Triple, wholeRegion } from "../../src/core/shape.js";
import { type BrickPlace, type BrickStore, Volume, type Zone } from "../../src/core/volume.js";
import { Columns } from "./columns.js";
import { type PlaneValues, pixelsOf, type Reduction, reduced, reduceRows, type VoxelRows, WHOLE } from "./reduced.js";

/** Share of the budget for volumes that bricks may take. */
const SHARE = 0.25;
const IDLE_MS = 60_000;
/** Bricks that are read at a time: reading waits for the disk, their checksums for this thread. */
const AT_ONCE = 4;
/** Of those that nobody waits for yet, so that planes come in between. */
const AHEAD_AT_ONCE = 1;

/** All bricks that are kept, in the order of their last use. */
class Kept {
  readonly #bricks = new Map<string, Promise<Voxels>>();
  readonly #viewed = new Set<Viewed>();
  #bytes = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor() {
    machine.onCollect(async () => this.#clear());
  }

  /** Somebody looks at a volume, whose planes across x are let go with the bricks. */
  looked(viewed: Viewed): void {
    this.#viewed.add(viewed);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#clear(), IDLE_MS);
    this.#idle.unref();
  }

  /** A brick, read unless it is there. */
  get(key: string, bytes: number, read: () => Promise<Voxels>): Promise<Voxels> {
    const known = this.#bricks.get(key);
    if (known !== undefined) {
      this.#bricks.delete(key);
      this.#bricks.set(key, known);
      return known;
    }
    const brick = read();
    this.#bricks.set(key, brick);
    this.#bytes += bytes;
    // What could not be read may be there the next time.
    brick.catch(() => this.#drop(key, bytes));
    for (const oldest of this.#bricks.keys()) {
      if (this.#bytes <= SHARE * machine.limit || oldest === key) break;
      this.#drop(oldest, bytes);
    }
    return brick;
  }

  has(key: string): boolean {
    return this.#bricks.has(key);
  }

  #drop(key: string, bytes: number): void {
    if (this.#bricks.delete(key)) this.#bytes -= bytes;
  }

  #clear(): void {
    this.#bricks.clear();
    this.#bytes = 0;
    for (const { columns } of this.#viewed) columns.clear();
    this.#viewed.clear();
  }
}

const kept = new Kept();

/** The bricks of a file, read once while they are looked at, also where a cell that runs again opens it again. */
class KeptStore implements BrickStore {
  readonly memoryBytes = 0;
  readonly #store: FileStore;
  readonly #bytes: number;
  readonly #name: string;

  constructor(store: FileStore, brickBytes: number) {
    this.#store = store;
    this.#bytes = brickBytes;
    this.#name = `${store.identity} `;
  }

  read(index: number): Promise<Voxels> {
    return kept.get(this.#name + index, this.#bytes, () => this.#store.read(index));
  }

  /** Reads bricks that are not there yet, a few at a time. */
  async fetch(indices: readonly number[], atOnce = AT_ONCE): Promise<void> {
    const missing = indices.filter((index) => !kept.has(this.#name + index));
    const next = async (): Promise<void> => {
      for (let index = missing.shift(); index !== undefined; index = missing.shift()) await this.read(index);
    };
    await Promise.all(Array.from({ length: atOnce }, next));
  }

  zone(index: number): Zone {
    return this.#store.zone(index);
  }

  place(index: number): BrickPlace {
    return this.#store.place(index);
  }

  release(): void {
    this.#store.release();
  }
}

interface Viewed {
  readonly volume: Volume;
  /** Where the volume lies in a file. */
  readonly store: KeptStore | undefined;
  /** The plane asked for last along each axis: which way the reader goes. */
  readonly last: Partial<Record<Axis, number>>;
  /** Planes across x, by how they are made smaller. */
  readonly columns: Map<string, Columns>;
}

const viewed = new WeakMap<BrickStore, Viewed>();

/** What is known of a volume whose voxels stay as they are; undefined for labels that are being edited. */
function viewedOf(volume: Volume): Viewed | undefined {
  const known = viewed.get(volume.store);
  if (known !== undefined) return known;
  const inFile = volume.store instanceof FileStore;
  if (!inFile && !(volume.store instanceof ScratchStore)) return undefined;
  const store = inFile ? new KeptStore(volume.store, volume.grid.brickVoxels * DTYPES[volume.dtype].bytes) : undefined;
  const through = store === undefined ? volume : new Volume({ ...volume, brick: volume.grid.brick, store });
  const made: Viewed = { volume: through, store, last: {}, columns: new Map() };
  viewed.set(volume.store, made);
  return made;
}

/** The planes from `from` to `to` across an axis. */
function layer({ shape }: Volume, k: 0 | 1 | 2, from: number, to: number): Region {
  const { start, stop } = wholeRegion(shape);
  const put = (at: Triple, value: number): Triple => at.map((n, axis) => (axis === k ? value : n)) as unknown as Triple;
  return { start: put(start, from), stop: put(stop, to) };
}

/**
 * {@link Volume.plane} for who looks at plane after plane: bricks of a file stay in memory for the next one, and those that the reader
 * goes towards are read before they are wanted. @param reduction default: all pixels
 */
export async function planeOf(
  volume: Volume,
  axis: Axis,
  index: number,
  reduction: Reduction = WHOLE,
): Promise<PlaneValues> {
  const { level, labels } = reduction;
  const known = viewedOf(volume);
  const k = AXES[axis];
  if (known === undefined || !(Number.isInteger(index) && index >= 0 && index < volume.shape[k]!))
    return reduced(await volume.plane(axis, index), level, labels);
  const { store } = known;
  // What is kept must not outlive its volume.
  if (volume.store instanceof FileStore) volume.store.check();
  else volume.store.place(0);
  kept.looked(known);
  await store?.fetch(volume.grid.touching(layer(volume, k, index, index + 1)));
  const way = Math.sign(index - (known.last[axis] ?? index));
  known.last[axis] = index;
  const ahead = index + way * Math.ceil(volume.grid.brick[k]! / 2);
  if (way !== 0 && ahead >= 0 && ahead < volume.shape[k]!)
    // Nobody waits for it; a brick that is damaged is told of when it is shown.
    store?.fetch(volume.grid.touching(layer(volume, k, ahead, ahead + 1)), AHEAD_AT_ONCE).catch(() => undefined);
  // Pixels must not lie in two bricks.
  const fits = known.volume.grid.brick.every((n) => n % 2 ** level === 0);
  if (!fits) return reduced(await known.volume.plane(axis, index), level, labels);
  const found = axis === "x" ? await acrossX(known, index, way, reduction) : undefined;
  if (found !== undefined) return found;
  return level === 0 ? known.volume.plane(axis, index) : reducedPlane(known.volume, axis, index, reduction);
}

async function acrossX(
  { volume, columns }: Viewed,
  index: number,
  way: number,
  by: Reduction,
): Promise<PlaneValues | undefined> {
  const key = `${by.level} ${by.labels}`;
  const own = columns.get(key) ?? new Columns(volume, by);
  columns.set(key, own);
  const plane = await own.plane(index, way);
  // A copy: who gets a plane may change it.
  return plane && { ...plane, values: plane.values.slice() };
}

/** A plane made smaller, without the whole one in between. */
async function reducedPlane(volume: Volume, axis: Axis, index: number, reduction: Reduction): Promise<PlaneValues> {
  const { shape, grid, store, dtype } = volume;
  const k = AXES[axis];
  const [rows, columns] = ([0, 1, 2] as const).filter((n) => n !== k) as [0 | 1, 1 | 2];
  const height = pixelsOf(shape[rows], reduction);
  const width = pixelsOf(shape[columns], reduction);
  const values = voxelArray(dtype, height * width);
  const steps = [grid.brick[1] * grid.brick[2], grid.brick[2], 1] as const;
  for (const brick of grid.touching(layer(volume, k, index, index + 1))) {
    const { start, stop } = grid.region(brick);
    const part: VoxelRows = {
      values: await store.read(brick),
      first: (index - start[k]) * steps[k],
      step: steps[rows],
      across: steps[columns],
      height: stop[rows] - start[rows],
      width: stop[columns] - start[columns],
    };
    const at = (start[rows] >> reduction.level) * width + (start[columns] >> reduction.level);
    reduceRows(part, reduction, values, at, width);
  }
  return { values, height, width };
}
