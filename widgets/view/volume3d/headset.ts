/** The button that takes a reader with a headset into the volume: there only where the browser has one. */
import { button, element } from "../dom.js";
import type { HeadsetSession } from "./headset-session.js";
import type { Stage3d } from "./stage.js";

interface Headsets {
  isSessionSupported(mode: string): Promise<boolean>;
}

export interface HeadsetButton {
  readonly button: HTMLElement;
  active(): boolean;
  /** Ends when the reader is back on the page. */
  dispose(): Promise<void>;
}

export function headsetButton(stage: Stage3d): HeadsetButton {
  const made = button("VR", "see it with the headset", () => void toggle());
  const holder = element("span", {}, made);
  holder.hidden = true;
  let session: HeadsetSession | undefined;
  let over = false;
  const { xr } = navigator as Navigator & { xr?: Headsets };
  xr?.isSessionSupported("immersive-vr").then(
    (supported) => {
      holder.hidden = !supported;
    },
    // A page may be forbidden to ask.
    () => undefined,
  );

  async function toggle(): Promise<void> {
    if (session !== undefined) return session.end();
    if (stage.rendering === undefined) return stage.failed("The headset needs WebGL, which this page does not have.");
    try {
      const { HeadsetSession } = await import("./headset-session.js");
      session = await HeadsetSession.start(stage, stage.rendering, () => {
        session = undefined;
        if (over) return;
        made.setAttribute("aria-pressed", "false");
        stage.say("");
        stage.recoloured();
        stage.settle();
      });
      made.setAttribute("aria-pressed", "true");
    } catch (error) {
      stage.failed(`The headset did not start: ${(error as Error).message}`);
    }
  }
  return {
    button: holder,
    active: () => session !== undefined,
    async dispose() {
      over = true;
      await session?.end();
    },
  };
}
