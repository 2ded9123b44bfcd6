// The exports of kernels.wasm; those of networks.mjs come beside them. Memory is laid out by the caller (src/compute/kernels.ts); nothing here allocates.

import { blur, toFloats, toIntegers } from "./gaussian";
import { histogramOf, histogramOfWide } from "./histogram";
import { flipSigns, floatKeys, keyRange, rankKeys, restoreKeys } from "./keys";
import { medianOf7 } from "./median";
import { selectByBits } from "./select";
import { slideHistogram } from "./slide";
import { labels } from "./threshold";
import { zoneOfFloats, zoneOfIntegers } from "./zone";

/** First byte of memory that the caller may use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Copies between two rows. */
export function copyBytes(src: usize, dst: usize, bytes: usize): void {
  memory.copy(dst, src, bytes);
}

export { blur, flipSigns, floatKeys, rankKeys, restoreKeys };

export function medianOf7_8(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  medianOf7<i8>(a, b, c, d, e, f, g);
}
export function medianOf7_16(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  medianOf7<i16>(a, b, c, d, e, f, g);
}
export function medianOf7_32(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  medianOf7<i32>(a, b, c, d, e, f, g);
}
export function select_8(
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  e: usize,
  f: usize,
  g: usize,
  h: usize,
  i: i32,
  j: u32,
  k: u32,
): void {
  selectByBits<i8>(a, b, c, d, e, f, g, h, i, j, k);
}
export function select_16(
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  e: usize,
  f: usize,
  g: usize,
  h: usize,
  i: i32,
  j: u32,
  k: u32,
): void {
  selectByBits<i16>(a, b, c, d, e, f, g, h, i, j, k);
}
export function select_32(
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  e: usize,
  f: usize,
  g: usize,
  h: usize,
  i: i32,
  j: u32,
  k: u32,
): void {
  selectByBits<i32>(a, b, c, d, e, f, g, h, i, j, k);
}
export function slide_8(
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  e: usize,
  f: usize,
  g: usize,
  h: usize,
  i: u32,
  j: usize,
  k: u32,
  l: u32,
): void {
  slideHistogram<u8>(a, b, c, d, e, f, g, h, i, j, k, l);
}
export function slide_16(
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  e: usize,
  f: usize,
  g: usize,
  h: usize,
  i: u32,
  j: usize,
  k: u32,
  l: u32,
): void {
  slideHistogram<u16>(a, b, c, d, e, f, g, h, i, j, k, l);
}
export function slide_32(
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  e: usize,
  f: usize,
  g: usize,
  h: usize,
  i: u32,
  j: usize,
  k: u32,
  l: u32,
): void {
  slideHistogram<u32>(a, b, c, d, e, f, g, h, i, j, k, l);
}
export function keyRange_8(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  keyRange<i8>(a, b, c, d, e, f, g);
}
export function keyRange_16(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  keyRange<i16>(a, b, c, d, e, f, g);
}
export function keyRange_32(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  keyRange<i32>(a, b, c, d, e, f, g);
}
export function toFloats_uint8(src: usize, dst: usize, count: usize): void {
  toFloats<u8>(src, dst, count);
}
export function toFloats_int8(src: usize, dst: usize, count: usize): void {
  toFloats<i8>(src, dst, count);
}
export function toFloats_uint16(src: usize, dst: usize, count: usize): void {
  toFloats<u16>(src, dst, count);
}
export function toFloats_int16(src: usize, dst: usize, count: usize): void {
  toFloats<i16>(src, dst, count);
}
export function toFloats_uint32(src: usize, dst: usize, count: usize): void {
  toFloats<u32>(src, dst, count);
}
export function toFloats_int32(src: usize, dst: usize, count: usize): void {
  toFloats<i32>(src, dst, count);
}
export function toIntegers_uint8(src: usize, dst: usize, count: usize): void {
  toIntegers<u8>(src, dst, count);
}
export function toIntegers_int8(src: usize, dst: usize, count: usize): void {
  toIntegers<i8>(src, dst, count);
}
export function toIntegers_uint16(src: usize, dst: usize, count: usize): void {
  toIntegers<u16>(src, dst, count);
}
export function toIntegers_int16(src: usize, dst: usize, count: usize): void {
  toIntegers<i16>(src, dst, count);
}
export function toIntegers_uint32(src: usize, dst: usize, count: usize): void {
  toIntegers<u32>(src, dst, count);
}
export function toIntegers_int32(src: usize, dst: usize, count: usize): void {
  toIntegers<i32>(src, dst, count);
}
export function labels_8(src: usize, dst: usize, count: usize, thresholds: usize, n: usize, numbers: i32): void {
  labels<i8>(src, dst, count, thresholds, n, numbers);
}
export function labels_16(src: usize, dst: usize, count: usize, thresholds: usize, n: usize, numbers: i32): void {
  labels<i16>(src, dst, count, thresholds, n, numbers);
}
export function labels_32(src: usize, dst: usize, count: usize, thresholds: usize, n: usize, numbers: i32): void {
  labels<i32>(src, dst, count, thresholds, n, numbers);
}
export function zone_uint8(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  zoneOfIntegers<u8>(a, b, c, d, e, f, g);
}
export function zone_int8(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  zoneOfIntegers<i8>(a, b, c, d, e, f, g);
}
export function zone_uint16(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  zoneOfIntegers<u16>(a, b, c, d, e, f, g);
}
export function zone_int16(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  zoneOfIntegers<i16>(a, b, c, d, e, f, g);
}
export function zone_uint32(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  zoneOfIntegers<u32>(a, b, c, d, e, f, g);
}
export function zone_int32(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  zoneOfIntegers<i32>(a, b, c, d, e, f, g);
}
export function zone_float32(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  zoneOfFloats(a, b, c, d, e, f, g);
}
export function histogram_uint8(src: usize, mask: usize, count: usize, out: usize, n: usize): void {
  histogramOf<u8>(src, mask, count, out, n);
}
export function histogram_int8(src: usize, mask: usize, count: usize, out: usize, n: usize): void {
  histogramOf<i8>(src, mask, count, out, n);
}
export function histogram_uint16(src: usize, mask: usize, count: usize, out: usize, n: usize): void {
  histogramOf<u16>(src, mask, count, out, n);
}
export function histogram_int16(src: usize, mask: usize, count: usize, out: usize, n: usize): void {
  histogramOf<i16>(src, mask, count, out, n);
}
export function wideHistogram_uint8(a: usize, b: usize, c: usize, d: usize, e: f64, f: f64, g: u32): void {
  histogramOfWide<u8>(a, b, c, d, e, f, g);
}
export function wideHistogram_int8(a: usize, b: usize, c: usize, d: usize, e: f64, f: f64, g: u32): void {
  histogramOfWide<i8>(a, b, c, d, e, f, g);
}
export function wideHistogram_uint16(a: usize, b: usize, c: usize, d: usize, e: f64, f: f64, g: u32): void {
  histogramOfWide<u16>(a, b, c, d, e, f, g);
}
export function wideHistogram_int16(a: usize, b: usize, c: usize, d: usize, e: f64, f: f64, g: u32): void {
  histogramOfWide<i16>(a, b, c, d, e, f, g);
}
export function wideHistogram_uint32(a: usize, b: usize, c: usize, d: usize, e: f64, f: f64, g: u32): void {
  histogramOfWide<u32>(a, b, c, d, e, f, g);
}
export function wideHistogram_int32(a: usize, b: usize, c: usize, d: usize, e: f64, f: f64, g: u32): void {
  histogramOfWide<i32>(a, b, c, d, e, f, g);
}
export function wideHistogram_float32(a: usize, b: usize, c: usize, d: usize, e: f64, f: f64, g: u32): void {
  histogramOfWide<f32>(a, b, c, d, e, f, g);
}
