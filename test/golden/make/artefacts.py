"""Expected values of projections, reconstructions and corrections, by scikit-image and algotom:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0 algotom==1.7.0 \
        PyWavelets==1.9.0 tifffile==2026.3.3 h5py==3.16.0
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
