import { copyBox } from "./copy.js";
import { displaySymbol, escapeHtml, formatBytes, type MimeBundle } from "./display.js";
import { DTYPES, type DType, isDType, type Voxels, voxelArray } from "./dtype.js";
import { InvalidArgument } from "./errors.js";
import { formatLength, isLength, type Length } from "./length.js";
import { checkNumber, checkOptions } from "./options.js";
import { checkPhases, type Phase, type PhaseChanges, type PhaseDrift } from "./phases.js";
import { greyPicture, shrunk } from "./picture.js";
import { base64, encodePng } from "./png.js";
import { type Provenance, trace } from "./provenance.js";
import {
  AXES,
  type Axis,
  BrickGrid,
  checkRegion,
  checkShape,
  intersect,
  type Region,
  regionShape,
  type Shape,
  type Triple,
  voxelCount,
  wholeRegion,
} from "./shape.js";

/** What the values of a volume mean. */
export type Role = "intensity" | "labels" | "mask" | "field" | "projections";

/** Smallest and largest value, sum and number of NaN of one brick, without its padding; NaN counts in none of the first three. */
export interface Zone {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly nan: number;
}

/** Where a brick lies, in a form that another thread can use. */
export type BrickPlace =
  | { readonly kind: "memory"; readonly buffer: SharedArrayBuffer; readonly byteOffset: number }
  | { readonly kind: "file"; readonly path: string; readonly byteOffset: number };

/** What holds the bricks of a volume, in memory or in a file; functions never ask which. */
export interface BrickStore {
  /** Padded brick in C order. Never write to it: it may be the volume's own memory. */
  read(index: number): Promise<Voxels>;
  zone(index: number): Zone;
  place(index: number): BrickPlace;
  /** Bytes of memory that voxels take now; 0 for a file. */
  readonly memoryBytes: number;
  /** Gives memory and files back. Reading afterwards throws MissingData. */
  release(): void;
}

/** Everything a {@link Volume} is made of. */
export interface VolumeInit {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly role: Role;
  /** Voxel size along z, y, x in metres; leave out if unknown. */
  readonly spacing?: Triple | undefined;
  /** Position of the centre of voxel [0, 0, 0] along z, y, x in metres. Default 0. */
  readonly origin?: Triple | undefined;
  /** Row-major 3 × 3 matrix of the directions of z, y, x in space. Default: identity. */
  readonly direction?: readonly number[] | undefined;
  /** Phases of a labels volume. */
  readonly phases?: readonly Phase[] | undefined;
  /** Angles of projections in degrees, one for each plane along z. */
  readonly angles?: readonly number[] | undefined;
  readonly provenance: Provenance;
  /** Shape of a brick; see {@link BrickGrid}. */
  readonly brick: Shape;
  readonly store: BrickStore;
  /** Known phases of the same voxels, where the scan was simulated. */
  readonly truth?: Volume | undefined;
  /** What the step that made this volume did to the fraction of each phase. */
  readonly drift?: readonly PhaseDrift[] | undefined;
}

/** What {@link Volume.with} can change without touching a voxel. */
export interface VolumeChanges {
  /** Voxel size: one length for all axes or `[z, y, x]`. */
  spacing?: Length | readonly [Length, Length, Length];
  role?: Role;
  /** Names of the phases in the order of their labels. */
  phaseNames?: readonly string[];
  /**
   * The whole phase table of a labels volume: label, name, colour and density (kg/m³) of each phase. What is left out stays as
   * it was; new phases get colours that colour-blind eyes tell apart.
   */
  phases?: readonly PhaseChanges[];
  /** Angles of projections in degrees, one for each plane along z. */
  angles?: readonly number[];
}

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1] as const;

/**
 * A volume of voxels: an image of what was scanned, its labels, a mask or a computed field. It never changes: functions
 * return new volumes. Its voxels lie in bricks, in memory or in a file, so a volume may be larger than memory; all access
 * to voxels is therefore asynchronous.
 *
 * Axes are `[z, y, x]`; a 2D image has one plane. Lengths are metres inside.
 */
