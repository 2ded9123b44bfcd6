"""One peer of the benchmark, in its own process:

    python peers.py OPERATION PEER INPUT SHAPE DTYPE OUTPUT

reads raw voxels, times the call (best of up to three, fewer once ten seconds are spent; threaded peers with each number of
threads that may be their best), writes the output as raw voxels, and prints {"seconds": …, "dtype": …}.
"""

import json
import os
import sys
import time

import numpy as np

operation, peer, path, shape, dtype, output = sys.argv[1:7]
g = np.fromfile(path, dtype).reshape([int(n) for n in shape.split(",")]) if os.path.getsize(path) else None
THREADS = sorted({1, os.cpu_count() or 1})


# Operations whose SimpleITK filter gives its input's type, where the others give floats.
IN_FLOAT = {"gaussian_s2", "mean_box_1", "gradient_magnitude_s1", "unsharp_s2", "anisotropic_diffusion", "anisotropic_diffusion_once", "curvature_diffusion"}


def ball(r):
    a = np.arange(-r, r + 1)
    return a[:, None, None] ** 2 + a[None, :, None] ** 2 + a[None, None, :] ** 2 <= r * r


def itk(call):
    """A SimpleITK call on the image, once for each number of threads; the image is made outside the clock."""
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(g.astype(np.float32) if operation in IN_FLOAT else g)

    def with_threads(n):
        def run():
            sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(n)
            return call(sitk, image)

        return run

    return [with_threads(n) for n in THREADS], sitk.GetArrayFromImage


def plain(call, output=np.asarray):
    return [call], output


def median(r):
    from scipy import ndimage as ndi

    if peer == "scipy.ndimage":
        return plain(lambda: ndi.median_filter(g, 2 * r + 1))
    if peer == "SimpleITK":
        return itk(lambda sitk, image: sitk.Median(image, [r] * 3))
    from skimage.filters import rank

    cube = np.ones((2 * r + 1,) * 3, np.uint8)
    return plain(lambda: rank.median(g, cube))


def median_ball(r):
    if peer == "scipy.ndimage":
        from scipy import ndimage as ndi

        return plain(lambda: ndi.median_filter(g, footprint=ball(r)))
    from skimage.filters import rank

    return plain(lambda: rank.median(g, ball(r).astype(np.uint8)))


def gaussian(sigma):
    if peer == "scipy.ndimage":
        from scipy import ndimage as ndi

        return plain(lambda: ndi.gaussian_filter(g, sigma, output=np.float32))
    if peer == "scikit-image":
        from skimage.filters import gaussian as blur

        # Its "mirror" is our reflection without, its "reflect" with the edge voxel.
        return plain(lambda: blur(g, sigma, mode="reflect", preserve_range=True), lambda a: a.astype(np.float32))
    return itk(lambda sitk, image: sitk.SmoothingRecursiveGaussian(image, float(sigma)))


def mean(r):
    if peer == "SimpleITK":
        return itk(lambda sitk, image: sitk.Mean(image, [r] * 3))
    from scipy import ndimage as ndi

    return plain(lambda: ndi.uniform_filter(g, 2 * r + 1, output=np.float32))


def extreme(name, r):
    if peer == "SimpleITK":
        # The grey morphology of ITK, by its fastest algorithm for a box.
        filters = {"minimum": "GrayscaleErode", "maximum": "GrayscaleDilate"}
        return itk(lambda sitk, image: getattr(sitk, filters[name])(image, [r] * 3, sitk.sitkBox))
    from scipy import ndimage as ndi

    return plain(lambda: getattr(ndi, f"{name}_filter")(g, 2 * r + 1))


def deviation(r):
    from scipy import ndimage as ndi

    def call():
        v = g.astype(np.float64)
        mean = ndi.uniform_filter(v, 2 * r + 1)
        return np.sqrt(np.maximum(ndi.uniform_filter(v * v, 2 * r + 1) - mean * mean, 0))

    return plain(call, lambda a: a.astype(np.float32))


def sobel():
    from scipy import ndimage as ndi

    # Its weights do not sum to one; ours do.
    return plain(lambda: ndi.generic_gradient_magnitude(g, ndi.sobel, output=np.float32), lambda a: a / 32)


