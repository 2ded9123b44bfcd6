import { watched } from "../compute/progress.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import type { ProjectionScan } from "../core/projection-scan.js";
import { trace } from "../core/provenance.js";
import { Volume } from "../core/volume.js";
import { mapPlanes, meanPlane } from "./plane-wise.js";
import { checkProjections, type ProjectionRunOptions } from "./projections.js";

/** Options of {@link flatField}. */
export type FlatFieldOptions = Omit<ProjectionRunOptions, "workers">;

/**
 * Flat-field and dark correction: transmission = (projection − mean dark) / (mean flat − mean dark), pixel by pixel. It
 * removes what the beam and the detector add; what changes between the flats and the projections stays and becomes stripes
 * ({@link removeStripes}).
 *
 * A pixel whose flat is not above its dark is dead: it gets the value between its nearest living neighbours in the row. How
 * many there were stands in the provenance (`deadPixels`).
 * Cost O(n); memory some planes.
 * @param scan `{ projections, flats, darks }`, as `openProjections` and `samples.projections` give it; without darks they
 * are taken as 0
 * @returns float32 volume of role projections: transmissions, 1 where nothing absorbs
 * @throws MissingData if there are no flats; InvalidArgument if the planes differ in size or a whole row is dead
 * @see J. Seibert, J. Boone & K. Lindfors, Flat-field correction technique for digital detectors (1998), doi:10.1117/12.317034
 * @example const transmission = await flatField(await openProjections("scan.h5"));
 */
export async function flatField(scan: ProjectionScan, options: FlatFieldOptions = {}): Promise<Volume> {
  if (typeof scan !== "object" || scan === null || !("projections" in scan))
    throw new InvalidArgument(`flatField takes { projections, flats, darks }, got ${String(scan)}`);
  checkOptions("flatField", options, ["signal", "onProgress", "memoryLimit"]);
  const { projections, flats, darks } = scan;
  checkProjections("flatField", projections);
  if (flats === undefined)
    throw new MissingData(
      "flatField: this scan has no flats (images without the sample); without them there is no transmission",
    );
  const [, height, width] = projections.shape;
  for (const [name, part] of Object.entries({ flats, darks }))
    if (part !== undefined && !(part instanceof Volume && part.shape[1] === height && part.shape[2] === width))
      throw new InvalidArgument(
        `${name}: ${part instanceof Volume ? part.shape.slice(1).join(" × ") : String(part)} pixels, but the projections have ${height} × ${width}`,
      );
  const map = {
    dtype: "float32",
    trace: (found: object) => trace("flatField", found, { volume: projections, flats, darks }),
    extraBytes: 24 * height * width,
    cost: 10,
  } as const;
  return mapPlanes("flatField", projections, map, options, async () => {
    const { signal } = options;
    const [gain, offset] = await watched("flatField", 1, { ...(signal && { signal }) }, async (run) => {
      const dark = darks === undefined ? new Float64Array(height * width) : await meanPlane(darks, run.signal);
      const flat = await meanPlane(flats, run.signal);
      run.step();
      return [flat.map((value, k) => value - dark[k]!), dark];
    });
    const dead = deadPixels(gain!, height, width);
    return {
      found: { deadPixels: dead.length },
      work: (plane) => {
        const out = new Float32Array(plane.length);
        for (let k = 0; k < out.length; k++) out[k] = (plane[k]! - offset![k]!) / gain![k]!;
        for (const { at, left, right, share } of dead) out[at] = (1 - share) * out[left]! + share * out[right]!;
        return out;
      },
    };
  });
}

/** A dead pixel and the living ones it is filled from; `share` of the right one. */
interface DeadPixel {
  readonly at: number;
  readonly left: number;
  readonly right: number;
  readonly share: number;
}

function deadPixels(gain: Float64Array, height: number, width: number): DeadPixel[] {
  const found: DeadPixel[] = [];
  const alive = (k: number): boolean => gain[k]! > 0 && Number.isFinite(gain[k]);
  for (let y = 0; y < height; y++) {
    const [first, stop] = [y * width, (y + 1) * width];
    for (let k = first; k < stop; k++) {
      if (alive(k)) continue;
      let [left, right] = [k, k];
      while (left >= first && !alive(left)) left--;
      while (right < stop && !alive(right)) right++;
      if (left < first && right >= stop)
        throw new InvalidArgument(
          `flatField: in detector row ${y} no pixel of the flats is above the darks; check that flats and darks are not exchanged, or crop the row away`,
        );
      if (left < first) left = right;
      if (right >= stop) right = left;
      found.push({ at: k, left, right, share: left === right ? 0 : (k - left) / (right - left) });
    }
  }
  return found;
}