export class Volume {
  /** Number of voxels along z, y, x. */
  readonly shape: Shape;
  readonly dtype: DType;
  readonly role: Role;
  /** Voxel size along z, y, x in metres; undefined if unknown. */
  readonly spacing: Triple | undefined;
  readonly origin: Triple;
  readonly direction: readonly number[];
  readonly phases: readonly Phase[] | undefined;
  /** Angles in degrees of a volume of projections, one for each plane along z; undefined if unknown or no projections. */
  readonly angles: readonly number[] | undefined;
  /** How this volume came to be; print it with `provenance(volume)`. */
  readonly provenance: Provenance;
  /** How the volume is cut into bricks. */
  readonly grid: BrickGrid;
  /** What holds the bricks. */
  readonly store: BrickStore;
  /** Known phases of the same voxels, where the scan was simulated; undefined for a real one. */
  readonly truth: Volume | undefined;
  /**
   * What cleaning did to the fraction of each phase, in the step that made this volume; undefined for other functions. It does
   * not go into files.
   */
  readonly drift: readonly PhaseDrift[] | undefined;

  constructor(init: VolumeInit) {
    checkShape(init.shape);
    if (!isDType(init.dtype))
      throw new InvalidArgument(`dtype ${String(init.dtype)}; allowed are ${Object.keys(DTYPES).join(", ")}`);
    for (const size of init.spacing ?? []) checkNumber("spacing (metres)", size, Number.MIN_VALUE, Number.MAX_VALUE);
    this.shape = Object.freeze([...init.shape]) as unknown as Shape;
    this.dtype = init.dtype;
    this.role = init.role;
    this.spacing = init.spacing;
    this.origin = init.origin ?? [0, 0, 0];
    this.direction = init.direction ?? IDENTITY;
    this.phases = init.phases;
    if (init.angles !== undefined) checkAngles(init.angles, init.shape[0]);
    this.angles = init.angles;
    this.provenance = init.provenance;
    this.grid = new BrickGrid(init.shape, init.brick);
    this.store = init.store;
    this.truth = init.truth;
    this.drift = init.drift;
  }

  /** Number of voxels. */
  get voxels(): number {
    return voxelCount(this.shape);
  }

  /** Bytes of all voxels, without padding. */
  get bytes(): number {
    return this.voxels * DTYPES[this.dtype].bytes;
  }

  /** The same voxels under another voxel size, role or phase names: `scan.with({ spacing: um(0.37) })`. */
  with(changes: VolumeChanges): Volume {
    checkOptions("with", changes, ["spacing", "role", "phaseNames", "phases", "angles"]);
    const init: { -readonly [K in keyof VolumeInit]: VolumeInit[K] } = { ...this, brick: this.grid.brick };
    if (changes.spacing !== undefined) {
      const sizes = isLength(changes.spacing) ? [changes.spacing, changes.spacing, changes.spacing] : changes.spacing;
      if (sizes.length !== 3 || !sizes.every((size) => isLength(size) && size.metres > 0))
        throw new InvalidArgument("spacing: give one positive length such as um(0.37), or three, [z, y, x]");
      init.spacing = sizes.map((size) => size.metres) as unknown as Triple;
    }
    if (changes.role !== undefined) init.role = changes.role;
    if (changes.phases !== undefined) {
      if (init.role !== "labels")
        throw new InvalidArgument(
          `phases: this volume has the role ${init.role}, and only labels have phases; say with({ role: "labels", phases: […] })`,
        );
      init.phases = checkPhases("with", changes.phases, this.dtype, this.phases);
    }
    const names = changes.phaseNames;
    if (names !== undefined && changes.phases !== undefined)
      throw new InvalidArgument("phaseNames: the names stand in `phases` already; give one of the two");
    if (names !== undefined) {
      if (this.phases === undefined)
        throw new InvalidArgument("phaseNames: this volume has no phases; segment it first");
      if (names.length !== this.phases.length)
        throw new InvalidArgument(`phaseNames has ${names.length} names, but there are ${this.phases.length} phases`);
      init.phases = this.phases.map((phase, k) => ({ ...phase, name: String(names[k]) }));
    }
    if (changes.angles !== undefined) init.angles = [...changes.angles];
    init.provenance = trace("with", changes, { volume: this });
    return new Volume(init);
  }

