"""Writes test/golden/color.json: sRGB and Lab pairs by scikit-image.

Run: python test/golden/make_color.py   (needs scikit-image and numpy)

{ scikitImage, numpy, rgb: [[r, g, b], ...] 8-bit, lab: [[L, a, b], ...] of rgb2lab in float64,
  clipped: [{ lab: [L, a, b], rgb: [r, g, b] in [0, 1] }, ...] of lab2rgb for colors that no screen shows (Z >= 0) }
"""

import itertools
import json
import pathlib

import numpy
import skimage
from skimage.color import lab2rgb, rgb2lab

generator = numpy.random.default_rng(20)
corners = numpy.array(list(itertools.product([0, 255], repeat=3)))
greys = numpy.repeat(numpy.array([[1], [5], [10], [11], [20], [64], [128], [200], [254]]), 3, axis=1)
dark = generator.integers(0, 24, size=(60, 3))
anywhere = generator.integers(0, 256, size=(300, 3))
rgb = numpy.concatenate([corners, greys, dark, anywhere]).astype(numpy.uint8)
lab = rgb2lab(rgb)

outside = numpy.stack(
    [generator.uniform(5, 95, 200), generator.uniform(-100, 100, 200), generator.uniform(-100, 100, 200)], axis=1
)
outside = outside[(outside[:, 0] + 16) / 116 - outside[:, 2] / 200 >= 0]

fixture = {
    "scikitImage": skimage.__version__,
    "numpy": numpy.__version__,
    "rgb": rgb.tolist(),
    "lab": [[round(float(number), 7) for number in color] for color in lab],
    "clipped": [
        {"lab": color.tolist(), "rgb": [round(float(number), 7) for number in lab2rgb(color)]} for color in outside
    ],
}
path = pathlib.Path(__file__).with_name("color.json")
path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
print(path, path.stat().st_size)
