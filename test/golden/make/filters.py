"""Expected values of the filters on the 64^3 reference volume, by SciPy, scikit-image and SimpleITK:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0 SimpleITK==2.5.7
    /tmp/peer/bin/python test/golden/make/filters.py > test/golden/filters.json

Made with the versions that stand in the file. Integer results are given as crc32 of their bytes (little endian, C order)
and exact sum; all as 16 probes, mean and standard deviation. `margin` voxels at the borders are left out of the probes and
the mean, where a peer treats borders in its own way.
"""

import itertools
import json
import zlib

import numpy as np
import scipy
import SimpleITK as sitk
import skimage
import skimage.feature
from scipy import ndimage as ndi
from skimage import filters
from skimage.filters import rank
from skimage.restoration import denoise_nl_means

import reference_volume as reference

ph = reference.phases(64)
g8, g16 = reference.grey(ph, 8), reference.grey(ph, 16)
PROBES = reference.probes()


def ball(radius):
    axis = np.arange(-radius, radius + 1)
    return axis[:, None, None] ** 2 + axis[None, :, None] ** 2 + axis[None, None, :] ** 2 <= radius**2


def deviation(v, size):
    v = v.astype(np.float64)
    v -= v.mean()  # without it float64 would lose digits of the wide integers
    return np.sqrt(np.maximum(ndi.uniform_filter(v**2, size) - ndi.uniform_filter(v, size) ** 2, 0))


def rough_exponential(y):
    """The exponential of scikit-image: off by up to 4 % (Schraudolph 1999)."""
    high = (np.trunc(1512775.3951951856938 * y) + 1072632447).astype(np.int64)
    return (high.astype(np.uint64) << np.uint64(32)).view(np.float64)


def non_local_means(v, fast, s=3, d=3, h=11, sigma=14):
    """By its definition, with the true exponential; checked against scikit-image with its own one. The fast mode of that
    one sums 2^3 voxels of a patch of 3 and divides by 3^3; the other one leaves out a pair whose distance is above 5 before
    the last plane of the patch, where we leave out those above 5 in the end."""
    v, pad = v.astype(np.float64), d + 2
    wide, n = np.pad(v, pad, mode="reflect"), v.shape[0]
    at = np.array([0, 1] if fast else [-1, 0, 1])
    axis = np.ones(2) if fast else np.exp(-2.0 * at**2)
    weights = axis[:, None, None] * axis[None, :, None] * axis[None, None, :]
    weights = weights / (s**3 if fast else weights.sum()) / h**2

    def shifted(z, y, x):
        return wide[pad + z : pad + z + n, pad + y : pad + y + n, pad + x : pad + x + n]

    own = rough_exponential(np.zeros(1))[0]
    sums = {"true": [v.copy(), np.ones(v.shape)], "theirs": [own * v, np.full(v.shape, own)]}
    for z, y, x in np.ndindex(2 * d + 1, 2 * d + 1, 2 * d + 1):
        z, y, x = z - d, y - d, x - d
        if z == y == x == 0:
            continue
        distance, left_out = np.zeros(v.shape), np.zeros(v.shape, bool)
        for i, a in enumerate(at):
            left_out |= distance > 5
            for (j, b), (k, c) in itertools.product(enumerate(at), enumerate(at)):
                difference = shifted(a, b, c) - shifted(z + a, y + b, x + c)
                distance += weights[i, j, k] * (difference**2 - 2 * sigma**2)
        distance = np.maximum(distance, 0)
        for name, exponential, out in (
            ("true", np.exp, distance > 5),
            ("theirs", rough_exponential, distance > 5 if fast else left_out),
        ):
            weight = np.where(out, 0, exponential(-distance))
            sums[name][0] += weight * shifted(z, y, x)
            sums[name][1] += weight
    result = {name: values / total for name, (values, total) in sums.items()}
    peer = denoise_nl_means(v, s, d, h, fast, sigma, preserve_range=True)
    inner = (slice(5, -5),) * 3
    # Its sums over the whole volume round: a distance next to 5 may fall on the other side.
    off = np.abs(result["theirs"] - peer)[inner]
    assert off.mean() < 1e-5 and off.max() < 1e-3 * v.max()
    assert np.abs(result["true"] - peer)[inner].max() < 1e-2 * v.max()
    return result["true"]


