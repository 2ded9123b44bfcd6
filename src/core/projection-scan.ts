import type { Volume } from "./volume.js";

/** A scan as the detector saw it: `openProjections` reads one, `samples.projections` simulates one. */
export interface ProjectionScan {
  /** Counts, one plane per angle; role `projections`. */
  readonly projections: Volume;
  /** Counts without the sample, beam on; undefined if there are none. */
  readonly flats: Volume | undefined;
  /** Counts with the beam off; undefined if there are none. */
  readonly darks: Volume | undefined;
}
