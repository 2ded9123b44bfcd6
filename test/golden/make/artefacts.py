"""Expected values of projections, reconstructions and corrections, by scikit-image, algotom and nabu, and where no peer
corrects by the same definition, by that definition put together from the parts of NumPy, SciPy and scikit-image:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0 algotom==1.7.0 \
        PyWavelets==1.9.0 tifffile==2026.3.3 h5py==3.16.0 nabu==2026.1.2
    /tmp/peer/bin/python test/golden/make/artefacts.py ../shared/data > test/golden/artefacts.json

Made with the versions that stand in the file. Inputs are cut out of the 64^3 reference volume. Images are given as mean,
largest magnitude and probes: every 97th value from the 13th on, of large ones every 997th.
"""

import json
import sys
from importlib import metadata

import h5py
import numpy as np
import pywt
import scipy
import skimage
import tifffile
from algotom.prep import calculation, removal
from nabu.preproc.phase import PaganinPhaseRetrieval
from scipy import ndimage as ndi
from skimage.transform import iradon, radon

import reference_volume as reference

g8 = reference.grey(reference.phases(64), 8).astype(np.float64)


def image(values):
    values = np.asarray(values, np.float64)
    return {
        "shape": list(values.shape),
        "mean": float(values.mean()),
        "largest": float(np.abs(values).max()),
        "probes": values.ravel()[13 :: 97 if values.size < 10000 else 997].tolist(),
    }


# 63 x 63, zero outside the inscribed circle.
n = 63
y, x = np.mgrid[:n, :n] - n // 2
disc = np.where(x * x + y * y <= 30 * 30, g8[32, :n, :n], 0)
angles = np.arange(40) * 4.5 + 1.25
projected = radon(disc, angles, circle=True, preserve_range=True).T
sinogram = g8[20:22].reshape(-1)[: 40 * n].reshape(40, n)
back = {
    name: iradon(sinogram.T, np.arange(40) * 4.5, filter_name=peer, circle=True)
    for name, peer in (("ram-lak", "ramp"), ("shepp-logan", "shepp-logan"), ("hann", "hann"))
}

# 181 x 256 without equal values in a column, with columns of another gain, of another level, and a dead one.
flat = g8.reshape(-1)[: 181 * 256].reshape(181, 256)
smooth = scipy.ndimage.gaussian_filter(flat, (9, 5)).astype(np.float32)
noise = (flat / 255).astype(np.float32)
striped = smooth + noise + np.arange(181, dtype=np.float32)[:, None] / 1024
striped[:, 40] *= np.float32(1.25)
striped[:, 90:97] += np.float32(20)
striped[:, 150] = np.float32(70) + np.arange(181, dtype=np.float32) / 4096
striped[60:, 201] += np.float32(15)


def wavelet(values, levels, sigma):
    """Combined wavelet-Fourier filter, its damping centred on the frequency 0."""
    rows, columns = values.shape
    pad = min(150, int(0.1 * min(rows, columns)))
    padded = np.pad(np.pad(values, ((pad, pad), (0, 0)), mode="mean"), ((0, 0), (pad, pad)), mode="edge")
    data = [list(level) for level in pywt.wavedec2(padded, "db9", level=levels)]
    for level in data[1:]:
        v = np.fft.fftfreq(level[1].shape[0]) * level[1].shape[0]
        window = 1 - np.exp(-(v**2) / (2 * sigma**2))
        level[1] = np.real(np.fft.ifft(np.fft.fft(level[1], axis=0) * window[:, None], axis=0))
    return pywt.waverec2(data, "db9")[pad : pad + rows, pad : pad + columns]


# 48 x 50 transmissions with pixels that are higher than wide. nabu pads by mirror images to twice the size.
transmissions = (g8[10, :48, :50] + 1) / 256
retrieval = PaganinPhaseRetrieval(
    transmissions.shape, distance=0.05, energy=20, delta_beta=400, pixel_size=np.array([1e-6, 1.5e-6]), padding="symmetric"
)
paganin = -np.log(retrieval.apply_filter(transmissions))


