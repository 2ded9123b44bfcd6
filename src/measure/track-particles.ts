import { memoryLimitOf } from "../compute/build.js";
import { type Claim, machine, release } from "../compute/memory.js";
import { labelTable, mapLabels } from "../compute/operations/labels.js";
import { watched } from "../compute/progress.js";
import { run } from "../compute/run.js";
import type { ResultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import type { Length } from "../core/length.js";
import { checkNumber, checkOptions, inVoxels, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { type SeparateParticlesOptions, separateParticles } from "../segment/separate-particles.js";
import { tableOfLabels } from "../statistics/label-table.js";
import { medianOf } from "./affine-motion.js";
import { type Match, matchParticles, type Particles, particlesOf } from "./match-particles.js";
import { checkSeries, type Series, type State, series } from "./series.js";
import { followedThrough, TRACK_BYTES, tracksTable } from "./tracks.js";

/** Options of {@link trackParticles}. */
export interface TrackParticlesOptions extends Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers"> {
  /**
   * The phase whose particles are followed, by name or label: they are parted in each state by {@link separateParticles}. Left out
   * where the labels are particles already.
   */
  phase?: string | number;
  /** With `phase`, or masks: options of {@link separateParticles}. */
  separate?: Omit<SeparateParticlesOptions, "phase" | "result" | keyof RunOptions>;
  /**
   * How far a particle may have moved from one state to the next: voxels (along the shortest edge), or a length. Default: three times the median
   * radius of the particles, at least 4 voxels.
   */
  reach?: number | Length;
  /** Least share of the smaller particle that lies in the other one, once motion is taken off. Above 0 to 1. Default 0.5. */
  overlap?: number;
  /** Fewest voxels of a particle; smaller ones are left out. Default 27: three voxels across. */
  least?: number;
  /** Makes labels in which a particle has the same number in all states: the property `series`. Default false. */
  renumber?: boolean;
}

/** What {@link trackParticles} returns: a row for each particle and state. */
export type Tracks = ResultTable & {
  /** One row a state: how many were kept, split, merged, appeared and were lost, the volume of all, and the motion of all. */
  readonly states: ResultTable;
  /** One row for each link between a particle of a state and one of the next. */
  readonly lineage: ResultTable;
  /** With `renumber`: the states with a number for each particle, as in the column `particle`. */
  readonly series: Series | undefined;
};

const caller = "trackParticles";

/**
 * Follows the particles of a sample through its states: which one is which, how far each has moved and how much it has grown; which were split,
 * merged, lost, or appeared.
 *
 * From state to state: the motion that all share is guessed from the centres; each particle is moved by it, in whole voxels, and its overlap
 * with the particles of the next state counted, brick by brick; of all ways to pair particles, each with one at most, that with the
 * greatest sum of overlap, nearness and likeness of volume is taken (a globally optimal assignment). Then the affine motion of all pairs, and what the
 * neighbours of a particle do beside it, predict the motion anew, until nothing changes. What has no partner but lies in one by `overlap`
 * was split off it, or has merged with it; the rest was lost or appeared.
 *
 * Columns, one row a particle and state: `state` (and `voltage`, `charge`, `time` where known); `particle`, its number through all states;
 * `lineage`, shared by all particles that splits and merges link; `label` in that state; `origin` (`first`, `kept`, `split`, `merged`,
 * `appeared`) and `fate` in the next state (`kept`, `split`, `merged`, `lost`, `last`); `parent`, the particle it split off, `into`, the one it merged
 * with (0: none); `voxels`; `volume` in µm³; `volume ratio` V/V₀ to the particle's first state and `expansion`, 100 · (V − V₀)/V₀ in %, both
 * NaN from its first split or merge on, where the identity of a volume ends; `lineage ratio`, the volume of its lineage over that in the lineage's first
 * state; `centroid z` … in voxels; `moved z` … since the state before and `beside`, how far that is from the affine
 * motion of all, in µm (all in voxels where the voxel size is unknown); `at face`, yes where a face of the volume cuts it, so that volume
 * and motion are not those of the whole particle. A particle that splits keeps its number in the piece that fits best.
 *
 * `states`: `particles`, `volume` of all and its `volume ratio`, `median ratio` of the particles with one, `kept`, `split`, `merged`, `lost` (to the next state),
 * `appeared`, the motion since the state before of the middle of the volume (`motion z` …), its matrix (`motion zz` …) and the
 * `deviation` (root mean square) from it of particles that no face cuts. `lineage`: `state`, `particle`, `next state`, `next particle`, `kind`, `shared` voxels.
 *
 * A centroid is that of whole voxels, so its error falls as 1 over the radius: of planted balls motion came back to 0.05 voxel at worst from a radius of 14
 * voxels on, to 0.09 from 8 on, the affine motion of all to 0.01; volumes of radius 10 to 1 %.
 * Motion beyond `reach`, and turns of more than some ten degrees, need registration first. Same result for any brick shape and number of workers, also for volumes
 * larger than memory (not with `phase`: see {@link separateParticles}). Cost about 20 ns a voxel and state; and 0.1 ms a particle; memory 2 kB a particle and state, with
 * `phase` also the particles of two states.
 * @param states a series of at least two; labels of particles, or phases with `phase`
 * @throws InvalidArgument if labels have phases and `phase` is not given, or options are outside their limits
 * @throws MissingData if `reach` is a length and the voxel size is unknown
 * @throws LimitExceeded if there are more particles than the memory limit holds
 * @see M. Ebner et al. (2013), doi:10.1126/science.1241882, for the expansion of SnO particles; R. Jonker & A. Volgenant (1987), doi:10.1007/BF02278710
 * @example
 * const tracks = await trackParticles(states, { phase: "Si", reach: um(5) });
 * await save(tracks, "tracks.csv");
 */
export async function trackParticles(states: Series, options: TrackParticlesOptions = {}): Promise<Tracks> {
  checkSeries(caller, states, 2);
  checkOptions(caller, options, [
    ...["phase", "separate", "reach", "overlap", "least", "renumber"],
    ...["signal", "onProgress", "memoryLimit", "workers"],
  ]);
  const { phase, separate, reach, overlap = 0.5, least = 27, renumber = false, onProgress, ...rest } = options;
  checkNumber("overlap", overlap, Number.MIN_VALUE, 1);
  checkNumber("least (voxels)", least, 1, 1e12, true);
  if (typeof renumber !== "boolean")
    throw new InvalidArgument(`${caller}: renumber is ${JSON.stringify(renumber)}; allowed are true and false`);
  const parted = checkLabels(states, options);
  const edges = (states.spacing?.map((size) => size * 1e6) ?? [1, 1, 1]) as unknown as Triple;
  const far = reach === undefined ? undefined : reachOf(states, reach, edges);
  const limit = memoryLimitOf(rest, machine);
  const watch = { ...(rest.signal && { signal: rest.signal }), ...(onProgress && { onProgress }) };
  const made: Volume[] = [];
  const claims: Claim[] = [];
  try {
    const all: Particles[] = [];
    const matches: Match[] = [];
    const volumes: Volume[] = [];
    await watched(caller, 2 * states.length - 1, watch, async ({ signal, step }) => {
      const now = { ...rest, signal };
      for (const [k, { labels }] of states.states.entries()) {
        signal.throwIfAborted();
        const volume = parted
          ? await separateParticles(labels, { ...separate, ...now, ...(phase !== undefined && { phase }) })
          : labels;
        if (parted) made.push(volume);
        volumes.push(volume);
        const particles = particlesOf(await tableOfLabels(volume, {}, now), volume, edges, least);
        claims.push(await machine.claim(caller, particles.labels.length * TRACK_BYTES, limit));
        all.push(particles);
        step();
        if (k === 0) continue;
        const how = { edges, reach: far ?? usualReach(all[k - 1]!, edges), share: overlap };
        matches.push(await matchParticles([all[k - 1]!, particles], [volumes[k - 1]!, volume], how, now));
        if (parted && !renumber) release(volumes[k - 1]!);
        step();
      }
    });
    const told = { phase, separate, reach: far, overlap, least };
    const provenance = trace(caller, told, { series: states });
    const tracks = followedThrough(all, matches);
    const numbered = renumber ? await renumbered(states, volumes, all, tracks.particle, provenance, rest) : undefined;
    return Object.assign(tracksTable(states, all, matches, tracks, edges, provenance), { series: numbered });
  } finally {
    for (const claim of claims) claim.drop();
    for (const volume of made) release(volume);
  }
}

/** True if particles have to be parted. */
function checkLabels({ states }: Series, { phase, separate }: TrackParticlesOptions): boolean {
  const masks = states.filter(({ labels }) => labels.role === "mask").length;
  if (masks > 0 && masks < states.length)
    throw new InvalidArgument(`${caller}: some states are masks and some labels; give the same for all`);
  for (const { name, labels } of states) {
    checkLabelled(`${caller}: state ${JSON.stringify(name)}`, labels);
    if (labels.role === "labels" && labels.phases !== undefined && phase === undefined)
      throw new InvalidArgument(
        `${caller}: the labels of ${JSON.stringify(name)} are phases (${labels.phases.map((one) => one.name).join(", ")}); say whose particles are followed, { phase: … }, or give labels of particles, such as separateParticles(…) makes`,
      );
  }
  const parted = phase !== undefined || masks > 0;
  if (separate !== undefined && !parted)
    throw new InvalidArgument(
      `${caller}: separate is for phases and masks; these labels are particles already: leave it out, or give \`phase\``,
    );
  return parted;
}

function reachOf(states: Series, reach: number | Length, edges: Triple): number {
  const least = Math.min(...edges);
  const far = typeof reach === "number" ? reach * least : inVoxels("reach", reach, states)[0] * edges[0];
  for (const [k, edge] of edges.entries())
    checkNumber("reach (voxels)", far / edge, k === edges.indexOf(least) ? 1e-9 : 0, 256);
  return far;
}

const usualReach = ({ radii }: Particles, edges: Triple): number => {
  const least = Math.min(...edges);
  return Math.min(256 * least, Math.max(4 * least, radii.length === 0 ? 0 : 3 * medianOf([...radii])));
};

/** The states with the same number for a particle in all of them. */
async function renumbered(
  states: Series,
  volumes: readonly Volume[],
  all: readonly Particles[],
  numbers: readonly Float64Array[],
  provenance: Volume["provenance"],
  options: Pick<RunOptions, "signal" | "memoryLimit" | "workers">,
): Promise<Series> {
  const made: State[] = [];
  try {
    for (const [k, state] of states.states.entries()) {
      const parameters = { ...labelTable(all[k]!.labels, numbers[k]!), rest: 0, dtype: "uint32" } as const;
      const facts = { provenance, role: "labels", phases: null } as const;
      made.push({ ...state, labels: await run(mapLabels, volumes[k]!, parameters, options, facts) });
    }
    return series(made, { chargeUnit: states.chargeUnit });
  } catch (error) {
    for (const { labels } of made) release(labels);
    throw error;
  }
}
