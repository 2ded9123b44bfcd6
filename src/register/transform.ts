import { type AffineMap, after, determinant, IDENTITY, inverted, mapped } from "../core/affine.js";
import { displaySymbol, escapeHtml, type MimeBundle } from "../core/display.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { type Provenance, trace } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import { bent, type ThinPlate, unbent } from "./thin-plate.js";
import { kindOf, morePliable, TRANSFORM_KINDS, type TransformKind } from "./transform-kind.js";

/** One of the maps that a transform does one after the other. */
export type TransformStep = AffineMap | (ThinPlate & { readonly inverse?: boolean });

/** A transform as plain data; lengths are metres. */
export interface TransformData {
  readonly kind: TransformKind;
  readonly steps: readonly TransformStep[];
  readonly provenance?: Provenance;
}

const isPlate = (step: TransformStep): step is ThinPlate & { readonly inverse?: boolean } => "centres" in step;

/** Affine maps that follow each other become one. */
function joined(steps: readonly TransformStep[]): TransformStep[] {
  const out: TransformStep[] = [];
  for (const step of steps) {
    const last = out.at(-1);
    if (last !== undefined && !isPlate(last) && !isPlate(step)) out[out.length - 1] = after(step, last);
    else out.push(step);
  }
  return out;
}

const kindOfSteps = (steps: readonly TransformStep[]): TransformKind =>
  steps.map((step) => (isPlate(step) ? "thin plate" : kindOf(step.matrix))).reduce(morePliable, "translation");

/**
 * Takes points of one space to another, such as from a fixed scan to where the same place is in a moving one. Points are metres along
 * z, y, x, where the volumes lie by their voxel size, origin and direction. A value: nothing changes it.
 *
 *   const there = found.apply([12e-6, 40e-6, 41e-6]);
 *   const back = found.inverse().apply(there);
 *   writeFileSync("found.json", JSON.stringify(found));
 *   const again = Transform.fromJSON(JSON.parse(readFileSync("found.json", "utf8")));
 */
export class Transform {
  /** The stiffest kind that it is of: `"translation"`, `"rigid"`, `"similarity"`, `"affine"` or `"thin plate"`. */
  readonly kind: TransformKind;
  /** What is done one after the other; one step, unless transforms with a thin plate were composed. */
  readonly steps: readonly TransformStep[];
  readonly provenance: Provenance;

  /** @internal Use {@link Transform.affine}, {@link Transform.fromJSON} or a function that finds one. */
  constructor(steps: readonly TransformStep[], provenance: Provenance) {
    this.steps = joined(steps.length === 0 ? [IDENTITY] : steps);
    this.kind = kindOfSteps(this.steps);
    this.provenance = provenance;
  }

  /** Leaves all points where they are. */
  static readonly identity = new Transform([IDENTITY], trace("Transform.identity", {}));

  /**
   * A transform that is known: `matrix · point + offset`.
   * @param matrix nine numbers, row by row, for z, y, x; its kind is found from it (a rotation is rigid, …)
   * @param offset metres along z, y, x. Default: none
   * @throws InvalidArgument if a number is not finite, or the matrix has no inverse
   */
  static affine(matrix: readonly number[], offset: Triple = [0, 0, 0]): Transform {
    const map = checkAffine({ matrix, offset });
    return new Transform([map], trace("Transform.affine", map));
  }

  /** The matrix of a transform without thin plate: row-major 3 × 3, for z, y, x. @throws MissingData for a thin plate */
  get matrix(): readonly number[] {
    return this.#affine.matrix;
  }

  /** Metres along z, y, x that come after the matrix. @throws MissingData for a thin plate */
  get offset(): Triple {
    return this.#affine.offset;
  }

