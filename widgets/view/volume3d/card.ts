/** What draws: a graphics card, the processor in its place, or nothing. */
import { isSoftware, rendererName } from "../webgl.js";

export interface Card {
  readonly name: string;
  /** Whether the processor does its work: frames are then a hundred times slower. */
  readonly software: boolean;
  /** Voxels along an edge of a 3D texture, at most. */
  readonly edge: number;
}

let known: Card | "none" | undefined;

/** What the page has, asked once: the question takes a context of its own. @returns undefined where the page has no WebGL 2 */
export function cardOf(): Card | undefined {
  known ??= askedFor() ?? "none";
  return known === "none" ? undefined : known;
}

function askedFor(): Card | undefined {
  const context = document.createElement("canvas").getContext("webgl2");
  if (context === null) return undefined;
  const name = rendererName(context);
  const edge = context.getParameter(context.MAX_3D_TEXTURE_SIZE) as number;
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return { name, edge, software: isSoftware(name) };
}
