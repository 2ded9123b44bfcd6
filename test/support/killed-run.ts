/** Runs a recipe in a child process that is killed at random moments and started again until it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Recipe } from "#src/index.js";
import { random } from "./random-volume.js";
import { root } from "./require.js";

export interface Run {
  readonly scan: string;
  readonly to: string;
  readonly memoryLimit: number;
  readonly recipe: Recipe;
}

/** A brick that a child computed and wrote: those of its pass that are there now, and that were there when it began. */
export interface Told {
  readonly pass: string;
  readonly done: number;
  readonly total: number;
  readonly resumed: number;
  /** Bricks that a thread has begun and that are not written yet: what a kill now costs. */
  readonly open: number;
}

/** What a child told before it ended or was killed. */
export interface Attempt {
  readonly told: readonly Told[];
  readonly killed: boolean;
  /** Largest resident memory in bytes, as far as it was seen. */
  readonly peak: number;
}

/** Peak of the resident memory of a process, from the kernel's own record. */
function peakOf(child: ChildProcess): number {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Starts a child and kills it when it has computed `bricks` bricks (0: when it has opened the scan); without, waits. */
export async function attempt(run: Run, bricks?: number): Promise<Attempt> {
  const child = spawn(
    process.execPath,
    [join(root, "test/support/long-run.mjs"), run.scan, run.to, String(run.memoryLimit), JSON.stringify(run.recipe)],
    { cwd: root, stdio: ["ignore", "pipe", "pipe"] },
  );
  const told: Told[] = [];
  let [errors, peak] = ["", 0];
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = once(child, "close");
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Partial<Told> & { peak?: number };
    if (line.pass !== undefined) told.push(line as Told);
    peak = Math.max(peak, line.peak ?? 0);
    if (told.length === bricks && line.peak === undefined) {
      peak = Math.max(peak, peakOf(child));
      child.kill("SIGKILL");
    }
  }
  const [status, signal] = (await ended) as [number | null, string | null];
  if (signal !== "SIGKILL" && status !== 0) throw new Error(`the run failed with status ${status}: ${errors}`);
  return { told, killed: signal === "SIGKILL", peak };
}

/** Kills the run `kills` times at random moments, then lets it end. All attempts, the last one whole. */
export async function killed(run: Run, kills: number, bricks: number, seed: number): Promise<Attempt[]> {
  const next = random(seed);
  const attempts: Attempt[] = [];
  // So few bricks at a time that it cannot end before the last kill.
  const most = Math.floor(bricks / (kills + 1));
  for (let k = 0; k < kills; k++) attempts.push(await attempt(run, Math.floor(next() * (most + 1))));
  attempts.push(await attempt(run));
  return attempts;
}

/** The most bricks that a kill could have cost at any moment, or the end. */
export const mostOpen = (attempts: readonly Attempt[]): number =>
  Math.max(...attempts.flatMap(({ told }) => told.map(({ open }) => open)));

/** How many of the bricks that a child told of as written had to be computed again by a later one. */
export function bricksLost(attempts: readonly Attempt[]): number {
  const written = new Map<string, number>();
  let lost = 0;
  for (const { told } of attempts)
    for (const { pass, done, resumed } of told) {
      lost = Math.max(lost, (written.get(pass) ?? 0) - resumed);
      if (told.at(-1)!.pass === pass && told.at(-1)!.done === done) written.set(pass, done);
    }
  return lost;
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 22 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