  /** Smallest and largest value of all voxels that are not NaN; known from the bricks' records, without reading voxels. */
  get range(): [min: number, max: number] {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < this.grid.length; k++) {
      const zone = this.store.zone(k);
      min = Math.min(min, zone.min);
      max = Math.max(max, zone.max);
    }
    return [min, max];
  }

  /**
   * The voxels of a box as one new array in C order.
   * @param region default: the whole volume, which must then fit one array
   */
  async read(region: Region = wholeRegion(this.shape)): Promise<Voxels> {
    checkRegion(region, this.shape);
    const shape = regionShape(region);
    const out = voxelArray(this.dtype, voxelCount(shape));
    for (const index of this.grid.touching(region)) {
      const brick = this.grid.region(index);
      const shared = intersect(brick, region)!;
      const from = shared.start.map((n, k) => n - brick.start[k]!) as unknown as Triple;
      const to = shared.start.map((n, k) => n - region.start[k]!) as unknown as Triple;
      copyBox(await this.store.read(index), this.grid.brick, from, out, shape, to, regionShape(shared));
    }
    return out;
  }

  /** One plane of voxels, across `axis` at `index`, row after row: rows are y (or z), columns x (or y). */
  async plane(axis: Axis, index: number): Promise<{ values: Voxels; height: number; width: number }> {
    const k = AXES[axis];
    if (k === undefined) throw new InvalidArgument(`axis ${String(axis)}; allowed are "z", "y", "x"`);
    checkNumber(`index of the ${axis} plane`, index, 0, this.shape[k] - 1, true);
    const start: [number, number, number] = [0, 0, 0];
    const stop: [number, number, number] = [...this.shape];
    start[k] = index;
    stop[k] = index + 1;
    const [height, width] = this.shape.filter((_, n) => n !== k) as [number, number];
    return { values: await this.read({ start, stop }), height, width };
  }

  /** The value of one voxel. */
  async at(z: number, y: number, x: number): Promise<number> {
    return (await this.read({ start: [z, y, x], stop: [z + 1, y + 1, x + 1] }))[0]!;
  }

  /** The facts of the volume in one line. */
  toString(): string {
    const size = this.spacing === undefined ? "voxel size unknown" : `voxel ${voxelSize(this.spacing)}`;
    return `Volume ${this.shape.join(" × ")} ${this.dtype} ${this.role}, ${size}, ${formatBytes(this.bytes)}`;
  }

  /** What a notebook shows: the facts and the middle plane. */
  async [displaySymbol](): Promise<MimeBundle> {
    const { values, height, width } = await this.plane("z", Math.floor(this.shape[0] / 2));
    const small = shrunk(values, height, width, 320);
    const png = base64(encodePng(greyPicture(small.values), small.width, small.height, 1));
    const [min, max] = this.range;
    const extent =
      this.spacing === undefined ? "" : this.shape.map((n, k) => formatLength(n * this.spacing![k]!)).join(" × ");
    const facts: [string, string][] = [
      ["shape (z, y, x)", `${this.shape.join(" × ")}${extent && ` = ${extent}`}`],
      ["voxel size", this.spacing === undefined ? "unknown" : voxelSize(this.spacing)],
      ["values", `${this.dtype}, ${Number(min.toPrecision(6))} to ${Number(max.toPrecision(6))}`],
      ["role", this.role + (this.phases === undefined ? "" : `: ${this.phases.map((phase) => phase.name).join(", ")}`)],
      ...(this.drift === undefined ? [] : [["phase drift", driftText(this.drift)] as [string, string]]),
      ["memory", `${formatBytes(this.bytes)}, ${this.grid.length} bricks of ${this.grid.brick.join(" × ")}`],
    ];
    const rows = facts.map(
      ([name, value]) =>
        `<tr><th style="text-align:left;padding:2px 12px 2px 0">${name}</th><td style="text-align:left">${escapeHtml(value)}</td></tr>`,
    );
    return {
      "text/plain": this.toString(),
      "text/html": `<div style="display:flex;gap:16px;align-items:flex-start;flex-wrap:wrap"><img alt="middle plane" width="${small.width}" height="${small.height}" src="data:image/png;base64,${png}"><table style="margin:0">${rows.join("")}</table></div>`,
    };
  }
}

function checkAngles(angles: readonly number[], planes: number): void {
  if (!Array.isArray(angles) || angles.length !== planes || !angles.every((angle) => Number.isFinite(angle)))
    throw new InvalidArgument(
      `angles: got ${Array.isArray(angles) ? `${angles.length} of them` : String(angles)} for ${planes} projections; give one finite number of degrees for each plane along z`,
    );
}

function driftText(drift: readonly PhaseDrift[]): string {
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  return drift
    .map(
      ({ name, before, after }) =>
        `${name} ${percent(before)} → ${percent(after)} (${after < before ? "−" : "+"}${percent(Math.abs(after - before))})`,
    )
    .join(", ");
}

function voxelSize(spacing: Triple): string {
  const [z, y, x] = spacing;
  return z === y && y === x ? formatLength(z, 6) : spacing.map((size) => formatLength(size, 6)).join(" × ");
}