def gradient(sigma):
    if peer == "SimpleITK":
        return itk(lambda sitk, image: sitk.GradientMagnitudeRecursiveGaussian(image, float(sigma)))
    from scipy import ndimage as ndi

    return plain(lambda: ndi.gaussian_gradient_magnitude(g, sigma, output=np.float32))


def laplacian(sigma):
    from scipy import ndimage as ndi

    return plain(lambda: ndi.gaussian_laplace(g, sigma, output=np.float32))


def difference(low):
    from skimage import filters

    v = g.astype(np.float32)
    return plain(lambda: filters.difference_of_gaussians(v, low, mode="reflect"))


def unsharp(sigma):
    if peer == "SimpleITK":
        return itk(lambda sitk, image: sitk.UnsharpMask(image, [sigma] * 3, 1.0, 0.0))
    from skimage import filters

    call = lambda: filters.unsharp_mask(g, radius=sigma, amount=1, preserve_range=True)
    return plain(call, lambda a: a.astype(np.float32))


def mode(array):
    from skimage.filters import rank

    return plain(lambda: rank.modal(array(), np.ones((3, 3, 3), np.uint8)))


def non_local_means():
    from skimage.restoration import denoise_nl_means

    v = g.astype(np.float32)
    return plain(lambda: denoise_nl_means(v, patch_size=3, patch_distance=3, h=11.0, fast_mode=True, sigma=14.0))


def diffusion(name, every=1):
    return itk(lambda sitk, image: getattr(sitk, name)(image, 0.0625, 3.0, every, 5))


def hessian(sigma):
    if peer == "scikit-image":
        from skimage.feature import hessian_matrix, hessian_matrix_eigvals

        def call():
            matrix = hessian_matrix(g.astype(np.float32), sigma, mode="reflect", order="rc", use_gaussian_derivatives=True)
            return hessian_matrix_eigvals(matrix)[0]

        return plain(call, lambda a: a.astype(np.float32))
    from itertools import combinations_with_replacement

    from scipy import ndimage as ndi

    def by_numpy():
        matrix = np.empty(g.shape + (3, 3), np.float32)
        for a, b in combinations_with_replacement(range(3), 2):
            orders = [(k == a) + (k == b) for k in range(3)]
            matrix[..., a, b] = matrix[..., b, a] = ndi.gaussian_filter(g, sigma, order=orders, output=np.float32)
        return np.linalg.eigvalsh(matrix)[..., 2]

    return plain(by_numpy)


def sheets(sigmas):
    from itertools import combinations_with_replacement

    from scipy import ndimage as ndi

    def weight(along, across):
        ratio = along / np.maximum(across, 1e-30)
        return np.where(ratio >= 0, 1 - ratio, np.maximum(0, 1 + ratio / 4))

    def call():
        largest = np.zeros(g.shape, np.float32)
        for sigma in sigmas:
            matrix = np.empty(g.shape + (3, 3), np.float32)
            for a, b in combinations_with_replacement(range(3), 2):
                orders = [(k == a) + (k == b) for k in range(3)]
                matrix[..., a, b] = matrix[..., b, a] = ndi.gaussian_filter(g, sigma, order=orders, output=np.float32)
            least, middle, across = np.moveaxis(sigma**2 * np.linalg.eigvalsh(matrix), -1, 0)
            found = across * weight(middle, across) * weight(least, across)
            largest = np.maximum(largest, np.where(across > 0, found, 0))
        return largest

    return plain(call)


def faces():
    labels = np.digitize(g, (85, 142), right=True).astype(np.uint8)

    def call():
        counts = np.zeros((3, 3))
        for axis in range(3):
            one, other = labels.take(range(0, labels.shape[axis] - 1), axis), labels.take(range(1, labels.shape[axis]), axis)
            counts += np.bincount(3 * one.ravel().astype(np.intp) + other.ravel(), minlength=9).reshape(3, 3)
        return np.array([counts[a, b] + counts[b, a] for a, b in ((0, 1), (0, 2), (1, 2))])

    return plain(call)


