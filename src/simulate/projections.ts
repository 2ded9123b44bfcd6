import { setImmediate } from "node:timers/promises";
import { buildVolume } from "../compute/build.js";
import { watched } from "../compute/progress.js";
import type { ProjectionScan } from "../core/projection-scan.js";
import { trace } from "../core/provenance.js";
import { bits, mix } from "../core/random.js";
import type { Volume } from "../core/volume.js";
import { normal, poisson } from "./counter.js";
import { attenuationAt, drawEllipses, ellipseLengths } from "./ellipses.js";
import { checkedProjections, type Detector, type ProjectionsOptions } from "./projections-options.js";

/** What {@link projections} gives: the scan, and what it hides. */
export interface SimulatedProjections extends ProjectionScan {
  readonly flats: Volume;
  readonly darks: Volume;
  /** The slices: absorbance of one voxel at the first energy, float32. */
  readonly truth: Volume;
  /** Line integrals at the first energy, without noise, detector and beam: what {@link absorbance} should give. */
  readonly absorbances: Volume;
}

/**
 * Simulated projections of a sample of ellipses, whose line integrals are known in closed form: counts with flats and darks,
 * and the truth. For lessons and tests of everything between the detector and the slice.
 *
 * The intensity behind the sample is Σ wₖ·exp(−pₖ), p the line integral at energy k averaged over a column's width and w the
 * `spectrum`: with several energies that differ the beam hardens. A column counts photons · profile · gain · intensity
 * plus its dark count; profile, gain and dark count are the same in the flats. What the flats do not know are the
 * `stripes`: factors that a column has in the projections only; and `dead` columns, which show the mean of the flats
 * whatever the sample does. Counts are Poisson numbers, rounded, at most 65535.
 * Cost 0.2 µs a pixel on one thread.
 * @returns uint16 projections, flats and darks; float32 truth and absorbances
 * @throws InvalidArgument if a number is outside its limits
 * @see S. Webb ed., The Physics of Medical Imaging (1988), chapter 4, for the line integrals of ellipses
 * @example const { projections, flats, darks, truth } = await samples.projections({ stripes: 0.02 });
 */
export async function projections(options: ProjectionsOptions = {}): Promise<SimulatedProjections> {
  const { detector, degrees, columns, rows, ellipses, spectrum, run } = checkedProjections(options);
  const { signal: _, onProgress: __, memoryLimit: ___, ...parameters } = options;
  const { photons, seed, centre } = detector;
  const { signal, onProgress, memoryLimit } = run;
  const limits = { ...(memoryLimit !== undefined && { memoryLimit }), ...(signal && { signal }) };
  const { gains, offsets, factors, dead } = columnsOf(detector, columns, rows);
  const provenance = (part: string): ReturnType<typeof trace> => trace("samples.projections", { ...parameters, part });
  const made: Volume[] = [];
  const keep = async (volume: Promise<Volume>): Promise<Volume> => {
    made.push(await volume);
    return made.at(-1)!;
  };
  const frames = (part: string, mean: (k: number) => number): Promise<Volume> =>
    keep(
      buildVolume(
        { shape: [10, rows, columns], dtype: "uint16", role: "intensity", provenance: provenance(part) },
        async (writer) => {
          const key = mix(seed ^ part.length);
          for (let z = 0; z < 10; z++)
            await writer.writePlanes(z, counted(rows * columns, columns, photons > 0, [key, z], mean));
        },
        limits,
      ),
    );
  try {
    return await watched(
      "samples.projections",
      degrees.length,
      { ...(signal && { signal }), ...(onProgress && { onProgress }) },
      async ({ signal, step }) => {
        const darks = await frames("darks", (k) => offsets[k]!);
        const beam = photons === 0 ? NOISELESS : photons;
        const flats = await frames("flats", (k) => beam * gains[k]! + offsets[k]!);
        const slice = drawEllipses(ellipses, columns);
        const facts = { shape: [rows, columns, columns], dtype: "float32", role: "intensity" } as const;
        const truth = await keep(
          buildVolume(
            { ...facts, provenance: provenance("truth") },
            async (writer) => {
              for (let z = 0; z < rows; z++) await writer.writePlanes(z, slice);
            },
            limits,
          ),
        );
        const shape = [degrees.length, rows, columns] as const;
        const projected = { shape, role: "projections", angles: degrees } as const;
        const integrals: Float64Array[] = [];
        const absorbances = await keep(
          buildVolume(
            { ...projected, dtype: "float32", provenance: provenance("absorbances") },
            async (writer) => {
              for (const [z, degree] of degrees.entries()) {
                if (z % 16 === 0) await setImmediate();
                const angle = (degree * Math.PI) / 180;
                const lengths = ellipses.map((ellipse) => ellipseLengths(ellipse, angle, columns, centre));
                const at = (energy: number): Float64Array =>
                  Float64Array.from({ length: columns }, (_, x) =>
                    ellipses.reduce((sum, one, k) => sum + attenuationAt(one, energy) * lengths[k]![x]!, 0),
                  );
                const line = at(0);
                const passed = new Float64Array(columns);
                for (const [energy, weight] of spectrum.entries()) {
                  const part = energy === 0 ? line : at(energy);
                  for (let x = 0; x < columns; x++) passed[x]! += weight * Math.exp(-part[x]!);
                }
                integrals.push(passed);
                const plane = new Float32Array(rows * columns);
                for (let y = 0; y < rows; y++) plane.set(line, y * columns);
                await writer.writePlanes(z, plane);
              }
            },
            { ...limits, signal },
          ),
        );
        const counts = await keep(
          buildVolume(
            { ...projected, dtype: "uint16", provenance: provenance("projections") },
            async (writer) => {
              const key = mix(seed ^ 0x70726f6a);
              for (let z = 0; z < degrees.length; z++) {
                if (z % 16 === 0) await setImmediate();
                const mean = (k: number): number => {
                  const x = k % columns;
                  const part = dead[x] === 1 ? 1 : integrals[z]![x]! * factors[k]!;
                  return beam * gains[k]! * part + offsets[k]!;
                };
                await writer.writePlanes(z, counted(rows * columns, columns, photons > 0, [key, z], mean));
                step();
              }
            },
            { ...limits, signal },
          ),
        );
        return { projections: counts, flats, darks, truth, absorbances };
      },
    );
  } catch (error) {
    for (const volume of made) volume.store.release();
    throw error;
  }
}

