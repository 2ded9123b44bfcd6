/**
 * Messages of the Jupyter protocol on the wire: frames, signature, JSON. Pure functions, no sockets.
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { Json } from "../comm.js";

export interface Header {
  msg_id: string;
  session: string;
  username: string;
  date: string;
  msg_type: string;
  version: string;
}

export interface Message {
  /** Routing frames of the client, to be put before a reply. */
  identities: Uint8Array[];
  header: Header;
  parent_header: Header | Record<string, never>;
  metadata: Record<string, Json>;
  content: Record<string, Json>;
  buffers: Uint8Array[];
}

export const PROTOCOL_VERSION = "5.5";

/** In place of a key, where the person who started the kernel asked for messages without signatures. */
export const UNSIGNED: unique symbol = Symbol("unsigned");
export type Key = string | typeof UNSIGNED;

const DELIMITER = Buffer.from("<IDS|MSG>");
/** Frames of one message, and bytes of its JSON, that are still believed. */
const MOST_FRAMES = 10_000;
const MOST_JSON_BYTES = 2 ** 28;

/** Why a message was not taken; the kernel drops it and lives on. */
export class WireError extends Error {
  override readonly name = "WireError";
}

function signature(key: Key, frames: readonly Uint8Array[]): string {
  if (key === UNSIGNED) return "";
  const hmac = createHmac("sha256", key);
  // The signature covers the four JSON frames and never the buffers.
  for (const frame of frames) hmac.update(frame);
  return hmac.digest("hex");
}

function parsed(frame: Uint8Array, what: string): Record<string, Json> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString("utf8"));
  } catch {
    throw new WireError(`the ${what} is no JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new WireError(`the ${what} is no object`);
  return value as Record<string, Json>;
}

/** Signatures that came already: a message that is sent again is not taken again. */
export class ReplayGuard {
  private readonly seen = new Set<string>();
  constructor(private readonly most = 65_536) {}

  /** True the first time a signature comes. */
  fresh(signature: string): boolean {
    if (this.seen.has(signature)) return false;
    this.seen.add(signature);
    if (this.seen.size > this.most) for (const oldest of this.seen) if (this.seen.delete(oldest)) break;
    return true;
  }
}

/**
 * Reads one message. The signature is checked, in constant time, before anything is parsed.
 * @throws WireError if the message is malformed, unsigned, forged or sent again
 */
export function decode(frames: readonly Uint8Array[], key: Key, guard?: ReplayGuard): Message {
  if (key === "") throw new WireError("an empty key signs nothing");
  if (frames.length > MOST_FRAMES) throw new WireError(`${frames.length} frames are more than ${MOST_FRAMES}`);
  const at = frames.findIndex((frame) => DELIMITER.equals(frame));
  if (at < 0) throw new WireError("there is no <IDS|MSG> frame");
  const [sent, ...rest] = frames.slice(at + 1);
  if (sent === undefined || rest.length < 4) throw new WireError("a frame is missing");
  const signed = rest.slice(0, 4);
  const bytes = signed.reduce((sum, frame) => sum + frame.byteLength, 0);
  if (bytes > MOST_JSON_BYTES) throw new WireError(`${bytes} bytes of JSON are more than ${MOST_JSON_BYTES}`);
  if (key !== UNSIGNED) {
    const given = Buffer.from(sent.buffer, sent.byteOffset, sent.byteLength);
    const expected = Buffer.from(signature(key, signed));
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new WireError("the signature is wrong");
    if (guard !== undefined && !guard.fresh(given.toString("latin1"))) throw new WireError("the message came before");
  }
  const header = parsed(signed[0]!, "header");
  if (typeof header.msg_id !== "string" || typeof header.msg_type !== "string")
    throw new WireError("the header names no msg_id or msg_type");
  return {
    identities: frames.slice(0, at),
    header: header as unknown as Header,
    parent_header: parsed(signed[1]!, "parent header") as unknown as Header,
    metadata: parsed(signed[2]!, "metadata"),
    content: parsed(signed[3]!, "content"),
    buffers: rest.slice(4),
  };
}

/** Frames of one message, signed. */
export function encode(message: Message, key: Key): Uint8Array[] {
  const json = [message.header, message.parent_header, message.metadata, message.content].map((part) =>
    Buffer.from(JSON.stringify(part)),
  );
  return [...message.identities, DELIMITER, Buffer.from(signature(key, json)), ...json, ...message.buffers];
}

/** A message from this side, to be routed to whoever sent `parent`. */
export function newMessage(
  type: string,
  content: Record<string, Json>,
  session: string,
  parent?: Message,
  extras: { metadata?: Record<string, Json>; buffers?: Uint8Array[] } = {},
): Message {
  const { metadata = {}, buffers = [] } = extras;
  const identities = parent?.identities ?? [];
  return {
    identities,
    header: newHeader(type, session),
    parent_header: parent?.header ?? {},
    metadata,
    content,
    buffers,
  };
}

/** A header of the kernel's own. */
export function newHeader(type: string, session: string): Header {
  return {
    msg_id: randomUUID(),
    session,
    username: "kernel",
    date: new Date().toISOString(),
    msg_type: type,
    version: PROTOCOL_VERSION,
  };
}
