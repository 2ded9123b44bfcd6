import { inSteps } from "../compute/chain.js";
import { binaryMorphology, type Element } from "../compute/operations/binary.js";
import { maximum, minimum } from "../compute/operations/window.js";
import { checkVolume, run } from "../compute/run.js";
import { BORDER_OPTIONS, type BorderOptions } from "../core/border.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, UnsupportedFeature } from "../core/errors.js";
import { checkChoice, checkOptions } from "../core/options.js";
import { labelOf, OUTSIDE } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { type PerAxis, radiusOf } from "../filters/neighbourhood.js";
import { withDrift } from "./drift.js";

/** Options of {@link erosion}, {@link dilation}, {@link opening} and {@link closing}. */
export interface MorphologyOptions extends BorderOptions {
  /**
   * Radius of the structuring element, one for all axes or `[z, y, x]` (`[0, 1, 1]` is slice by slice). A bare number is
   * voxels, a length such as `um(1.5)` is converted per axis by the voxel size. From 0 to 64 voxels. Default 1.
   */
  radius?: PerAxis;
  /**
   * `ball`: voxels whose centres lie within the radius. `box`: up to the radius along each axis. `cross`: along one axis at a
   * time. Default `ball`.
   */
  shape?: Element;
  /** The phase that shrinks or grows, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
}

/**
 * Shrinks and grows a mask, a phase of labels, or bright places of grey values.
 * @param erodes true for an erosion, false for a dilation, one after the other
 */
export async function morphology(
  caller: string,
  volume: Volume,
  options: MorphologyOptions,
  erodes: readonly boolean[],
): Promise<Volume> {
  checkVolume(caller, volume);
  checkOptions(caller, options, ["radius", "shape", "phase", ...BORDER_OPTIONS]);
  const { radius = 1, shape = "ball", phase, border, region, mask } = options;
  checkChoice("shape", shape, ["ball", "box", "cross"]);
  const voxels = radiusOf(radius, volume);
  const label = phaseOf(caller, volume, phase);
  const provenance = trace(caller, { radius, shape, phase: label, border, region }, { volume, mask });
  if (volume.role !== "labels" && volume.role !== "mask") {
    if (shape === "cross")
      throw new UnsupportedFeature(`${caller}: a cross is for masks and labels; of grey values give "ball" or "box"`);
    // The first step is made of whatever the second one looks at.
    const { region: _, mask: __, ...first } = options;
    return inSteps(volume, options, async (start) => {
      let now = start;
      for (const [k, erode] of erodes.entries()) {
        const own = k < erodes.length - 1 ? first : options;
        now = await run(erode ? minimum : maximum, now, { radius: voxels, shape }, own, { provenance });
      }
      return now;
    });
  }
  if (!DTYPES[volume.dtype].integer)
    throw new UnsupportedFeature(`${caller}: labels and masks are whole numbers, these voxels are ${volume.dtype}`);
  const parameters = { element: shape, radius: voxels, erodes, label, neutral: neutralOf(volume) };
  return withDrift(volume, await run(binaryMorphology, volume, parameters, options, { provenance }), options);
}

/** The label of voxels that are no phase, which cleaning leaves alone; undefined where there is none. */
export function neutralOf({ role, dtype, phases }: Volume): number | undefined {
  const tabled = phases?.some(({ label }) => label === OUTSIDE);
  return role === "labels" && dtype === "uint8" && !tabled ? OUTSIDE : undefined;
}

/** The label of the phase that is meant; undefined where the volume has none. */
export function phaseOf(
  caller: string,
  { role, phases }: Volume,
  phase: string | number | undefined,
): number | undefined {
  if (role !== "labels") {
    if (phase === undefined) return undefined;
    throw new InvalidArgument(
      `${caller}: phase is ${JSON.stringify(phase)}, but this volume has the role ${role} and so no phases; leave it out, or give labels`,
    );
  }
  if (phase === undefined && phases?.length === 2) return phases[1]!.label;
  if (phase !== undefined) return labelOf(caller, phase, phases);
  const names = phases?.map(({ name }) => JSON.stringify(name)).join(", ");
  throw new InvalidArgument(
    `${caller}: say which phase is meant, by name or label: { phase: … }${names === undefined ? "" : ` (there are ${names})`}`,
  );
}