def slopes(v):
    """Central differences along z, y, x; the outermost voxel is repeated."""
    return [np.apply_along_axis(lambda line: np.convolve(np.pad(line, 1, mode="edge"), [0.5, 0, -0.5], "valid"), axis, v) for axis in range(3)]


def itk_diffusion(v, name, times):
    """SimpleITK's filter: its conductance c, of exp(-s^2/2K^2), is ours over sqrt(2)."""
    image = sitk.GetImageFromArray(v.astype(np.float32))
    return sitk.GetArrayFromImage(getattr(sitk, name)(image, 0.0625, times / 2**0.5, 1, 5))


def diffusion(v, edge, steps, step, conductance):
    """SimpleITK's discretisation with K in grey values and either conductance; with exp it is held against SimpleITK, one step at a
    time, whose conductance is chosen so that its K is ours."""
    v = v.astype(np.float64)
    for _ in range(steps):
        along, change = slopes(v), np.zeros(v.shape)
        for axis in range(3):
            a, b = [[slice(None)] * 3 for _ in range(2)]
            a[axis], b[axis] = slice(0, -1), slice(1, None)
            a, b = tuple(a), tuple(b)
            square = (v[b] - v[a]) ** 2
            for other in {0, 1, 2} - {axis}:
                square += ((along[other][a] + along[other][b]) / 2) ** 2
            flux = (v[b] - v[a]) * (np.exp(-square / edge**2) if conductance == "exponential" else 1 / (1 + square / edge**2))
            change[a] += flux
            change[b] -= flux
        if conductance == "exponential":
            times = edge / 2**0.5 / np.sqrt(sum(s**2 for s in along).mean())
            peer = sitk.GradientAnisotropicDiffusion(sitk.GetImageFromArray(v.astype(np.float32)), step, times, 1, 1)
            assert np.abs(sitk.GetArrayFromImage(peer) - (v + step * change)).max() < 1e-6 * np.abs(v).max()
        v = v + step * change
    return v


def hessian(v, sigma, rank):
    v = v.astype(np.float64)
    matrix = np.empty(v.shape + (3, 3))
    for a, b in itertools.product(range(3), range(3)):
        orders = [(k == a) + (k == b) for k in range(3)]
        matrix[..., a, b] = ndi.gaussian_filter(v, sigma, order=orders)
    return np.linalg.eigvalsh(matrix)[..., rank]


def sheetness(v, sigmas, sign):
    """Sheets of Sato et al. (2000) with gamma 1 and alpha 1/4, by numpy from the definition."""
    largest = np.zeros(v.shape)
    for sigma in sigmas:
        least, middle, across = (sigma**2 * sign * hessian(v, sigma, rank) for rank in ((0, 1, 2) if sign > 0 else (2, 1, 0)))

        def weight(along):
            ratio = along / np.maximum(across, 1e-300)
            return np.where(ratio >= 0, 1 - ratio, np.maximum(0, 1 + ratio / 4))

        largest = np.maximum(largest, np.where(across > 0, across * weight(middle) * weight(least), 0))
    return largest


def structure(v, sigma, rho, rank):
    """Of scikit-image with Sobel's operator (sigma None), whose weights sum to 32, else with derivatives of a Gaussian. The grey
    values are reflected far beyond the borders, so that they and not the products go on there."""
    pad = 24
    wide = np.pad(v.astype(np.float64), pad, mode="symmetric")
    if sigma is None:
        tensor = [entry / 32**2 for entry in skimage.feature.structure_tensor(wide, rho, mode="reflect", order="rc")]
    else:
        along = [ndi.gaussian_filter(wide, sigma, order=[int(k == axis) for k in range(3)]) for axis in range(3)]
        tensor = [ndi.gaussian_filter(along[a] * along[b], rho) for a, b in itertools.combinations_with_replacement(range(3), 2)]
    inner = (slice(pad, -pad),) * 3
    matrix = np.empty(v.shape + (3, 3))
    for entry, (a, b) in zip(tensor, itertools.combinations_with_replacement(range(3), 2)):
        matrix[..., a, b] = matrix[..., b, a] = entry[inner]
    values = np.linalg.eigvalsh(matrix)
    if rank is not None:
        return values[..., rank]
    spread = ((values - values.mean(-1, keepdims=True)) ** 2).sum(-1)
    return np.sqrt(1.5 * spread / (values**2).sum(-1))


