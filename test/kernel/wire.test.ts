import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, encode, type Message, newHeader, ReplayGuard, WireError } from "#kernel/io/wire.js";

const key = "a key";
const message = (content: Record<string, string> = {}, buffers: Uint8Array[] = []): Message => ({
  identities: [Uint8Array.of(1, 2, 3)],
  header: newHeader("comm_msg", "session"),
  parent_header: {},
  metadata: {},
  content,
  buffers,
});

describe("messages on the wire", () => {
  test("come back as they were sent, with their buffers and routing frames", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.string()),
        fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 4 }),
        (content, buffers) => {
          const sent = message({ ...content }, buffers);
          const got = decode(encode(sent, key), key);
          expect(got.content).toEqual(JSON.parse(JSON.stringify(sent.content)));
          expect(got.header).toEqual(sent.header);
          expect(got.buffers.map((b) => [...b])).toEqual(buffers.map((b) => [...b]));
          expect(got.identities.map((b) => [...b])).toEqual([[1, 2, 3]]);
        },
      ),
    );
  });

  test("are refused if a bit of the four signed frames or of the signature differs", () => {
    const frames = encode(message({ a: "b" }), key);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.nat(), fc.integer({ min: 0, max: 7 }), (frame, at, bit) => {
        const forged = frames.map((bytes) => Uint8Array.from(bytes));
        forged[frame]![at % forged[frame]!.length]! ^= 1 << bit;
        expect(() => decode(forged, key)).toThrow(WireError);
      }),
    );
  });

  test("are refused under another key, and under none", () => {
    const frames = encode(message(), key);
    expect(() => decode(frames, "another")).toThrow(/signature/);
    expect(() => decode(frames, "")).toThrow(/empty key/);
  });

  test("are refused if frames are missing", () => {
    const frames = encode(message(), key);
    for (let length = 0; length < frames.length; length++)
      expect(() => decode(frames.slice(0, length), key)).toThrow(WireError);
  });

  test("are taken once: what is sent again is dropped", () => {
    const guard = new ReplayGuard(2);
    const first = encode(message({ n: "1" }), key);
    decode(first, key, guard);
    expect(() => decode(first, key, guard)).toThrow(/before/);
    for (const n of ["2", "3", "4"]) decode(encode(message({ n }), key), key, guard);
  });

  test("whose signed frames are no JSON objects are refused", () => {
    for (const text of ["", "null", "[]", "1", "{"]) {
      const bad = { ...message(), content: text as never };
      // JSON.stringify of a string is JSON, but no object.
      expect(() => decode(encode(bad, key), key)).toThrow(/content/);
    }
  });
});
