/** The picture of a network that a notebook keeps, for where no kernel is. */
import type { NetworkPath } from "../../../src/network/network-path.js";
import {
  type ColumnValues,
  colourAt,
  colourAxis,
  FULL,
  GHOST,
  HIDDEN,
  levelsOf,
  type NetworkShape,
  nameColour,
  networkBody,
  type VoxelPlaces,
  voxelBody,
} from "../../draw/network-look.js";
import { AXIS_COLOURS, networkPicture } from "../../draw/network-picture.js";
import type { Network3dState } from "../../protocol/network3d.js";
import type { CaptionPart } from "../own-widget.js";
import { lengthText } from "../picture.js";
import { written } from "../scene-view.js";
import type { Shown } from "../view.js";

/** Names in a caption, at most. */
const NAMES = 7;

const hex = (colour: number): string =>
  `#${[0, 8, 16].map((shift) => ((colour >> shift) & 255).toString(16).padStart(2, "0")).join("")}`;

/** The values at the ends of the colours, or the names with theirs. */
function legend(column: ColumnValues & { unit: string }, { colour, scale }: Network3dState): CaptionPart[] {
  const { values, names, unit } = column;
  if (names !== undefined)
    return names
      .slice(0, NAMES)
      .map((name, k) => ({ text: name === "" ? `no ${colour.name}` : name, colour: hex(nameColour(k)) }));
  const axis = colourAxis(values, scale);
  const end = (value: number): CaptionPart => ({
    text: `${written(Number(value.toPrecision(4)))}${unit === "" || unit === "1" ? "" : ` ${unit}`}`,
    colour: hex(colourAt(axis, value)),
  });
  return [
    { text: `${colour.name} of ${colour.of}${scale === "log" ? " (logarithmic)" : ""}` },
    end(axis.low),
    end(axis.high),
  ];
}

/** Draws the network as the page shows it. */
export function networkShown(
  shape: NetworkShape,
  state: Network3dState,
  column: ColumnValues & { unit: string },
  path: NetworkPath | undefined,
  ghost: VoxelPlaces | undefined,
): Shown {
  const { colour, scale, range, selected, show, camera, size, unit, title } = state;
  const found = path === undefined || path.pores.length === 0 ? null : path;
  const attention = { range, of: colour.of, values: column.values, selected, path: found, throats: show.throats };
  const levels = levelsOf(shape, attention);
  const edges = size.map((n, k) => n / state.shape[k]!);
  const bodies = [
    ...(ghost === undefined ? [] : [voxelBody(ghost, edges, GHOST)]),
    networkBody(shape, { ...column, of: colour.of, scale }, levels),
  ];
  const low = edges.map((edge) => -edge / 2) as unknown as typeof size;
  const at = selected;
  const marked =
    at === null
      ? undefined
      : { x: shape.x[at]!, y: shape.y[at]!, z: shape.z[at]!, radius: shape.poreDiameter[at]! / 2 };
  const { picture, bar } = networkPicture({ camera, box: { low, size }, bodies, marked });
  const known = unit === "µm";
  const all = levels.pores.length;
  const full = levels.pores.reduce((sum, level) => sum + Number(level === FULL), 0);
  const hidden = levels.pores.every((level) => level === HIDDEN);
  const caption: CaptionPart[] = [
    ...legend(column, state),
    { text: full === all || hidden ? `${all} pores` : `${full} of ${all} pores in full colour` },
    ...(selected === null ? [] : [{ text: `pore ${selected} ringed` }]),
    ...(path === undefined ? [] : [{ text: String(path) }]),
    ...(["x", "y", "z"] as const).map((axis) => ({ text: axis, colour: AXIS_COLOURS[axis] })),
    { text: `bar ${lengthText(known ? bar * 1e-6 : bar, known)}` },
  ];
  return { picture, alt: title, caption };
}