INPUTS = {
    "g8": g8,
    "i8": (g8.astype(np.int16) - 128).astype(np.int8),
    "g16": g16,
    "i16": (g16.astype(np.int32) - 25000).astype(np.int16),
    "u32": g16.astype(np.uint32) * np.uint32(65537),
    "i32": (g16.astype(np.int64) * 65537 - 2**30).astype(np.int32),
    "f32": (g16.astype(np.float32) - np.float32(25000)) / np.float32(7),
}
CASES = {
    "median box 1": ("median", {"shape": "box", "radius": 1}, list(INPUTS), lambda v: ndi.median_filter(v, 3)),
    "median box 2": ("median", {"shape": "box", "radius": 2}, ["g8", "g16", "f32"], lambda v: ndi.median_filter(v, 5)),
    "median box 3": ("median", {"shape": "box", "radius": 3}, ["g8", "i16"], lambda v: ndi.median_filter(v, 7)),
    **{
        f"median ball {r}": (
            "median", {"radius": r}, kinds, lambda v, r=r: ndi.median_filter(v, footprint=ball(r)),
        )
        for r, kinds in ((1, list(INPUTS)), (2, list(INPUTS)), (3, ["g8", "g16", "f32"]), (5, ["g8", "g16", "i32"]))
    },
    "gaussian 2": (
        "gaussian", {"sigma": 2, "dtype": "float32"}, ["g8", "i8", "g16", "i16", "f32"],
        lambda v: ndi.gaussian_filter(v, 2, output=np.float64),
    ),
    "gaussian 0.7 1.5 3": (
        "gaussian", {"sigma": [0.7, 1.5, 3], "dtype": "float32"}, ["g8", "f32"],
        lambda v: ndi.gaussian_filter(v, (0.7, 1.5, 3), output=np.float64),
    ),
    "mean box 1": ("mean", {"dtype": "float32"}, list(INPUTS), lambda v: ndi.uniform_filter(v, 3, output=np.float64)),
    "mean box 1 rounded": (
        "mean", {}, ["g8", "i8", "g16", "i16"],
        lambda v: np.rint(ndi.uniform_filter(v, 3, output=np.float64)).astype(v.dtype),
    ),
    "mean box 2 1 4": (
        "mean", {"radius": [2, 1, 4], "dtype": "float32"}, ["g8", "f32"],
        lambda v: ndi.uniform_filter(v, (5, 3, 9), output=np.float64),
    ),
    "mean ball 3": (
        "mean", {"radius": 3, "shape": "ball", "dtype": "float32"}, ["g8", "f32"],
        lambda v: ndi.convolve(v.astype(np.float64), ball(3) / ball(3).sum()),
    ),
    "minimum box 1": ("minimum", {}, list(INPUTS), lambda v: ndi.minimum_filter(v, 3)),
    "maximum box 1": ("maximum", {}, list(INPUTS), lambda v: ndi.maximum_filter(v, 3)),
    "minimum box 3 0 2": ("minimum", {"radius": [3, 0, 2]}, ["g8", "f32"], lambda v: ndi.minimum_filter(v, (7, 1, 5))),
    "maximum ball 4": (
        "maximum", {"radius": 4, "shape": "ball"}, ["g8", "i16", "f32"], lambda v: ndi.maximum_filter(v, footprint=ball(4)),
    ),
    "local deviation 1": ("localDeviation", {}, list(INPUTS), lambda v: deviation(v, 3)),
    "local deviation 3": ("localDeviation", {"radius": 3}, ["g8", "g16"], lambda v: deviation(v, 7)),
    "percentile 25 box 1": (
        "percentile", {"percentage": 25, "shape": "box"}, list(INPUTS), lambda v: ndi.percentile_filter(v, 25, 3),
    ),
    "percentile 90 ball 3": (
        "percentile", {"percentage": 90, "radius": 3}, ["g8", "g16", "f32"],
        lambda v: ndi.percentile_filter(v, 90, footprint=ball(3)),
    ),
    # Its borders cut the neighbourhood off.
    "mode box 1": ("mode", {}, ["g8"], lambda v: rank.modal(v, np.ones((3, 3, 3), np.uint8)), 1),
    "mode ball 2": ("mode", {"radius": 2, "shape": "ball"}, ["g8"], lambda v: rank.modal(v, ball(2).astype(np.uint8)), 2),
    "non-local means 3 3": (
        "nonLocalMeans", {"patch": 2, "strength": 11 * (27 / 8) ** 0.5, "noise": 14, "dtype": "float32"}, ["g8"],
        lambda v: non_local_means(v, True), 5,
    ),
    "non-local means 3 3, exact": (
        "nonLocalMeans", {"method": "exact", "strength": 11, "noise": 14, "dtype": "float32"}, ["g8"],
        lambda v: non_local_means(v, False), 5,
    ),
    "gradient magnitude 1": (
        "gradientMagnitude", {}, ["g8", "i16", "f32"], lambda v: ndi.gaussian_gradient_magnitude(v, 1, output=np.float64),
    ),
    "gradient magnitude 0.5 2 1": (
        "gradientMagnitude", {"sigma": [0.5, 2, 1]}, ["g8"],
        lambda v: ndi.gaussian_gradient_magnitude(v, (0.5, 2, 1), output=np.float64),
    ),
    "gradient magnitude by Sobel": (
        "gradientMagnitude", {"method": "sobel"}, ["g8", "i8", "g16", "f32"],
        lambda v: ndi.generic_gradient_magnitude(v, ndi.sobel, output=np.float64) / 32,
    ),
    "Laplacian": ("laplacianOfGaussian", {"sigma": 0}, ["g8", "f32"], lambda v: ndi.laplace(v, output=np.float64)),
    "Laplacian of Gaussian 1": (
        "laplacianOfGaussian", {}, ["g8", "g16"], lambda v: ndi.gaussian_laplace(v, 1, output=np.float64),
    ),
    "Laplacian of Gaussian 2 1 0.5": (
        "laplacianOfGaussian", {"sigma": [2, 1, 0.5]}, ["g8"],
        lambda v: ndi.gaussian_laplace(v, (2, 1, 0.5), output=np.float64),
    ),
    "difference of Gaussians 1 3": (
        "differenceOfGaussians", {"low": 1, "high": 3}, ["g8"],
        lambda v: filters.difference_of_gaussians(v.astype(np.float64), 1, 3, mode="reflect"),
    ),
    "unsharp mask 2": (
        "unsharpMask", {"sigma": 2, "dtype": "float32"}, ["g8", "f32"],
        lambda v: filters.unsharp_mask(v.astype(np.float64), radius=2, amount=1, preserve_range=True),
    ),
    "unsharp mask 1 of amount 3": (
        "unsharpMask", {"amount": 3, "dtype": "float32"}, ["i16"],
        lambda v: filters.unsharp_mask(v.astype(np.float64), radius=1, amount=3, preserve_range=True),
    ),
    "gaussian 1 with the nearest voxel around": (
        "gaussian", {"sigma": 1, "border": "nearest", "dtype": "float32"}, ["g8"],
        lambda v: ndi.gaussian_filter(v, 1, output=np.float64, mode="nearest"),
    ),
    "mean box 2 of a periodic volume": (
        "mean", {"radius": 2, "border": "wrap", "dtype": "float32"}, ["g8"],
        lambda v: ndi.uniform_filter(v, 5, output=np.float64, mode="grid-wrap"),
    ),
    "maximum box 2 in a dark frame": (
        "maximum", {"radius": 2, "border": {"constant": 100}}, ["g8"],
        lambda v: ndi.maximum_filter(v, 5, mode="constant", cval=100),
    ),
    "anisotropic diffusion, relative edge": (
        "anisotropicDiffusion", {"edge": {"relative": 3 * 2**0.5}, "dtype": "float32"}, ["g8", "f32"],
        lambda v: itk_diffusion(v, "GradientAnisotropicDiffusion", 3 * 2**0.5),
    ),
    "anisotropic diffusion by curvature": (
        "anisotropicDiffusion", {"edge": {"relative": 2}, "method": "curvature", "dtype": "float32"}, ["g8"],
        lambda v: itk_diffusion(v, "CurvatureAnisotropicDiffusion", 2),
    ),
    "anisotropic diffusion, edge in grey values": (
        "anisotropicDiffusion", {"edge": 40, "iterations": 8, "timeStep": 0.1, "dtype": "float32"}, ["g8"],
        lambda v: diffusion(v, 40, 8, 0.1, "exponential"),
    ),
    "anisotropic diffusion, reciprocal": (
        "anisotropicDiffusion", {"edge": 5000, "conductance": "reciprocal", "iterations": 3, "timeStep": 0.15, "dtype": "float32"},
        ["g16", "i16"], lambda v: diffusion(v, 5000, 3, 0.15, "reciprocal"),
    ),
    **{
        f"{which} eigenvalue of the Hessian": (
            "hessianEigenvalues", {"which": which, "sigma": [1, 1.5, 0.7]}, ["g8", "f32"],
            lambda v, rank=rank: hessian(v, (1, 1.5, 0.7), rank),
        )
        for rank, which in enumerate(("smallest", "middle", "largest"))
    },
    "dark sheets": ("sheetness", {}, ["g8", "f32"], lambda v: sheetness(v, (0.7, 1, 1.5, 2), 1)),
    "bright sheets": ("sheetness", {"of": "bright", "sigma": 1.2}, ["g8", "i16"], lambda v: sheetness(v, (1.2,), -1)),
    **{
        f"{which} of the structure tensor by Sobel": (
            "structureTensor", {"which": which, "method": "sobel", "rho": 1.5}, ["g8"],
            lambda v, rank=rank: structure(v, None, 1.5, rank),
        )
        for rank, which in ((0, "smallest"), (1, "middle"), (2, "largest"), (None, "anisotropy"))
    },
    "structure tensor": (
        "structureTensor", {"sigma": 0.8, "rho": [1, 2, 0.5]}, ["g8", "i16"], lambda v: structure(v, 0.8, (1, 2, 0.5), 2),
    ),
    "gaussian 0 0 2.5": (
        "gaussian", {"sigma": [0, 0, 2.5], "dtype": "float32"}, ["g16"],
        lambda v: ndi.gaussian_filter(v, (0, 0, 2.5), output=np.float64),
    ),
}



