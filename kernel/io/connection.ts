/** The connection file that a client hands over: where to listen, and how messages are signed. */
import { readFileSync } from "node:fs";
import { type Key, UNSIGNED } from "./wire.js";

export interface Connection {
  readonly transport: "tcp" | "ipc";
  readonly ip: string;
  readonly key: Key;
  readonly ports: Readonly<Record<"shell" | "iopub" | "stdin" | "control" | "hb", number>>;
  /** CURVE keys, where the client encrypts. */
  readonly curve?: { readonly publicKey: string; readonly secretKey: string };
}

/** What the person who starts the kernel allows beyond the safe defaults, as arguments after the connection file. */
export interface Allowed {
  /** `--allow-unsigned`: an empty key; then every local program can run code here. */
  readonly unsigned: boolean;
  /** `--allow-remote`: an address that other machines reach. */
  readonly remote: boolean;
}

/** The connection file cannot be used; the message says why and what to do. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|::1|\[::1\])$/;
const PORTS = ["shell", "iopub", "stdin", "control", "hb"] as const;

/** Reads the file, once: it may be replaced or removed while the kernel runs. */
export function readConnection(path: string, allowed: Allowed): Connection {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConnectionError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return parseConnection(text, allowed);
}

/** Checks what a connection file says. */
export function parseConnection(text: string, allowed: Allowed): Connection {
  let info: Record<string, unknown>;
  try {
    info = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new ConnectionError("the connection file is no JSON");
  }
  if (typeof info !== "object" || info === null) throw new ConnectionError("the connection file holds no object");
  const { transport = "tcp", ip, key, signature_scheme: scheme = "hmac-sha256" } = info;
  if (transport !== "tcp" && transport !== "ipc")
    throw new ConnectionError(`transport is ${JSON.stringify(transport)}; allowed are tcp and ipc`);
  if (typeof ip !== "string" || ip === "") throw new ConnectionError("the connection file names no ip");
  if (transport === "tcp" && !LOOPBACK.test(ip) && !allowed.remote)
    throw new ConnectionError(
      `ip is ${ip}, which other machines may reach; use 127.0.0.1, or start the kernel with --allow-remote`,
    );
  return {
    transport,
    ip,
    key: checkedKey(key, scheme, allowed),
    ports: checkedPorts(info),
    ...curveOf(info),
  };
}

function checkedKey(key: unknown, scheme: unknown, allowed: Allowed): Key {
  if (typeof key !== "string") throw new ConnectionError("the connection file has no key");
  if (key === "") {
    if (allowed.unsigned) return UNSIGNED;
    throw new ConnectionError(
      "the key is empty, so that every program on this machine could run code here; give a key, or start the kernel with --allow-unsigned",
    );
  }
  if (scheme !== "hmac-sha256")
    throw new ConnectionError(`signature_scheme is ${JSON.stringify(scheme)}; this kernel signs with hmac-sha256`);
  return key;
}

function checkedPorts(info: Record<string, unknown>): Connection["ports"] {
  const ports = PORTS.map((name): [string, number] => {
    const port = info[`${name}_port`];
    if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65535)
      throw new ConnectionError(`${name}_port is ${JSON.stringify(port)}; give a number from 1 to 65535`);
    return [name, port];
  });
  return Object.fromEntries(ports) as Connection["ports"];
}

function curveOf(info: Record<string, unknown>): { curve?: { publicKey: string; secretKey: string } } {
  const { curve_publickey: publicKey, curve_secretkey: secretKey } = info;
  if (publicKey === undefined && secretKey === undefined) return {};
  if (typeof publicKey !== "string" || typeof secretKey !== "string")
    throw new ConnectionError("curve_publickey and curve_secretkey belong together");
  return { curve: { publicKey, secretKey } };
}

/** Address of a socket: ipc names a file for each port. */
export const addressOf = ({ transport, ip, ports }: Connection, name: keyof Connection["ports"]): string =>
  `${transport}://${ip}${transport === "ipc" ? "-" : ":"}${ports[name]}`;
