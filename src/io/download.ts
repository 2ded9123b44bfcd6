/** Downloads files without trusting the other side: bounded size, bounded redirects, a deadline for each wait. */

import type { Append } from "../compute/atomic.js";
import { ComputeFailed, LimitExceeded, MissingData } from "../core/errors.js";

export interface DownloadOptions {
  /** Bytes that the file may have at most. */
  readonly most: number;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte after which it is given up. */
  readonly deadline: number;
  /** Called with the bytes that arrived. */
  readonly received: (bytes: number) => void;
}

const MOST_REDIRECTS = 5;

/**
 * Downloads one file.
 * @throws MissingData if it cannot be reached or is not there; LimitExceeded if it is larger than promised; ComputeFailed
 * if the transfer stalls or breaks off; the signal's reason
 */
export async function download(address: string, options: DownloadOptions, append: Append): Promise<void> {
  const { most, signal, deadline, received } = options;
  signal?.throwIfAborted();
  const stop = new AbortController();
  const forward = (): void => stop.abort(signal?.reason);
  signal?.addEventListener("abort", forward, { once: true });
  const stalled = new ComputeFailed(`${address}: nothing came for ${deadline / 1000} s; try again later`);
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(stalled), deadline);
  };
  let done = 0;
  try {
    wait();
    const response = await follow(address, stop.signal);
    if (!response.ok || response.body === null)
      throw new MissingData(`${address} answered ${response.status} ${response.statusText}`.trim());
    const told = Number(response.headers.get("content-length") ?? 0);
    const tooLarge = (bytes: number): LimitExceeded =>
      new LimitExceeded(
        `${address} has ${bytes} bytes or more, but the file should have ${most}; it is not downloaded`,
        bytes,
        most,
      );
    if (told > most) throw tooLarge(told);
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      wait();
      done += chunk.length;
      if (done > most) throw tooLarge(done);
      await append(chunk);
      received(chunk.length);
    }
  } catch (error) {
    if (stop.signal.aborted) throw stop.signal.reason;
    // What undici throws: a TypeError, with the system's error behind it.
    if (!(error instanceof TypeError)) throw error;
    const why = error.cause instanceof Error ? error.cause.message : error.message;
    const broken = done > 0;
    const told = broken
      ? new ComputeFailed(`the download of ${address} broke off after ${done} bytes (${why}); try again`)
      : new MissingData(`${address} cannot be reached (${why})`);
    told.cause = error;
    throw told;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", forward);
    // Lets go of a connection whose body was not read to its end.
    stop.abort(stalled);
  }
}

/** Follows redirects, never from https to anything else. */
async function follow(address: string, signal: AbortSignal): Promise<Response> {
  let url = new URL(address);
  for (let k = 0; k <= MOST_REDIRECTS; k++) {
    const response = await fetch(url, { redirect: "manual", signal });
    const to = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || to === null) return response;
    const next = new URL(to, url);
    if (next.protocol !== url.protocol && next.protocol !== "https:")
      throw new MissingData(`${address} leads to ${next.protocol}//${next.host}, which is not safe`);
    url = next;
  }
  throw new MissingData(`${address} leads from one address to the next, more than ${MOST_REDIRECTS} times`);
}