def structure(rho):
    from skimage.feature import structure_tensor, structure_tensor_eigenvalues

    # Its weights do not sum to one; ours do.
    call = lambda: structure_tensor_eigenvalues(structure_tensor(g.astype(np.float32), rho, mode="reflect", order="rc"))[0]
    return plain(call, lambda a: (a / 32**2).astype(np.float32))


def histogram(bins):
    if peer == "numpy.bincount":
        return plain(lambda: np.bincount(g.ravel(), minlength=bins), lambda a: a.astype(np.float64))
    return plain(lambda: np.histogram(g, bins, (0, bins))[0], lambda a: a.astype(np.float64))


def thresholds(count):
    if peer == "scikit-image":
        from skimage import filters

        call = filters.threshold_otsu if count == 1 else lambda a: filters.threshold_multiotsu(a, count + 1)
        return plain(lambda: call(g), lambda a: np.atleast_1d(a).astype(np.float64))
    if count == 1:
        def one(sitk, image):
            otsu = sitk.OtsuThresholdImageFilter()
            otsu.SetNumberOfHistogramBins(256)
            otsu.Execute(image)
            return [otsu.GetThreshold()]

        calls, _ = itk(one)
        return calls, lambda a: np.asarray(a, np.float64)

    def several(sitk, image):
        otsu = sitk.OtsuMultipleThresholdsImageFilter()
        otsu.SetNumberOfThresholds(count)
        otsu.SetNumberOfHistogramBins(256)
        otsu.Execute(image)
        return otsu.GetThresholds()

    calls, _ = itk(several)
    return calls, lambda a: np.asarray(a, np.float64)


def threshold_of(name):
    from skimage import filters

    call = getattr(filters, f"threshold_{name}")
    return plain(lambda: call(g), lambda a: np.atleast_1d(a).astype(np.float64))


def entropy():
    def call(sitk, image):
        kapur = sitk.MaximumEntropyThresholdImageFilter()
        kapur.SetNumberOfHistogramBins(256)
        kapur.Execute(image)
        return [kapur.GetThreshold()]

    calls, _ = itk(call)
    return calls, lambda a: np.asarray(a, np.float64)


def clusters(classes):
    from sklearn.cluster import KMeans

    values = g.reshape(-1, 1).astype(np.float32)
    call = lambda: KMeans(classes, n_init=1, random_state=7, tol=0).fit(values).cluster_centers_
    return plain(call, lambda a: np.sort(a.ravel()).astype(np.float64))


def mixture(classes):
    from sklearn.mixture import GaussianMixture

    values = g.reshape(-1, 1).astype(np.float32)
    call = lambda: GaussianMixture(classes, tol=1e-3, reg_covar=0, random_state=7).fit(values).means_
    return plain(call, lambda a: np.sort(a.ravel()).astype(np.float64))


def local_threshold(method, window):
    from skimage import filters

    # At the borders threshold_sauvola and threshold_niblack mirror, as ours is asked to do.
    if method == "mean":
        return plain(lambda: (g > filters.threshold_local(g, window, method)).view(np.uint8))
    call = getattr(filters, f"threshold_{method}")
    return plain(lambda: (g > call(g, window, k=0.2)).view(np.uint8))


def labels(*limits):
    if peer == "numpy.digitize":
        return plain(lambda: np.digitize(g, limits, right=True), lambda a: a.astype(np.uint8))
    return plain(lambda: sum((g > limit).view(np.uint8) for limit in limits))


def downsample():
    from skimage.transform import downscale_local_mean

    return plain(lambda: downscale_local_mean(g, (2, 2, 2)), lambda a: a.astype(np.float32))


def affine():
    from scipy import ndimage as ndi

    c, s = np.cos(0.05), np.sin(0.05)
    turned = [[1, 0, 0], [0, c, -s], [0, s, c]]
    return plain(lambda: ndi.affine_transform(g, turned, offset=[1.4, 3.0, -2.0], order=1, output=np.float32))


def percentile(percentage, r):
    from scipy import ndimage as ndi

    return plain(lambda: ndi.percentile_filter(g, percentage, 2 * r + 1))


def resample(scale):
    from skimage.transform import resize

    shape = [round(n * scale) for n in g.shape]
    options = dict(order=1, mode="symmetric", anti_aliasing=False, preserve_range=True)
    return plain(lambda: resize(g, shape, **options), lambda a: a.astype(np.float32))