  get #affine(): AffineMap {
    const [step] = this.steps;
    if (this.kind === "thin plate")
      throw new MissingData("a thin plate has no matrix: it is another one at each place; use apply(point)");
    return step!;
  }

  /**
   * Where points go.
   * @param point metres along z, y, x; or a list of such points
   * @throws ComputeFailed if a thin plate is gone backwards where it folds
   */
  apply(point: Triple): Triple;
  apply(points: readonly Triple[]): Triple[];
  apply(given: Triple | readonly Triple[]): Triple | Triple[] {
    if (Array.isArray(given[0])) return (given as readonly Triple[]).map((point) => this.#of(point));
    return this.#of(given as Triple);
  }

  #of(point: Triple): Triple {
    if (!isTriple(point))
      throw new InvalidArgument(`a point is ${JSON.stringify(point)}; give metres along z, y, x: three finite numbers`);
    return this.steps.reduce<Triple>(
      (at, step) => (isPlate(step) ? (step.inverse === true ? unbent(step, at) : bent(step, at)) : mapped(step, at)),
      point,
    );
  }

  /**
   * The transform that goes back. That of a thin plate is found anew at each point by Newton's method, to 10⁻⁹ of the extent of its landmarks.
   */
  inverse(): Transform {
    const steps = [...this.steps]
      .reverse()
      .map((step): TransformStep => (isPlate(step) ? { ...step, inverse: step.inverse !== true } : inverted(step)));
    return new Transform(steps, trace("Transform.inverse", {}, { transform: this }));
  }

  /** This transform after another: `a.after(b).apply(p)` is `a.apply(b.apply(p))`. */
  after(first: Transform): Transform {
    return new Transform([...first.steps, ...this.steps], trace("Transform.after", {}, { transform: this, first }));
  }

  /** Plain data, for a file; {@link Transform.fromJSON} reads it. */
  toJSON(): TransformData {
    return { kind: this.kind, steps: this.steps, provenance: this.provenance };
  }

  /**
   * Reads what {@link Transform.toJSON} has made.
   * @throws InvalidArgument if it is no transform: what is wrong is said
   */
  static fromJSON(data: unknown): Transform {
    const { steps, kind, provenance } = Object(data) as Partial<TransformData>;
    if (!Array.isArray(steps) || steps.length < 1 || steps.length > 64)
      throw new InvalidArgument(
        `a transform is ${JSON.stringify(data)?.slice(0, 100)}; give { kind, steps: [{ matrix, offset }] } as JSON.stringify(transform) writes it`,
      );
    const checked = steps.map(checkStep);
    const known = Object(provenance) as Partial<Provenance>;
    const made = new Transform(
      checked,
      typeof known.operation === "string" ? (known as Provenance) : trace("Transform.fromJSON", { steps: checked }),
    );
    if (kind !== undefined && !TRANSFORM_KINDS.includes(kind))
      throw new InvalidArgument(
        `kind of a transform is ${JSON.stringify(kind)}; allowed are ${TRANSFORM_KINDS.join(", ")}`,
      );
    return made;
  }

  toString(): string {
    const text = (n: number): string => String(Number(n.toPrecision(6)));
    const lines = this.steps.map((step) => {
      const rows = [0, 1, 2].map((row) => {
        const numbers = step.matrix.slice(3 * row, 3 * row + 3).map((n) => text(n).padStart(12));
        return `  ${"zyx"[row]} ${numbers.join(" ")}   ${text(step.offset[row]! * 1e6).padStart(12)} µm`;
      });
      const bends = isPlate(step)
        ? [`  and bends at ${step.centres.length} landmarks${step.inverse === true ? ", gone backwards" : ""}`]
        : [];
      return [...rows, ...bends].join("\n");
    });
    return `transform: ${this.kind}\n${lines.join("\n")}`;
  }

  /** @internal */
  [displaySymbol](): MimeBundle {
    const text = this.toString();
    return { "text/plain": text, "text/html": `<pre>${escapeHtml(text)}</pre>` };
  }
}

const isTriple = (value: unknown): value is Triple =>
  Array.isArray(value) && value.length === 3 && value.every((n) => typeof n === "number" && Number.isFinite(n));

/** @throws InvalidArgument unless this is an affine map that has an inverse */
export function checkAffine(map: unknown): AffineMap {
  const { matrix, offset } = Object(map) as Partial<AffineMap>;
  const numbers =
    Array.isArray(matrix) && matrix.length === 9 && matrix.every((n) => typeof n === "number" && Number.isFinite(n));
  if (!numbers || !isTriple(offset))
    throw new InvalidArgument(
      `an affine map is ${JSON.stringify(map)?.slice(0, 200)}; give { matrix: nine finite numbers, row by row, offset: [z, y, x] in metres }`,
    );
  const size = Math.max(...matrix.map(Math.abs));
  if (!(Math.abs(determinant(matrix)) > 1e-12 * size ** 3))
    throw new InvalidArgument(`the matrix ${JSON.stringify(matrix)} has no inverse: it takes space to a plane`);
  return { matrix: [...matrix], offset: [...offset] };
}

const copied = ([z, y, x]: Triple): Triple => [z, y, x];

function checkStep(step: unknown): TransformStep {
  const map = checkAffine(step);
  const { centres, weights, inverse } = Object(step) as Partial<ThinPlate> & { inverse?: unknown };
  if (centres === undefined && weights === undefined) return map;
  const fits =
    Array.isArray(centres) &&
    Array.isArray(weights) &&
    centres.length === weights.length &&
    centres.length >= 1 &&
    centres.length <= 10_000 &&
    [...centres, ...weights].every(isTriple);
  if (!fits)
    throw new InvalidArgument(
      "a thin plate has centres and weights, as many of the one as of the other, each three finite numbers",
    );
  const plate = {
    ...map,
    centres: centres.map((point) => copied(point)),
    weights: weights.map((weight) => copied(weight)),
  };
  return inverse === true ? { ...plate, inverse: true } : plate;
}