def without_rings(plane, centre, size, sectors):
    """Rings as the median over the angles of a sector of what stands out of a median along the radius."""
    (height, width), (cy, cx) = plane.shape, centre
    far = np.hypot(max(cy, height - 1 - cy), max(cx, width - 1 - cx))
    radii = np.arange(int(far) + 1)
    rays = max(16, int(np.ceil(2 * np.pi * max(1, min(cy, cx, height - 1 - cy, width - 1 - cx)) / sectors)))
    rings = np.zeros((sectors, radii.size))
    for sector in range(sectors):
        residues = np.full((rays, radii.size), np.nan)
        for ray in range(rays):
            angle = 2 * np.pi * (sector + (ray + 0.5) / rays) / sectors
            at = np.array([cy + radii * np.sin(angle), cx + radii * np.cos(angle)])
            count = int(np.all((at >= 0) & (at <= [[height - 1], [width - 1]]), axis=0).sum())
            if count:
                line = ndi.map_coordinates(plane, at[:, :count], order=1)
                smooth = ndi.median_filter(line, min(size, count - 1 + count % 2), mode="reflect")
                residues[ray, :count] = line - smooth
        known = np.isfinite(residues).sum(0) >= rays / 8
        rings[sector, known] = np.nanmedian(residues[:, known], 0)
    y, x = np.mgrid[:height, :width]
    r = np.hypot(y - cy, x - cx)
    turn = np.arctan2(y - cy, x - cx) / (2 * np.pi) % 1 * sectors - 0.5
    # Wrapped around in the sectors, along the radius up to the last ring.
    turns = np.pad(rings, ((1, 1), (0, 0)), mode="wrap") if sectors > 1 else np.repeat(rings, 3, 0)
    return plane - ndi.map_coordinates(turns, [turn + 1, np.minimum(r, radii[-1])], order=1)


y, x = np.mgrid[:48, :51]
ringed = g8[30, :48, :51] + 20 * (np.round(np.hypot(y - 20, x - 27)) == 12)
rings = {}
for sectors in (1, 3):
    rings[str(sectors)] = without_rings(without_rings(ringed, (20, 27), 9, sectors), (20, 27), 9, sectors)

# 8 x 40 x 44 and a mask; nothing is known beyond the edges.
shaded = g8[:8, :40, :44]
inside = np.broadcast_to(np.hypot(*(np.mgrid[:40, :44] - np.array([[[19]], [[22]]]))) < 18, shaded.shape)
known = inside.sum(0).astype(np.float64)
mean = ((shaded - 10) * inside).sum() / known.sum()
blurred = [ndi.gaussian_filter(part, 4.5, mode="constant") for part in (((shaded - 10) * inside).sum(0), known)]
factors = blurred[0] / blurred[1] / mean
factors = np.clip(factors / ((factors * known).sum() / known.sum()), 0.2, 5)
low_pass = 10 + (shaded - 10) / factors


def by_classes(values, classes, order, zero):
    """Classes of least variance among the voxels themselves, and the polynomial in the squared radius that fits them best."""
    depth, height, width = values.shape
    y, x = np.mgrid[:height, :width]
    distance = np.hypot(y - (height - 1) / 2, x - (width - 1) / 2)
    ring = np.broadcast_to(np.floor(distance).astype(int), values.shape).ravel()
    grey = values.ravel() - zero
    count = ring.max() + 1
    powers = ((np.arange(count) + 0.5) / (count - 0.5))[:, None] ** (2 * np.arange(order + 1))
    factors = np.ones(count)
    means = np.array([part.mean() for part in np.array_split(np.sort(grey), classes)])
    for _ in range(200):
        corrected = grey / factors[ring]
        for _ in range(200):
            parted = np.abs(corrected[:, None] - means).argmin(1)
            means = np.array([corrected[parted == c].mean() for c in range(classes)])
        fit = np.linalg.lstsq(means[parted][:, None] * powers[ring], grey, rcond=None)[0]
        factors = powers @ fit
        factors /= factors[ring].mean()
    rings = np.maximum(0, distance - 0.5)
    return zero + (values - zero) / np.interp(rings, np.arange(count), factors)


# Two materials and a cup.
y, x = np.mgrid[:40, :44]
cup = 1 - 0.2 * (1 - ((y - 19.5) ** 2 + (x - 21.5) ** 2) / 1000)
cupped = np.round(cup * np.where(reference.phases(64)[:8, :40, :44] == 2, 4000, 2400) + 4 * g8[:8, :40, :44]).astype(np.float64)
classes = by_classes(cupped, 2, 2, 100)


