/** What peaks and regions of SNOW have in common. */
import { copy } from "../compute/operations.js";
import { stageOf, type WholePass } from "../compute/planned.js";
import { checkMask } from "../compute/run.js";
import { trace } from "../core/provenance.js";
import { checkRegion, voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { phaseOf } from "../morphology/structuring.js";
import { between } from "./field-start.js";
import { checkFloodable } from "./flood-whole.js";
import { madeWhole } from "./made-whole.js";
import { markedPhase, partParticles } from "./part-particles.js";
import { blocksOf, type SnowPartitionOptions, snowOptions } from "./snow-options.js";

/** @param regions false: only their markers */
export async function partition(
  caller: string,
  volume: Volume,
  options: SnowPartitionOptions,
  regions: boolean,
): Promise<Volume> {
  const { phase, region, mask } = options;
  checkLabelled(caller, volume);
  if (region !== undefined) checkRegion(region, volume.shape);
  checkMask(mask, volume);
  const label = phaseOf(caller, volume, phase);
  const markersBy = snowOptions(options);
  const { radius, sigma } = markersBy;
  const blocks = blocksOf(caller, options);
  const named = { phase: label, radius, sigma, ...(blocks && { approximate: true, ...blocks }), region };
  const facts = { provenance: trace(caller, named, { volume, mask }), role: "labels", phases: null } as const;
  const outline = {
    ...stageOf(copy, volume, {}, facts, { region: region ?? wholeRegion(volume.shape) }).outline,
    dtype: "uint32",
  } as const;
  if (regions && blocks === undefined)
    checkFloodable(caller, outline.shape, "part it block by block: snowPartition(labels, { approximate: true })");
  const pass: WholePass = {
    caller,
    outline,
    mask,
    why: regions ? "it floods the whole volume" : "it follows peaks through the whole volume",
    parts: outline.shape[0],
    workers: 1,
    sharedBytes: 0,
    threadBytes: 0,
    seconds: (regions ? 1.2e-7 : 4e-8) * voxelCount(outline.shape),
  };
  const rest = between(options);
  const where = { ...(region && { region }), ...(mask && { mask }) };
  return madeWhole(volume, pass, options, async () => {
    const told = (found: object) => trace(caller, { ...named, found }, { volume, mask });
    if (regions) {
      const how = {
        caller,
        markersBy,
        lines: false,
        approximate: blocks && ({ approximate: true, ...blocks } as const),
      };
      const { labels, found } = await partParticles(volume, label, how, where, rest);
      return { provenance: told(found), volume: labels };
    }
    const marked = await markedPhase(caller, volume, label, markersBy, where, rest);
    marked.free();
    return { provenance: told(marked.found), volume: marked.markers };
  });
}
