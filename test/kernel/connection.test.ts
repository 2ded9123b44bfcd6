import { describe, expect, test } from "vitest";
import { addressOf, ConnectionError, parseConnection, readConnection } from "#kernel/io/connection.js";
import { UNSIGNED } from "#kernel/io/wire.js";

const file = {
  transport: "tcp",
  ip: "127.0.0.1",
  key: "secret",
  signature_scheme: "hmac-sha256",
  shell_port: 1,
  iopub_port: 2,
  stdin_port: 3,
  control_port: 4,
  hb_port: 65535,
};
const nothing = { unsigned: false, remote: false };
const parse = (changes: object, allowed = nothing) => parseConnection(JSON.stringify({ ...file, ...changes }), allowed);

describe("a connection file", () => {
  test("gives addresses of tcp ports and of ipc files", () => {
    expect(addressOf(parse({}), "hb")).toBe("tcp://127.0.0.1:65535");
    expect(addressOf(parse({ transport: "ipc", ip: "/run/kernel" }), "shell")).toBe("ipc:///run/kernel-1");
  });

  test.each([
    ["an empty key", { key: "" }, /key is empty.*--allow-unsigned/],
    ["no key", { key: undefined }, /no key/],
    ["another signature scheme", { signature_scheme: "hmac-md5" }, /"hmac-md5".*hmac-sha256/],
    ["an address that other machines reach", { ip: "0.0.0.0" }, /ip is 0\.0\.0\.0.*--allow-remote/],
    ["an address that only looks like loopback", { ip: "127.0.0.1.evil.org" }, /--allow-remote/],
    ["another transport", { transport: "udp" }, /"udp"; allowed are tcp and ipc/],
    ["a port out of range", { hb_port: 70000 }, /hb_port is 70000/],
    ["a missing port", { shell_port: undefined }, /shell_port is undefined/],
    ["half a pair of CURVE keys", { curve_publickey: "x" }, /belong together/],
  ])("with %s is refused with what to do", (_name, changes, message) => {
    expect(() => parse(changes)).toThrow(ConnectionError);
    expect(() => parse(changes)).toThrow(message);
  });

  test("that is no JSON, no object or not there is refused", () => {
    expect(() => parseConnection("{", nothing)).toThrow(/no JSON/);
    expect(() => parseConnection("null", nothing)).toThrow(/no object/);
    expect(() => readConnection("/nowhere/kernel.json", nothing)).toThrow(/ENOENT/);
  });

  test("without a key or on another address is taken where that was asked for", () => {
    expect(parse({ key: "" }, { unsigned: true, remote: false }).key).toBe(UNSIGNED);
    expect(parse({ ip: "0.0.0.0" }, { unsigned: false, remote: true }).ip).toBe("0.0.0.0");
  });
});
