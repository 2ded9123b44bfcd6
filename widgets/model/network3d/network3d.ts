import { checkVolume } from "../../../src/compute/run.js";
import { DTYPES } from "../../../src/core/dtype.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkChoice, checkNumber, checkOptions } from "../../../src/core/options.js";
import { labelOf } from "../../../src/core/phases.js";
import { sameShape } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import { checkNetwork, type PoreNetwork } from "../../../src/network/network.js";
import type { NetworkPathOptions } from "../../../src/network/network-path.js";
import type { Scale } from "../../draw/network-look.js";
import type { Camera } from "../../draw/orthographic.js";
import { sceneOf } from "../scene.js";
import { checkFlag, checkTitle } from "../slices/slices.js";
import { NetworkColumns } from "./columns.js";
import { cameraIn, columnOf, type Ghost, Network3d, pathIn, rangeIn } from "./network3d-view.js";

/** Options of {@link network3d}. */
export interface Network3dOptions {
  /** The volume that the network lies in: its slices follow a click on a pore. Labels or a mask are shown behind as a ghost. */
  volume?: Volume;
  /** The phase of these labels that is the ghost, by name or label. Default: that of {@link poreNetwork}; of a mask what is inside. */
  phase?: string | number;
  /** The regions that became pores, as {@link snowPartition} makes them: then a pore's voxels can be shown. */
  labels?: Volume;
  /**
   * The column of the colours: of pores by its name, of throats as `{ throats: "diameter" }`. Of throats there are more than in the table:
   * `flow z` and so on, the diffusive flow through each as a share of the whole. Default `"diameter"`.
   */
  colour?: string | { readonly throats: string };
  /** Of colours and histogram. Default "linear". */
  scale?: Scale;
  /** Values of that column outside of which all is pale. Default: none is. */
  range?: readonly [low: number, high: number];
  /** Row of the pore that is selected. Default: none. */
  selected?: number;
  /** A way from face to face: see {@link networkPath}. Default: none. */
  path?: NetworkPathOptions;
  /** Whether throats are drawn. Default true. */
  throats?: boolean;
  /** Whether the phase is drawn behind. Default: where there are labels. */
  ghost?: boolean;
  /** Whether the voxels of the selected pore are drawn; they need `labels`. Default false. */
  voxels?: boolean;
  /** From where it is seen. Default: from a corner. */
  camera?: Camera;
  /** Name above the view. Default: "pore network". */
  title?: string;
}

const OPTIONS = [
  ...(["volume", "phase", "labels", "colour", "scale", "range", "selected"] as const),
  ...(["path", "throats", "ghost", "voxels", "camera", "title"] as const),
];

/** What is behind: the regions, or a phase of labels. */
function ghostFor(network: PoreNetwork, { volume, labels, phase }: Network3dOptions): Ghost | undefined {
  if (volume !== undefined && (volume.role === "labels" || volume.role === "mask")) {
    const made = network.provenance.parameters.phase;
    const wanted = phase ?? (typeof made === "number" ? made : undefined);
    if (wanted === undefined) return { volume, isInside: (value) => value !== 0 };
    const label = labelOf("network3d", wanted, volume.phases);
    return { volume, isInside: (value) => value === label };
  }
  if (phase !== undefined)
    throw new InvalidArgument("network3d: phase needs the labels that it is of: { volume: phases }");
  return labels && { volume: labels, isInside: (value) => value !== 0 };
}

function check(network: PoreNetwork, options: Network3dOptions): void {
  const { volume, labels, scale, range, selected, path, throats, ghost, voxels, camera, title } = options;
  for (const [name, one] of Object.entries({ volume, labels })) {
    if (one === undefined) continue;
    checkVolume(`network3d: ${name}`, one);
    if (!sameShape(one.shape, network.shape))
      throw new InvalidArgument(
        `${name}: the shape is ${one.shape.join(" × ")}, that of the network's volume ${network.shape.join(" × ")}; they must be the same`,
      );
  }
  if (labels !== undefined && !DTYPES[labels.dtype].integer)
    throw new InvalidArgument(`labels are whole numbers, these are ${labels.dtype}`);
  if (scale !== undefined) checkChoice("scale", scale, ["linear", "log"]);
  if (range !== undefined && !rangeIn(range))
    throw new InvalidArgument(`range is ${JSON.stringify(range)}; give [low, high]`);
  if (selected !== undefined) checkNumber("selected", selected, 0, network.pores.numRows - 1, true);
  if (path !== undefined && pathIn({ axis: "z", by: "widest", ...path }) === undefined)
    throw new InvalidArgument(
      `path is ${JSON.stringify(path)}; give { axis: "z", by: "widest" } or another axis, or by: "shortest"`,
    );
  for (const [name, value] of Object.entries({ throats, ghost, voxels })) checkFlag(name, value);
  if (voxels && labels === undefined)
    throw new InvalidArgument("voxels are those of a pore's region: give the regions by the option labels");
  if (camera !== undefined && cameraIn(camera) === undefined)
    throw new InvalidArgument(
      `camera is ${JSON.stringify(camera)}; give { turn: [x, y, z, w], zoom, shift: [right, down] }, as Code of the view writes it`,
    );
  if (title !== undefined) checkTitle(title);
}

/**
 * Shows a pore network in 3D: pores as balls and throats as rods of their own diameters, coloured by any column of their tables. Its
 * histogram is the legend of the colours, and a brush over it leaves what lies inside in full colour. A click on a pore shows its
 * values and its neighbours; a way from face to face can be shown, the widest or the shortest.
 *
 *   const network = await poreNetwork(phases, { phase: "pore" });
 *   const view = await network3d(network, { volume: phases });   // last line of a cell: `view`
 *   view.selected                // row of the pore that was clicked
 *   view.range                   // the brush
 *   view.path?.bottleneck        // of the way that is shown
 *
 * Balls and rods overlap as they do in the model: see {@link poreNetwork} for what their diameters are. 10⁵ pores and throats
 * turn in a page without a graphics card.
 * @returns a view that shows itself in a notebook: live in JupyterLab, as a picture everywhere else
 * @throws InvalidArgument if it is no network, or an option does not fit it
 */
export async function network3d(network: PoreNetwork, options: Network3dOptions = {}): Promise<Network3d> {
  checkNetwork("network3d", network);
  checkOptions("network3d", options, OPTIONS);
  check(network, options);
  const columns = new NetworkColumns(network);
  columns.check(columnOf(options.colour));
  const ghost = ghostFor(network, options);
  const volume = options.volume ?? options.labels;
  const scene = volume === undefined ? undefined : await sceneOf(volume);
  return new Network3d(network, options, scene, ghost, columns);
}
