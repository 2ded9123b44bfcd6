/** The end of gestures that have none of their own, the wheel's and the keys'. */

const PAUSE = 250;

export interface Settling {
  /** Another step of the gesture. */
  soon(): void;
  /** The gesture is given up; the kernel is not told. */
  cancel(): void;
}

/** Tells of the end after a pause, or as soon as `target` loses the focus: what is run next shall know of the gesture. */
export function settling(target: HTMLElement, settle: () => void): Settling {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const now = (): void => {
    if (timer === undefined) return;
    cancel();
    settle();
  };
  target.addEventListener("focusout", now);
  return {
    soon() {
      clearTimeout(timer);
      timer = setTimeout(now, PAUSE);
    },
    cancel,
  };
}
