import { zlibSync } from "fflate";

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = CRC[(c ^ byte) & 255]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(body.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  for (let k = 0; k < 4; k++) out[4 + k] = type.charCodeAt(k);
  out.set(body, 8);
  view.setUint32(out.length - 4, crc32(out.subarray(4, out.length - 4)));
  return out;
}

/**
 * A PNG file (8 bits a channel, no interlace) of a picture, in Node and in a browser alike.
 * @param pixels `width · height · channels` bytes, row after row
 * @param channels 1 grey, 3 RGB, 4 RGBA
 * @see Portable Network Graphics (PNG) Specification, ISO/IEC 15948:2004
 */
export function encodePng(
  pixels: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  channels: 1 | 3 | 4,
): Uint8Array {
  const stride = width * channels;
  const rows = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    // Filter 1 (difference to the left pixel) halves the size of smooth pictures.
    const row = y * (stride + 1);
    rows[row] = 1;
    for (let i = 0; i < stride; i++) {
      const left = i < channels ? 0 : pixels[y * stride + i - channels]!;
      rows[row + 1 + i] = pixels[y * stride + i]! - left;
    }
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, channels === 1 ? 0 : channels === 3 ? 2 : 6, 0, 0, 0], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", zlibSync(rows, { level: 6 })),
    chunk("IEND", new Uint8Array(0)),
  ];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** Base64 text of bytes, as MIME bundles carry pictures. */
export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/**
 * A PNG file that says at how many dots an inch it is to be printed.
 * @param file any PNG that says nothing of it; it stays as it is
 */
export function withResolution(file: Uint8Array, dotsPerInch: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(9);
  const view = new DataView(body.buffer);
  const dotsPerMetre = Math.round(dotsPerInch / 0.0254);
  view.setUint32(0, dotsPerMetre);
  view.setUint32(4, dotsPerMetre);
  body[8] = 1;
  const density = chunk("pHYs", body);
  // Behind the signature (8 bytes) and the header (25), before any pixels.
  const out = new Uint8Array(file.length + density.length);
  out.set(file.subarray(0, 33));
  out.set(density, 33);
  out.set(file.subarray(33), 33 + density.length);
  return out;
}