def described(out, inner):
    centre = out[inner, inner, inner].astype(np.float64)
    whole = out.ravel()[PROBES].astype(np.float64)
    return {
        "mean": float(centre.mean()),
        "deviation": float(centre.std()),
        "probes": whole.tolist(),
        "largest": float(np.abs(out.astype(np.float64)).max()),
    }


EXACT = {"median", "minimum", "maximum", "percentile", "mode"}
values = []
for name, (function, options, inputs, expected, *margin) in CASES.items():
    for kind in inputs:
        out = expected(INPUTS[kind])
        inner = slice(*margin, -margin[0]) if margin else slice(None)
        entry = {"name": f"{name} of {kind}", "function": function, "options": options, "input": kind}
        entry |= {"exact": function in EXACT or out.dtype.kind in "iu"} | ({"margin": margin[0]} if margin else {})
        if out.dtype.kind in "iu" and not margin:
            entry |= {"crc32": zlib.crc32(out.tobytes()), "sum": int(out.astype(object).sum())}
        values.append(entry | described(out, inner))
versions = {"scipy": scipy.__version__, "numpy": np.__version__, "scikit-image": skimage.__version__, "SimpleITK": sitk.Version.VersionString()}
print(json.dumps({"versions": versions, "values": values}, indent=1))
