/** A kernel whose client was killed would live on for ever, perhaps in a loop: it watches the process that started it. */

const MILLISECONDS = 1000;

/** Calls `gone` once the process that started this one, or the one named by Jupyter, has ended. */
export function watchParent(gone: () => void): void {
  // On Windows Jupyter names a handle, not a process.
  const named = process.platform === "win32" ? 0 : Number(process.env.JPY_PARENT_PID ?? 0);
  const parent = named || process.ppid;
  if (parent <= 1) return;
  setInterval(() => {
    if (!isAlive(parent) || (named === 0 && process.ppid !== parent)) gone();
  }, MILLISECONDS).unref();
}

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    // There, but not ours to signal.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
