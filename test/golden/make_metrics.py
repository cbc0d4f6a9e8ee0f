"""Writes test/golden/metrics.json: picture metrics by scikit-image and numpy, Frechet distances by scipy.

Run: python test/golden/make_metrics.py   (needs scikit-image, numpy and scipy)

{ versions,
  pairs: [{ size, real, shown: base64 of uint8 [size, size, 3], psnr, ssim, ssim_uniform, ciede2000, ciede2000_p95, ab_l2,
            auc, colorfulness, colorfulness_ratio }],
  sharma: [[L1, a1, b1, L2, a2, b2, dE00], ...] the 34 published pairs,
  frechet: [{ name, real, shown: [[...], ...] features, distance }] }
"""

import base64
import json
import pathlib

import numpy
import scipy
import scipy.linalg
import skimage
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

generator = numpy.random.default_rng(6)


def picture(size: int, roughness: float) -> numpy.ndarray:
    """Soft colors with edges and noise, uint8 [size, size, 3]."""
    y, x = numpy.mgrid[0:size, 0:size] / size
    waves = [numpy.sin(generator.uniform(2, 9) * x + generator.uniform(2, 9) * y + generator.uniform(0, 6)) for _ in range(3)]
    image = 128 + 70 * numpy.stack(waves, axis=2)
    image[size // 4 : size // 2, size // 3 :] += generator.uniform(-90, 90, 3)
    image += generator.normal(0, roughness, image.shape)
    return image.clip(0, 255).round().astype(numpy.uint8)


def colorfulness(rgb: numpy.ndarray) -> float:
    """Hasler and Suesstrunk 2003, equation of M3."""
    r, g, b = (rgb[..., channel].astype(float) for channel in range(3))
    rg, yb = r - g, (r + g) / 2 - b
    return float(numpy.hypot(rg.std(), yb.std()) + 0.3 * numpy.hypot(rg.mean(), yb.mean()))


def area_under_curve(distance: numpy.ndarray) -> float:
    """By definition: the share of pixels within a threshold, over thresholds up to 150 in fine steps."""
    thresholds = numpy.linspace(0, 150, 150_001)
    shares = numpy.searchsorted(numpy.sort(distance.ravel()), thresholds, side="right") / distance.size
    return float(numpy.trapezoid(shares, thresholds) / 150)


def measured(real: numpy.ndarray, shown: numpy.ndarray) -> dict:
    lab_real, lab_shown = rgb2lab(real), rgb2lab(shown)
    difference = deltaE_ciede2000(lab_real, lab_shown)
    distance = numpy.hypot(*(lab_real[..., channel] - lab_shown[..., channel] for channel in (1, 2)))
    gaussian = dict(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255, channel_axis=2)
    return {
        "psnr": float(peak_signal_noise_ratio(real, shown, data_range=255)),
        "ssim": float(structural_similarity(real, shown, **gaussian)),
        "ssim_uniform": float(structural_similarity(real, shown, channel_axis=2)),
        "ciede2000": float(difference.mean()),
        "ciede2000_p95": float(numpy.percentile(difference, 95)),
        "ab_l2": float(distance.mean()),
        "auc": area_under_curve(distance),
        "colorfulness": colorfulness(shown),
        "colorfulness_ratio": colorfulness(shown) / colorfulness(real),
    }


def pair(real: numpy.ndarray, shown: numpy.ndarray) -> dict:
    code = lambda image: base64.b64encode(image.tobytes()).decode()
    return {"size": real.shape[0], "real": code(real), "shown": code(shown), **measured(real, shown)}


def duller(real: numpy.ndarray, share: float) -> numpy.ndarray:
    grey = real.mean(axis=2, keepdims=True)
    noisy = grey + share * (real - grey) + generator.normal(0, 2, real.shape)
    return noisy.clip(0, 255).round().astype(numpy.uint8)


def frechet(name: str, real: numpy.ndarray, shown: numpy.ndarray) -> dict:
    """As pytorch-fid: covariances of samples, the square root of their product by scipy."""
    c1, c2 = (numpy.atleast_2d(numpy.cov(features, rowvar=False)) for features in (real, shown))
    root = scipy.linalg.sqrtm(c1 @ c2)
    difference = real.mean(axis=0) - shown.mean(axis=0)
    distance = difference @ difference + numpy.trace(c1) + numpy.trace(c2) - 2 * numpy.trace(root.real)
    return {"name": name, "real": real.round(6).tolist(), "shown": shown.round(6).tolist(), "distance": float(distance)}


def features(count: int, size: int, shift: float, rank: int | None = None) -> numpy.ndarray:
    mix = generator.normal(0, 1, (rank or size, size))
    return (generator.normal(0, 1, (count, rank or size)) @ mix + shift).round(6)


SHARMA = [
    float(number)
    for number in """
50.0000 2.6772 -79.7751 50.0000 0.0000 -82.7485 2.0425
50.0000 3.1571 -77.2803 50.0000 0.0000 -82.7485 2.8615
50.0000 2.8361 -74.0200 50.0000 0.0000 -82.7485 3.4412
50.0000 -1.3802 -84.2814 50.0000 0.0000 -82.7485 1.0000
50.0000 -1.1848 -84.8006 50.0000 0.0000 -82.7485 1.0000
50.0000 -0.9009 -85.5211 50.0000 0.0000 -82.7485 1.0000
50.0000 0.0000 0.0000 50.0000 -1.0000 2.0000 2.3669
50.0000 -1.0000 2.0000 50.0000 0.0000 0.0000 2.3669
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0009 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0010 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0011 7.2195
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0012 7.2195
50.0000 -0.0010 2.4900 50.0000 0.0009 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0010 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0011 -2.4900 4.7461
50.0000 2.5000 0.0000 50.0000 0.0000 -2.5000 4.3065
50.0000 2.5000 0.0000 73.0000 25.0000 -18.0000 27.1492
50.0000 2.5000 0.0000 61.0000 -5.0000 29.0000 22.8977
50.0000 2.5000 0.0000 56.0000 -27.0000 -3.0000 31.9030
50.0000 2.5000 0.0000 58.0000 24.0000 15.0000 19.4535
50.0000 2.5000 0.0000 50.0000 3.1736 0.5854 1.0000
50.0000 2.5000 0.0000 50.0000 3.2972 0.0000 1.0000
50.0000 2.5000 0.0000 50.0000 1.8634 0.5757 1.0000
50.0000 2.5000 0.0000 50.0000 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
""".split()
]
sharma = numpy.array(SHARMA).reshape(34, 7)
worst = numpy.abs(deltaE_ciede2000(sharma[:, :3], sharma[:, 3:6]) - sharma[:, 6]).max()
assert worst < 1e-4, worst  # also tells whether the table above was copied right

soft, rough, small = picture(24, 2), picture(24, 40), picture(12, 10)
fixture = {
    "versions": {"scikitImage": skimage.__version__, "numpy": numpy.__version__, "scipy": scipy.__version__},
    "pairs": [
        pair(soft, duller(soft, 0.3)),
        pair(rough, picture(24, 40)),
        pair(small, duller(small, 1.4)),
    ],
    "sharma": sharma.tolist(),
    "frechet": [
        frechet("more images than features", features(40, 6, 0), features(30, 6, 0.4)),
        frechet("fewer images than features", features(7, 12, 0), features(9, 12, 0.4)),
        frechet("features that depend on each other", features(40, 8, 0, 3), features(40, 8, 0.1, 5)),
        frechet("one feature", features(20, 1, 0), features(25, 1, 1)),
    ],
}
path = pathlib.Path(__file__).with_name("metrics.json")
path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "worst of Sharma's pairs by scikit-image", worst)
