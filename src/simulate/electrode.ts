import { buildVolume, defaultBrick } from "../compute/build.js";
import { watched } from "../compute/progress.js";
import { checkOptions } from "../core/options.js";
import { phaseTable } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { BrickGrid, regionShape } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { checked, DEFAULTS, type ElectrodeOptions } from "./electrode-options.js";
import { withoutHalo } from "./scan.js";
import { SCAN_RUN_OPTIONS } from "./scan-options.js";
import { Structure } from "./structure.js";
import { takeScan } from "./take-scan.js";

/**
 * A simulated scan of a battery electrode whose truth is known: `scan.truth` holds the phase of each voxel (pore, binder,
 * active material). For lessons, tests, and to see what a filter does to a result.
 *
 * The structure: particles of a log-normal size on a jittered lattice, shrunk where they would overlap; binder around their
 * contacts and over their surfaces; pores elsewhere. The scan: each phase absorbs (`attenuation`), a Gaussian point spread
 * blurs, beam hardening lowers the absorbance A towards the axis by A · cupping · (1 − (r/R)²) (R from axis to corner),
 * the counted photons are Poisson numbers N of mean photons · exp(−A), the value is −ln(N / photons), and each detector
 * column adds an offset of its own, a ring. The axis runs along z through the middle of the planes. Absorbances from −0.1 to
 * 0.3 fill the range of the grey values; what is beyond is clipped. Not simulated: projections and their reconstruction,
 * so noise is not correlated between voxels.
 *
 * All random numbers are counted from the seed and the voxel's position: the same bytes for any brick shape, and the same
 * structure where a larger scan has it. The fractions are those asked for in the endless electrode; in a box of a few
 * particles they differ by some per cent.
 * Cost about 0.3 µs a voxel on one thread (1.5 s by default); memory the two volumes (3 bytes a voxel) and
 * about 60 bytes a voxel of one brick, which the memory limit does not count.
 * @returns uint16 (or uint8) volume of role intensity with voxel size, truth and provenance
 * @throws InvalidArgument if a number is outside its limits; LimitExceeded if neither memory nor disk has room
 * @example const scan = await samples.electrode({ seed: 7, shape: [64, 128, 128], photons: 500 });
 */
export async function electrode(options: ElectrodeOptions = {}): Promise<Volume> {
  checkOptions("samples.electrode", options, [...Object.keys(DEFAULTS), ...SCAN_RUN_OPTIONS]);
  const { signal, onProgress, memoryLimit, brick, ...given } = options;
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  const all = { ...DEFAULTS, ...(Object.fromEntries(known) as Partial<typeof DEFAULTS>) };
  const { structure, scan, spacing } = checked(all);
  const { shape } = all;
  const grid = new BrickGrid(shape, brick ?? defaultBrick(shape));
  const electrode = new Structure(structure);
  const limits = { ...(memoryLimit !== undefined && { memoryLimit }), ...(signal && { signal }) };
  const facts = { shape, spacing, brick: grid.brick };
  const phases = phaseTable(3, ["pore", "binder", "active material"]);
  const dtype = scan.bits === 8 ? "uint8" : "uint16";
  const provenance = trace("samples.electrode", all);
  const truth = { ...facts, dtype: "uint8", role: "labels", phases, provenance: trace("truth", all) } as const;
  return watched(
    "samples.electrode",
    grid.length,
    { ...(signal && { signal }), ...(onProgress && { onProgress }) },
    async (run) => {
      let grey: Volume | undefined;
      const known = await buildVolume(
        truth,
        async (labels) => {
          grey = await buildVolume(
            { ...facts, dtype, role: "intensity", provenance },
            (values) =>
              takeScan(
                values,
                scan,
                (start, size) => electrode.phases(start, size),
                run,
                (index, around, halo) =>
                  labels.writeBrick(index, withoutHalo(around, regionShape(grid.region(index)), halo, grid.brick)),
              ),
            limits,
          );
        },
        limits,
      ).catch((error: unknown) => {
        grey?.store.release();
        throw error;
      });
      return new Volume({ ...grey!, brick: grid.brick, truth: known });
    },
  );
}
