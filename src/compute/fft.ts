/**
 * Fourier transforms of any length, in double precision and in place: by radix 2 where the length is a power of two, else
 * by Bluestein's chirps (L. Bluestein 1970, doi:10.1109/TAU.1970.1162132). Signs and scale as in NumPy: forward with
 * exp(−2πi·jk/n), the inverse divided by n.
 */
interface Plan {
  readonly length: number;
  /** Transforms `re + i·im` in place; forward only, unscaled. */
  run(re: Float64Array, im: Float64Array): void;
}

const plans = new Map<number, Plan>();
/** Plans hold tables of their length; a program uses few lengths, hostile ones must not fill memory. */
const MOST_PLANS = 32;

export function planOf(length: number): Plan {
  let plan = plans.get(length);
  if (plan === undefined) {
    if (plans.size >= MOST_PLANS) plans.clear();
    plan = (length & (length - 1)) === 0 ? radix2(length) : chirps(length);
    plans.set(length, plan);
  }
  return plan;
}

function radix2(n: number): Plan {
  const cos = Float64Array.from({ length: n >> 1 }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sin = Float64Array.from({ length: n >> 1 }, (_, k) => Math.sin((2 * Math.PI * k) / n));
  const order = new Uint32Array(n);
  for (let k = 1, r = 0; k < n; k++) {
    let bit = n >> 1;
    for (; r & bit; bit >>= 1) r ^= bit;
    r |= bit;
    order[k] = r;
  }
  return {
    length: n,
    run(re, im) {
      for (let k = 0; k < n; k++) {
        const r = order[k]!;
        if (r <= k) continue;
        const [a, b] = [re[k]!, im[k]!];
        re[k] = re[r]!;
        im[k] = im[r]!;
        re[r] = a;
        im[r] = b;
      }
      for (let half = 1; half < n; half <<= 1) {
        const step = n / (2 * half);
        for (let start = 0; start < n; start += 2 * half)
          for (let k = 0, t = 0; k < half; k++, t += step) {
            const a = start + k;
            const b = a + half;
            const x = re[b]! * cos[t]! + im[b]! * sin[t]!;
            const y = im[b]! * cos[t]! - re[b]! * sin[t]!;
            re[b] = re[a]! - x;
            im[b] = im[a]! - y;
            re[a] = re[a]! + x;
            im[a] = im[a]! + y;
          }
      }
    },
  };
}

function chirps(n: number): Plan {
  const m = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const inner = planOf(m);
  // k² modulo 2n: the angle keeps its digits for long transforms.
  const angle = (k: number): number => (Math.PI * ((k * k) % (2 * n))) / n;
  const cos = Float64Array.from({ length: n }, (_, k) => Math.cos(angle(k)));
  const sin = Float64Array.from({ length: n }, (_, k) => Math.sin(angle(k)));
  const kernelRe = new Float64Array(m);
  const kernelIm = new Float64Array(m);
  for (let k = 0; k < n; k++) {
    kernelRe[k] = kernelRe[(m - k) % m] = cos[k]!;
    kernelIm[k] = kernelIm[(m - k) % m] = sin[k]!;
  }
  inner.run(kernelRe, kernelIm);
  const a = new Float64Array(m);
  const b = new Float64Array(m);
  return {
    length: n,
    run(re, im) {
      a.fill(0);
      b.fill(0);
      for (let k = 0; k < n; k++) {
        a[k] = re[k]! * cos[k]! + im[k]! * sin[k]!;
        b[k] = im[k]! * cos[k]! - re[k]! * sin[k]!;
      }
      inner.run(a, b);
      for (let k = 0; k < m; k++) {
        const x = a[k]! * kernelRe[k]! - b[k]! * kernelIm[k]!;
        b[k] = a[k]! * kernelIm[k]! + b[k]! * kernelRe[k]!;
        a[k] = x;
      }
      // Real and imaginary part exchanged make the forward transform the inverse one.
      inner.run(b, a);
      for (let k = 0; k < n; k++) {
        const [x, y] = [a[k]! / m, b[k]! / m];
        re[k] = x * cos[k]! + y * sin[k]!;
        im[k] = y * cos[k]! - x * sin[k]!;
      }
    },
  };
}

/** Discrete Fourier transform, in place. */
export function fft(re: Float64Array, im: Float64Array): void {
  planOf(re.length).run(re, im);
}

/** Inverse of {@link fft}, in place. */
export function inverseFft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  planOf(n).run(im, re);
  for (let k = 0; k < n; k++) {
    re[k]! /= n;
    im[k]! /= n;
  }
}

/** Transforms rows, then columns, of an image in C order, in place. */
export function fft2(re: Float64Array, im: Float64Array, height: number, width: number, inverse = false): void {
  const transform = inverse ? inverseFft : fft;
  for (let y = 0; y < height; y++)
    transform(re.subarray(y * width, (y + 1) * width), im.subarray(y * width, (y + 1) * width));
  const columnRe = new Float64Array(height);
  const columnIm = new Float64Array(height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      columnRe[y] = re[y * width + x]!;
      columnIm[y] = im[y * width + x]!;
    }
    transform(columnRe, columnIm);
    for (let y = 0; y < height; y++) {
      re[y * width + x] = columnRe[y]!;
      im[y * width + x] = columnIm[y]!;
    }
  }
}

/** The next power of two that is at least `n`. */
export const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/** Frequency of coefficient `k` in cycles per sample: from −1/2 to 1/2, as numpy.fft.fftfreq. */
export const frequency = (k: number, n: number): number => (k < (n + 1) >> 1 ? k : k - n) / n;
