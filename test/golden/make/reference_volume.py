"""The volume of test/support/reference-volume.ts, in numpy.

Arrays are C-ordered [z, y, x]; linear index i = (z*n + y)*n + x. All arithmetic is on integers below 2^32.
hash(x): x ^= x >> 16; x *= 0x7feb352d; x ^= x >> 15; x *= 0x846ca68b; x ^= x >> 16   (products modulo 2^32)
hash3(seed, a, b, c) = hash(hash(hash(seed ^ a) ^ b) ^ c), seed = 20240607
2 spheres: cells of 20 voxels, a, b, c from 0 to ceil(n/20)+1. h = hash3(seed, a, b, c), centre = ((a-1)*20 + h % 20,
  (b-1)*20 + (h>>5) % 20, (c-1)*20 + (h>>10) % 20), radius = 8 + (h>>15) % 6.
1 binder: trilinear value noise on a lattice of spacing 8 with values hash3(seed ^ 0x5bd1e995, p, q, s) & 255, weights 0 to 8
  per axis; where the sum is at least 76800 and there is no sphere. 0 pore: the rest.
grey: s = sum of the four bytes of hash(i ^ 0x9e3779b9) - 510; clamp([60, 110, 180][phase]*m + floor(s*24*m/256)), m = 1 or 200.
"""

import numpy as np

SEED, CELL = 20240607, 20


def hash32(x):
    x = np.asarray(x, dtype=np.uint32).copy()
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x


def hash3(seed, a, b, c):
    a, b, c = (np.asarray(v, dtype=np.uint32) for v in (a, b, c))
    return hash32(hash32(hash32(np.uint32(seed) ^ a) ^ b) ^ c)


def phases(n):
    m = n // 8 + 2
    p = np.arange(m)
    lattice = (hash3(SEED ^ 0x5BD1E995, p[:, None, None], p[None, :, None], p[None, None, :]) & 255).astype(np.int64)
    at = np.arange(n)
    cell, near, far = at >> 3, 8 - (at & 7), at & 7
    v = lattice[:, :, cell] * near + lattice[:, :, cell + 1] * far
    v = v[:, cell, :] * near[None, :, None] + v[:, cell + 1, :] * far[None, :, None]
    v = v[cell] * near[:, None, None] + v[cell + 1] * far[:, None, None]
    out = (v >= 76800).astype(np.uint8)
    z, y, x = np.ogrid[:n, :n, :n]
    cells = -(-n // CELL) + 2
    for a, b, c in np.ndindex(cells, cells, cells):
        h = int(hash3(SEED, a, b, c))
        r = 8 + (h >> 15) % 6
        cz, cy, cx = (a - 1) * CELL + h % 20, (b - 1) * CELL + (h >> 5) % 20, (c - 1) * CELL + (h >> 10) % 20
        out[(z - cz) ** 2 + (y - cy) ** 2 + (x - cx) ** 2 <= r * r] = 2
    return out


def grey(ph, bits=8):
    m, top, kind = (1, 255, np.uint8) if bits == 8 else (200, 65535, np.uint16)
    h = hash32(np.arange(ph.size, dtype=np.uint32) ^ np.uint32(0x9E3779B9)).astype(np.int64)
    s = sum((h >> shift) & 255 for shift in (0, 8, 16, 24)) - 510
    base = np.array([60, 110, 180], np.int64)[ph] * m
    return np.clip(base + ((s * 24 * m) >> 8).reshape(ph.shape), 0, top).astype(kind)


def probes():
    return hash32(np.arange(16, dtype=np.uint32) ^ np.uint32(0xABCDEF)) % np.uint32(262144)