def zernike(plane, cutoff, plate, sparsity, iterations):
    """Phase nowhere negative and sparse, by accelerated projected gradients (FISTA)."""
    height, width = plane.shape
    size = [2 ** int(np.ceil(np.log2(n + 16))) for n in plane.shape]
    fy, fx = np.meshgrid(*(np.fft.fftfreq(n) for n in size), indexing="ij")
    plate_passes = np.hypot(fy, fx) > cutoff

    def imaged(phase):
        return np.fft.ifft2(np.fft.fft2(phase, size) * plate_passes).real[:height, :width]

    seen = plate / 2 * (plane - 1)
    price = sparsity * max(0, imaged(seen).max())
    phase = ahead = np.zeros_like(plane)
    momentum = 1
    for _ in range(iterations):
        following = np.maximum(0, ahead - imaged(imaged(ahead) - seen) - price)
        faster = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = following + (momentum - 1) / faster * (following - phase)
        phase, momentum = following, faster
    return phase


def streaks(plane, dense, zero, count):
    """What of p q and q^2, reconstructed, is in the light matter: line integrals p of everything, q of dense matter."""
    n = plane.shape[0]
    m = (n - 1) / 2
    y, x = np.mgrid[:n, :n] - m
    seen = x * x + y * y <= m * m
    whole = np.where(seen, plane - zero, 0)
    heavy = np.where(seen & (plane > dense), plane - zero, 0)
    steps = np.arange(-np.ceil(np.hypot(n, n) / 2) - 1, np.ceil(np.hypot(n, n) / 2) + 2)
    s, t = np.meshgrid(np.arange(n) - m, steps, indexing="ij")

    def sinogram(values):
        rays = ((m - s * np.sin(a) + t * np.cos(a), m + s * np.cos(a) + t * np.sin(a)) for a in np.pi * np.arange(count) / count)
        return np.array([ndi.map_coordinates(values, at, order=1, mode="grid-constant").sum(1) for at in rays])

    p, q = sinogram(whole), sinogram(heavy)
    angles = 180 * np.arange(count) / count
    bases = [iradon(both.T, angles, filter_name="shepp-logan", circle=True) for both in (p * q, q * q)]
    light = (heavy == 0) & (whole > 0)
    part = seen & (whole >= whole[light].mean() / 2) & ~ndi.maximum_filter(heavy > 0, 5)
    part[:2] = part[-2:] = part[:, :2] = part[:, -2:] = False
    centred = np.array([base - base[part].mean() for base in bases])
    fit = np.linalg.lstsq(centred[:, part].T, whole[part] - whole[part].mean(), rcond=None)[0]
    return np.where(heavy > 0, 0, np.tensordot(fit, centred, 1))


tooth = h5py.File(f"{sys.argv[1]}/projections/tomopy_tooth_dataexchange.h5")["exchange"]
dark, white = tooth["data_dark"][:].mean(0), tooth["data_white"][:].mean(0)
transmission = (tooth["data"][:] - dark) / (white - dark)
absorbance = -np.log(np.maximum(transmission, 1e-4))
neutron = tifffile.imread(f"{sys.argv[1]}/projections/sarepy_sinogram_360_neutron_u16.tif")
half = -np.log(np.maximum(neutron[:230] / neutron.max(), 1e-4))

print(
    json.dumps(
        {
            "versions": {
                "scikit-image": skimage.__version__,
                "algotom": metadata.version("algotom"),
                "nabu": metadata.version("nabu"),
                "PyWavelets": metadata.version("PyWavelets"),
                "scipy": scipy.__version__,
                "numpy": np.__version__,
            },
            "radon": image(projected),
            "iradon": {name: image(values) for name, values in back.items()},
            "striped": image(striped),
            "sorting": image(removal.remove_stripe_based_sorting(striped, 21)),
            "dead": image(removal.remove_dead_stripe(striped, 3.0, 51, residual=False)),
            "large": image(removal.remove_large_stripe(striped, 3.0, 51)),
            "all": image(removal.remove_all_stripe(striped)),
            "wavelet": image(wavelet(striped.astype(np.float64), 3, 1)),
            "paganin": image(paganin),
            "rings": {sectors: image(values) for sectors, values in rings.items()},
            "cupping": {"low-pass": image(low_pass), "classes": image(classes)},
            "zernike": image(zernike(0.90625 + g8[7, :28, :36] / 1024, 0.06, 0.7, 0.004, 60)),
            "streaks": image(streaks(g8[32, :63, :63], 150.0, 20.0, 60)),
            "tooth": {
                "theta": [float(tooth["theta"][0]), float(tooth["theta"][-1])],
                "transmission": image(transmission[:, 1]),
                "absorbance": image(absorbance[:, 1]),
                "centre": [float(calculation.find_center_vo(absorbance[:, row], ncore=1)) for row in (0, 1)],
            },
            "neutron": {"centre": float(calculation.find_center_vo(half, ncore=1))},
        },
        indent=1,
    )
)