/** Counts of a full beam where there is no noise: most of what 16 bits hold. */
const NOISELESS = 50_000;
/** Mean counts of the detector without beam. */
const DARK = 100;

/** Gain and dark count of each pixel, and what the flats do not know of a column. */
function columnsOf(
  { seed, stripes, dead }: Detector,
  columns: number,
  rows: number,
): { gains: Float64Array; offsets: Float64Array; factors: Float64Array; dead: Uint8Array } {
  const random = (salt: number, k: number): number => normal(bits(mix(seed ^ salt), k, 0, 0), 0);
  const count = rows * columns;
  const gains = Float64Array.from({ length: count }, (_, k) => {
    // The beam is brighter in the middle.
    const away = (2 * ((k % columns) + 0.5)) / columns - 1;
    return Math.min(1.2, Math.max(0.6, (1 - 0.15 * away * away) * (1 + 0.03 * random(0x6761696e, k))));
  });
  const offsets = Float64Array.from({ length: count }, (_, k) => Math.max(1, DARK + 5 * random(0x6461726b, k)));
  const factors = Float64Array.from({ length: count }, (_, k) =>
    stripes === 0 ? 1 : Math.max(0.1, 1 + stripes * random(0x73747269, k)),
  );
  const isDead = new Uint8Array(columns);
  // From half to half: dead columns apart from each other and from the edges.
  for (let k = 0; k < dead; k++) isDead[Math.floor(((k + 0.5 + 0.3 * Math.sin(seed + k)) * columns) / dead)] = 1;
  return { gains, offsets, factors, dead: isDead };
}

/** One frame of counts. */
function counted(
  count: number,
  columns: number,
  noisy: boolean,
  [key, frame]: readonly [number, number],
  mean: (k: number) => number,
): Uint16Array {
  const out = new Uint16Array(count);
  for (let k = 0; k < count; k++) {
    const y = Math.floor(k / columns);
    const row = [bits(key, frame, y, 0), bits(key, frame, y, 1)] as const;
    const value = noisy ? poisson(mean(k), row, k % columns) : Math.round(mean(k));
    out[k] = Math.min(65535, value);
  }
  return out;
}
