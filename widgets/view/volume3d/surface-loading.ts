/** Fetches the surfaces that are to be drawn, and takes away the others. */
import { voxelIn } from "../../draw/space.js";
import { labelColour } from "../../draw/transfer.js";
import { bytesOf } from "../dom.js";
import { GivenUp } from "./asking.js";
import type { Stage3d } from "./stage.js";

/** Triangles of all surfaces of a view together. */
const TRIANGLES = { software: 150_000, hardware: 2_000_000 };

export function surfaceLoading(stage: Stage3d): { follow(): void; forget(): void } {
  /** By volume and label: what is drawn or on its way. */
  const known = new Set<string>();
  const keyOf = (volume: number, label: number): string => `${volume} ${label}`;

  async function fetch(volume: number, label: number): Promise<void> {
    const { asking, rendering, members, unit, handle } = stage;
    const most = Math.floor(TRIANGLES[rendering!.card.software ? "software" : "hardware"] / members.length);
    const { reply } = await asking.ask({ kind: "surface", volume, label, triangles: most });
    const parts = await Promise.all(
      Array.from({ length: reply.parts }, (_, part) => asking.ask({ kind: "mesh", volume, label, part })),
    );
    const bytes = new Uint8Array(12 * reply.vertices + 12 * reply.triangles);
    let at = 0;
    for (const { buffers } of parts) {
      const part = bytesOf(buffers[0]!);
      bytes.set(part, at);
      at += part.length;
    }
    // Meanwhile the reader may have taken it away.
    if (!stage.display.surfaces.includes(label) || stage.rendering === undefined)
      return void known.delete(keyOf(volume, label));
    const size = voxelIn(unit, members[volume]!);
    const positions = new Float32Array(bytes.buffer, 0, 3 * reply.vertices).map((n, k) => n * size[k % 3]!);
    const corners = new Uint32Array(bytes.buffer, 12 * reply.vertices);
    stage.rendering.setSurface(volume, label, { positions, corners, colour: labelColour(label, handle.get("phases")) });
    stage.recoloured();
  }

  return {
    /** What was drawn is gone with the graphics part. */
    forget: () => known.clear(),
    follow() {
      const { rendering, display, members } = stage;
      if (rendering === undefined) return;
      for (const key of known) {
        const [volume, label] = key.split(" ").map(Number) as [number, number];
        if (display.surfaces.includes(label)) continue;
        rendering.setSurface(volume, label, undefined);
        known.delete(key);
        stage.ask();
      }
      for (let volume = 0; volume < members.length; volume++)
        for (const label of display.surfaces) {
          if (known.has(keyOf(volume, label))) continue;
          known.add(keyOf(volume, label));
          fetch(volume, label).catch((error: unknown) => {
            if (!(error instanceof GivenUp)) stage.failed((error as Error).message);
          });
        }
    },
  };
}