def rotate(angle):
    from scipy import ndimage as ndi

    return plain(lambda: ndi.rotate(g, angle, (1, 2), reshape=False, order=1, mode="reflect", output=np.float32))


def crop(part):
    box = tuple(slice(n // part, n - n // part) for n in g.shape)
    return plain(lambda: g[box].copy())


def convert(low, high):
    return plain(lambda: np.rint(np.clip((g - np.float64(low)) / (high - low), 0, 1) * 255).astype(np.uint8))


def read_tiff():
    import tifffile

    name = path.replace(".raw", ".tif")
    return plain(lambda: tifffile.imread(name))


def stripe_sorting():
    from algotom.prep.removal import remove_stripe_based_sorting

    return plain(lambda: np.stack([remove_stripe_based_sorting(g[:, y], 21) for y in range(g.shape[1])], 1).astype(np.float32))


def back_projection():
    from skimage.transform import iradon

    angles = np.arange(g.shape[0]) * 180 / g.shape[0]
    return plain(lambda: np.stack([iradon(g[:, y].T, angles, filter_name="ramp") for y in range(g.shape[1])]))


def binary(name, r):
    """Erosion, opening and closing of a mask by a ball."""
    mask = g > 0
    if peer == "scipy.ndimage":
        from scipy import ndimage as ndi

        return plain(lambda: getattr(ndi, f"binary_{name}")(mask, ball(r)), lambda out: out.astype(np.uint8))
    from skimage import morphology

    return plain(lambda: getattr(morphology, name)(mask, ball(r)), lambda out: out.astype(np.uint8))


def components(connectivity):
    def sizes_at(labels):
        counts = np.bincount(labels.ravel())
        counts[0] = 0
        return counts[labels].astype(np.int32)

    if peer == "cc3d":
        import cc3d

        return plain(
            lambda: cc3d.connected_components(g, connectivity=connectivity, binary_image=True, out_dtype=np.uint32),
            sizes_at,
        )
    from scipy import ndimage as ndi

    structure = ndi.generate_binary_structure(3, {6: 1, 26: 3}[connectivity])
    return plain(lambda: ndi.label(g, structure)[0], sizes_at)


def surface_area():
    from skimage.measure import marching_cubes, mesh_surface_area

    pore = (g == 0).astype(np.uint8)

    def run():
        vertices, faces, _, _ = marching_cubes(pore, 0.5)
        return mesh_surface_area(vertices, faces)

    return plain(run, lambda area: np.array([area], np.float64))


def surface_gradient():
    """TauFactor's default method, with the Gaussian of its later versions, by scipy."""
    from scipy import ndimage as ndi

    a = np.exp(-0.5 * (np.array([-1, 0, 1]) / 0.8) ** 2)
    a /= a.sum()

    def run():
        areas = []
        for phase in range(3):
            f = (g == phase).astype(np.float32)
            for axis in range(3):
                f = ndi.correlate1d(f, a, axis, mode="nearest")
            areas.append(np.sqrt(sum(d * d for d in np.gradient(f))).sum(dtype=np.float64))
        return areas

    return plain(run)


def triple_phase_boundary():
    if peer == "TauFactor":
        from taufactor.metrics import triple_phase_boundary as boundary

        labels = g.astype(np.int32)
        return plain(lambda: boundary(labels), lambda found: np.array([float(found)]))
    bits = (1 << g).astype(np.uint8)

    def run():
        met = edges = 0
        for axis in range(3):
            b = np.moveaxis(bits, axis, 0)
            four = b[:, :-1, :-1] | b[:, 1:, :-1] | b[:, :-1, 1:] | b[:, 1:, 1:]
            met += np.count_nonzero(four == 7)
            edges += four.size
        return met / edges

    return plain(run, lambda found: np.array([found]))


def euler_number():
    from skimage.measure import euler_number as euler

    pore = g == 0
    return plain(lambda: euler(pore, connectivity=1), lambda found: np.array([found], np.float64))


def particle_voxels():
    import cc3d

    return plain(lambda: cc3d.statistics(g), lambda found: found["voxel_counts"][1:].astype(np.float64))


def particle_shapes():
    signed = g.astype(np.int32)
    if peer == "PoreSpy":
        ps = porespy()

        def run():
            # What it has not been asked for it does not compute.
            return [(one.label, one.volume, one.surface_area, one.sphericity) for one in ps.metrics.regionprops_3D(signed)]

        return plain(run, lambda found: np.array([one[1] for one in found], np.float64))
    from skimage.measure import marching_cubes, mesh_surface_area, regionprops

    def surfaces():
        found = []
        for one in regionprops(signed):
            vertices, faces, _, _ = marching_cubes(np.pad(one.image, 1).astype(np.uint8), 0.5)
            found.append((one.area, one.inertia_tensor_eigvals, mesh_surface_area(vertices, faces)))
        return found

    return plain(surfaces, lambda found: np.array([one[0] for one in found], np.float64))


def label_statistics():
    if peer == "cc3d":
        import cc3d

        def columns(found):
            boxes = found["bounding_boxes"][1:]
            starts = [[box[k].start for box in boxes] for k in range(3)]
            stops = [[box[k].stop for box in boxes] for k in range(3)]
            return np.concatenate([found["voxel_counts"][1:], *starts, *stops, *found["centroids"][1:].T]).astype(np.float64)

        return plain(lambda: cc3d.statistics(g), columns)
    from skimage.measure import regionprops_table

    names = ["area", *(f"bbox-{k}" for k in range(6)), *(f"centroid-{k}" for k in range(3))]
    signed = g.astype(np.int32)
    return plain(
        lambda: regionprops_table(signed, properties=["area", "bbox", "centroid"]),
        lambda found: np.concatenate([found[name] for name in names]).astype(np.float64),
    )


def fill_holes():
    if peer == "SimpleITK":
        return itk(lambda sitk, image: sitk.BinaryFillhole(image, fullyConnected=False, foregroundValue=1))
    from scipy import ndimage as ndi

    return plain(lambda: ndi.binary_fill_holes(g), lambda out: out.astype(np.uint8))


def remove_small():
    if peer == "cc3d":
        import cc3d

        return plain(lambda: cc3d.dust(g, threshold=200, connectivity=6))
    from skimage import morphology

    mask = g > 0
    return plain(lambda: morphology.remove_small_objects(mask, 200), lambda out: out.astype(np.uint8))


def distances():
    if peer == "edt":
        import edt

        return plain(lambda: edt.edt(g, parallel=os.cpu_count()))
    from scipy import ndimage as ndi

    return plain(lambda: ndi.distance_transform_edt(g).astype(np.float32))


def skeleton():
    from skimage.morphology import skeletonize

    return plain(lambda: skeletonize(g, method="lee"), lambda out: np.array([(out > 0).sum()], np.float64))


def watershed():
    from scipy import ndimage as ndi
    from skimage.segmentation import watershed

    peaks = (ndi.maximum_filter(g, size=9) == g) & (g > 3)
    markers, depth, mask = ndi.label(peaks, np.ones((3, 3, 3)))[0], -g, g > 0
    return plain(lambda: watershed(depth, markers, mask=mask), lambda out: out.astype(np.int32))
def multiscale_features():
    from skimage.feature import multiscale_basic_features

    return multiscale_basic_features(g, sigma_min=1, sigma_max=4)


def forest():
    """Of features that are there already; what is compared is the share of right labels."""
    from sklearn.ensemble import RandomForestClassifier

    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "golden", "make"))
    import reference_volume as reference

    n = len(g)
    phases, stack = reference.phases(n), multiscale_features()
    slices, features = [n // 4, 3 * n // 4], stack.shape[-1]

    def call():
        trees = RandomForestClassifier(n_estimators=50, max_depth=10, random_state=7, n_jobs=-1)
        trees.fit(stack[slices].reshape(-1, features), phases[slices].ravel())
        return trees.predict(stack.reshape(-1, features))

    return plain(call, lambda labels: np.array([(labels == phases.ravel()).mean()]))


def graph_cuts(means, deviations):
    """Labels of the Potts model of test/golden/make/markov.py; what is compared is their energy."""
    import maxflow
    from maxflow import fastmin

    unit = 2.0**-12
    weight = round(1 / unit)

    def costs():
        each = [
            np.rint((g - np.float64(m)) ** 2 * (1 / (2 * s**2) / unit) + (np.log(s) + np.log(2 * np.pi) / 2) / unit)
            for m, s in zip(means, deviations)
        ]
        return np.stack(each, -1)

    def two():
        data = costs()
        graph = maxflow.Graph[float]()
        nodes = graph.add_grid_nodes(g.shape)
        graph.add_grid_edges(nodes, weight, symmetric=True)
        graph.add_grid_tedges(nodes, data[..., 1], data[..., 0])
        graph.maxflow()
        return graph.get_grid_segments(nodes)

    def several():
        data = costs()
        return fastmin.aexpansion_grid(
            data - data.min(), weight * (1.0 - np.eye(len(means))), labels=data.argmin(-1)
        )

    def energy(labels):
        labels = np.asarray(labels, np.int64)
        pairs = sum(int((np.diff(labels, axis=k) != 0).sum()) for k in range(3))
        data = np.take_along_axis(costs(), labels[..., None], -1).sum()
        return np.array([(data + weight * pairs) * unit])

    return plain(two if len(means) == 2 else several, energy)


def contour(kind):
    from skimage.segmentation import morphsnakes

    above = np.fromfile(os.path.join(os.path.dirname(path), f"u8-{g.shape[0]}.raw"), np.uint8).reshape(g.shape) > 120
    # In float32 scikit-image adds gradients up in float32.
    image = g.astype(np.float64) if kind == "geodesic" else g

    def call():
        # Its curvature operators come by turns, counted on from call to call.
        morphsnakes._curvop.funcs = morphsnakes.cycle(
            [
                lambda u: morphsnakes.sup_inf(morphsnakes.inf_sup(u)),
                lambda u: morphsnakes.inf_sup(morphsnakes.sup_inf(u)),
            ]
        )
        if kind == "geodesic":
            return morphsnakes.morphological_geodesic_active_contour(image, 10, above, balloon=1, threshold=0.3)
        return morphsnakes.morphological_chan_vese(image, 10, init_level_set=above)

    return plain(call, lambda out: out.astype(np.uint8))


def maxima(name):
    from skimage import morphology

    if name == "reconstruction":
        lower = np.clip(g.astype(int) - 40, 0, 255).astype(np.uint8)
        return plain(lambda: morphology.reconstruction(lower, g), lambda out: out.astype(np.uint8))
    if name == "h_maxima":
        return plain(lambda: morphology.h_maxima(g, 1.0), lambda out: out.astype(np.uint8))
    return plain(lambda: morphology.local_maxima(g), lambda out: out.astype(np.uint8))


def porespy():
    """PoreSpy without its bars."""
    try:
        import porespy as ps
    except ModuleNotFoundError:
        sys.exit("skipped: PoreSpy is not installed in this environment (test/bench/requirements.txt)")
    ps.settings.tqdm["disable"] = True
    return ps


def tortuosity(phase, criterion):
    """Tortuosity factor of a phase along the first axis."""
    pores = (g == phase).astype(np.uint8)
    if peer == "PoreSpy":
        return plain(lambda: [porespy().simulations.tortuosity_fd(pores.astype(bool), axis=0).tortuosity])
    import types

    # It imports a function of notebooks, which is of no use here.
    for name in ("IPython", "IPython.display"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["IPython.display"].clear_output = lambda **_: None
    import taufactor

    def call():
        solver = taufactor.Solver(pores, device="cpu")
        solver.solve(verbose=False, conv_crit=criterion)
        return np.ravel(solver.tau).astype(np.float64)

    return plain(call)


def local_thickness():
    ps, pore = porespy(), g > 0
    method = peer.split()[-1]
    return plain(lambda: ps.filters.local_thickness(pore, method=method), lambda a: a.astype(np.float32))


def invaded():
    ps, pore = porespy(), g > 0
    # By default it takes all distances as radii, but rounds the distances that it compares with them down.
    whole = np.arange(int(min(g.shape)), 0, -1)
    return plain(lambda: ps.filters.porosimetry(pore, method="dt", sizes=whole), lambda a: a.astype(np.float32))


def chords():
    pore = g > 0

    def runs():
        found = []
        for axis in range(3):
            lines = np.ascontiguousarray(np.moveaxis(pore, axis, -1)).reshape(-1, pore.shape[axis]).astype(np.int8)
            ends = np.diff(np.pad(lines, ((0, 0), (1, 1))), axis=1).ravel()
            found.append(np.bincount(np.flatnonzero(ends == -1) - np.flatnonzero(ends == 1)))
        longest = max(map(len, found))
        return np.concatenate([np.pad(one, (0, longest - len(one)))[1:] for one in found]).astype(np.float64)

    if peer == "NumPy":
        return plain(runs)
    ps = porespy()

    def drawn():
        return ps.metrics.chord_counts(ps.filters.apply_chords(pore, spacing=1, axis=0, trim_edges=False))

    # It sees a quarter of the lines, so that what is compared is counted beside the clock, once its own lengths are those of these lines.
    def compared(lengths):
        some = np.zeros_like(pore)
        some[:, ::2, ::2] = pore[:, ::2, ::2]
        lines = np.moveaxis(some, 0, -1).reshape(-1, pore.shape[0]).astype(np.int8)
        ends = np.diff(np.pad(lines, ((0, 0), (1, 1))), axis=1).ravel()
        same = np.array_equal(np.sort(lengths), np.sort(np.flatnonzero(ends == -1) - np.flatnonzero(ends == 1)))
        return runs() if same else np.zeros(1)

    return plain(drawn, compared)


def pairs():
    pore = g > 0

    def call():
        found = []
        for axis in range(3):
            a, n = np.moveaxis(pore, axis, 0), pore.shape[axis]
            found += [np.count_nonzero(a[: n - lag] & a[lag:]) / (a[0].size * (n - lag)) for lag in range(n // 2 + 1)]
        return np.array(found)

    return plain(call)


def correlation():
    ps, pore = porespy(), g > 0
    edges = np.arange(0, min(g.shape) // 2 + 1)
    return plain(lambda: ps.metrics.two_point_correlation(pore, bins=edges), lambda found: np.asarray(found.probability_scaled))


def percolation():
    from scipy import ndimage as ndi

    def call():
        labels, count = ndi.label(g)
        low, high = np.zeros(count + 1, bool), np.zeros(count + 1, bool)
        low[labels[0]], high[labels[-1]] = True, True
        classes = (3 - low.astype(np.uint8) - high).astype(np.uint8)
        classes[0] = 0
        return classes[labels]

    return plain(call)


def snow_partitioning():
    ps = porespy()
    return plain(lambda: ps.filters.snow_partitioning(g > 0), lambda out: np.sort(np.bincount(out.regions.ravel())[1:]).astype(np.float64))


def snow2():
    ps = porespy()

    def figures(out):
        net = out.network
        means = [net[name].mean() for name in ("pore.inscribed_diameter", "throat.inscribed_diameter", "throat.total_length")]
        return np.array([len(net["pore.coords"]), len(net["throat.conns"]), *means])

    # Its chunks, the default, make other regions.
    return plain(lambda: ps.networks.snow2(g > 0, boundary_width=0, parallel_kw=None), figures)


OPERATIONS = {
    "tortuosity_1e-2": lambda: tortuosity(0, 1e-2),
    "tortuosity_1e-3": lambda: tortuosity(0, 1e-3),
    "chan_vese": lambda: contour("means"),
    "geodesic_contour": lambda: contour("geodesic"),
    "reconstruction": lambda: maxima("reconstruction"),
    "h_maxima": lambda: maxima("h_maxima"),
    "local_maxima": lambda: maxima("local_maxima"),
    "distances": distances,
    "skeleton": skeleton,
    "watershed": watershed,
    "erosion_1": lambda: binary("erosion", 1),
    "opening_3": lambda: binary("opening", 3),
    "closing_3": lambda: binary("closing", 3),
    "components_6": lambda: components(6),
    "components_26": lambda: components(26),
    "label_statistics": label_statistics,
    "snow_partitioning": snow_partitioning,
    "snow2": snow2,
    "surface_area": surface_area,
    "surface_gradient": surface_gradient,
    "triple_phase_boundary": triple_phase_boundary,
    "euler_number": euler_number,
    "particle_voxels": particle_voxels,
    "particle_shapes": particle_shapes,
    "fill_holes": fill_holes,
    "remove_small": remove_small,
    "median_box_1": lambda: median(1),
    "median_box_2": lambda: median(2),
    "median_ball_2": lambda: median_ball(2),
    "gaussian_s2": lambda: gaussian(2),
    "mean_box_1": lambda: mean(1),
    "minimum_box_1": lambda: extreme("minimum", 1),
    "maximum_box_1": lambda: extreme("maximum", 1),
    "deviation_box_1": lambda: deviation(1),
    "sobel": sobel,
    "gradient_magnitude_s1": lambda: gradient(1),
    "log_s1": lambda: laplacian(1),
    "dog_s1": lambda: difference(1),
    "unsharp_s2": lambda: unsharp(2),
    "mode_box_1": lambda: mode(lambda: g),
    "mode_of_labels": lambda: mode(lambda labels=np.digitize(g, (85, 142), right=True).astype(np.uint8): labels),
    "non_local_means": non_local_means,
    "anisotropic_diffusion": lambda: diffusion("GradientAnisotropicDiffusion"),
    "anisotropic_diffusion_once": lambda: diffusion("GradientAnisotropicDiffusion", 5),
    "curvature_diffusion": lambda: diffusion("CurvatureAnisotropicDiffusion"),
    "hessian_s2": lambda: hessian(2),
    "sheets_1_2": lambda: sheets((1, 2)),
    "faces": faces,
    "structure_s2": lambda: structure(2),
    "histogram_u8": lambda: histogram(256),
    "histogram_u16": lambda: histogram(65536),
    "otsu": lambda: thresholds(1),
    "multi_otsu_3": lambda: thresholds(2),
    "li": lambda: threshold_of("li"),
    "yen": lambda: threshold_of("yen"),
    "isodata": lambda: threshold_of("isodata"),
    "triangle": lambda: threshold_of("triangle"),
    "minimum_threshold": lambda: threshold_of("minimum"),
    "kapur": entropy,
    "k_means_3": lambda: clusters(3),
    "gaussian_mixture_3": lambda: mixture(3),
    "sauvola_25": lambda: local_threshold("sauvola", 25),
    "niblack_25": lambda: local_threshold("niblack", 25),
    "local_mean_35": lambda: local_threshold("mean", 35),
    "threshold": lambda: labels(85, 142),
    "downsample_2": downsample,
    "affine_linear": affine,
    "percentile_25_box_1": lambda: percentile(25, 1),
    "resample": lambda: resample(0.75),
    "rotate": lambda: rotate(20),
    "crop": lambda: crop(8),
    "normalise": lambda: plain(lambda: ((g - np.float64(9000)) / 31000).astype(np.float32)),
    "clip": lambda: plain(lambda: np.clip(g, 9000, 40000)),
    "convert": lambda: convert(9000, 40000),
    "open_tiff": read_tiff,
    "stripe_sorting": stripe_sorting,
    "back_projection": back_projection,
    "features_15": lambda: plain(multiscale_features, lambda a: a.mean((0, 1, 2), dtype=np.float64)),
    "forest": forest,
    "graph_cut_2": lambda: graph_cuts((75, 165), (30, 25)),
    "local_thickness": local_thickness,
    "porosimetry": invaded,
    "chords": chords,
    "pairs": pairs,
    "correlation": correlation,
    "percolation": percolation,
    "graph_cuts_3": lambda: graph_cuts((60, 105, 170), (20, 20, 20)),
}

calls, as_array = OPERATIONS[operation]()
best = float("inf")
for call in calls:
    spent = 0.0
    for _ in range(3):
        begin = time.perf_counter()
        out = call()
        took = time.perf_counter() - begin
        best, spent = min(best, took), spent + took
        if spent > 10:
            break
array = np.ascontiguousarray(as_array(out))
array.tofile(output)
print(json.dumps({"seconds": best, "dtype": str(array.dtype)}))
