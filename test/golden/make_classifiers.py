"""Writes test/golden/classifiers.json: the pretrained classifiers' networks by Keras in float64, on made-up weights.

Run: python test/golden/make_classifiers.py   (needs tensorflow >= 2.16; a minute)

Nothing large is stored and nothing is downloaded: weights and pictures come from formulas (hash as in make_beta.py).

  names      the weights' names by keras.applications ("Conv1/kernel"), sorted; the tensors lie one after the other in
             that order, and i is the flat index over all of them; u = hash(i)
  kernels    float32(limit * (2 u - 1)), limit = sqrt(6 / inputs of one output), half of it for "project"
  gamma      float32(0.75 + 0.5 u)
  beta       float32(4 * (u - 0.5))
  moving_variance   float32(0.5 + u)
  all others float32(0.2 * (u - 0.5))
  pictures   make_beta.py's images / 127.5 - 1, as float32
  loss       minus the sum of the logarithms of the probabilities of class 7

Halved projections and large betas keep a network from blowing rounding up: without them a picture that is changed by
1e-7 flips enough ReLUs to change gradients by a tenth.

{ keras, networks: { <name>: { pictureShape, parameters, trainable,
    features, classes: { every, values }     every k-th number, flat; classes are probabilities
    loss, gradients: [{ name, norm, every, values }, ...] } } }
"""

import json
import math
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras
import numpy
import tensorflow as tf

# Sizes with odd and even maps on the way.
NETWORKS = {
    "mobilenet_v2": (
        keras.applications.MobileNetV2,
        (2, 75, 75, 3),
        ["Conv1/kernel", "bn_Conv1/gamma", "expanded_conv_depthwise/kernel", "block_1_depthwise/kernel",
         "block_3_expand_BN/beta", "block_12_project/kernel", "predictions/kernel"],
    ),
    "inception_resnet_v2": (
        keras.applications.InceptionResNetV2,
        (1, 75, 75, 3),
        ["conv2d/kernel", "batch_normalization_4/beta", "conv2d_11/kernel", "block17_3_conv/bias",
         "conv_7b/kernel", "predictions/bias"],
    ),
}  # fmt: skip


def hashed(indices):
    h = indices.astype(numpy.uint32)
    h = (h ^ (h >> 16)) * numpy.uint32(0x85EBCA6B)
    h = (h ^ (h >> 13)) * numpy.uint32(0xC2B2AE35)
    return (h ^ (h >> 16)).astype(numpy.float64) / 2**32


def made_up(name, shape, start):
    u = hashed(numpy.arange(start, start + math.prod(shape)))
    if name.endswith("/kernel"):
        depthwise = "depthwise" in name
        inputs = math.prod(shape[:2] if depthwise else shape[:-1])
        values = math.sqrt((1.5 if "project" in name else 6) / inputs) * (2 * u - 1)
    elif name.endswith("/gamma"):
        values = 0.75 + 0.5 * u
    elif name.endswith("/beta"):
        values = 4 * (u - 0.5)
    elif name.endswith("/moving_variance"):
        values = 0.5 + u
    else:
        values = 0.2 * (u - 0.5)
    return values.astype(numpy.float32).reshape(shape)


def pictures(shape):
    n, y, x, c = numpy.meshgrid(*map(numpy.arange, shape), indexing="ij")
    noise = numpy.floor(256 * hashed(numpy.arange(math.prod(shape)))).astype(int).reshape(shape)
    ramp = (5 * y + 3 * x + 60 * c + 90 * n) & 255
    return (((3 * ramp + noise) >> 2) / 127.5 - 1).astype(numpy.float32)


def sampled(values, count):
    flat = numpy.asarray(values, numpy.float64).reshape(-1)
    every = max(1, flat.size // count)
    every += 1 - every % 2  # odd, so that no power of two hides a transposition
    return {"every": every, "values": [float(f"{value:.8g}") for value in flat[::every]]}


def golden(build, shape, names):
    keras.backend.clear_session()
    model = build(weights=None, input_shape=shape[1:])
    start = 0
    for variable in sorted(model.weights, key=lambda variable: variable.path):
        variable.assign(made_up(variable.path, variable.shape, start))
        start += math.prod(variable.shape)
    pooled = keras.Model(model.input, [model.layers[-2].output, model.output])
    variables = {variable.path: variable for variable in model.trainable_weights}
    with tf.GradientTape() as tape:
        features, classes = pooled(pictures(shape).astype(numpy.float64), training=False)
        loss = -tf.reduce_sum(tf.math.log(classes[:, 7]))
    gradients = tape.gradient(loss, [variables[name].value for name in names])
    print(model.name, numpy.std(features), numpy.max(classes), float(loss))
    return {
        "pictureShape": shape,
        "parameters": model.count_params(),
        "trainable": sum(math.prod(variable.shape) for variable in variables.values()),
        "features": sampled(features, 40),
        "classes": sampled(classes, 40),
        "loss": float(loss),
        "gradients": [
            {"name": name, "norm": float(numpy.linalg.norm(gradient)), **sampled(gradient, 12)}
            for name, gradient in zip(names, gradients)
        ],
    }


def main():
    keras.backend.set_floatx("float64")
    fixture = {
        "keras": keras.__version__,
        "networks": {name: golden(*parts) for name, parts in NETWORKS.items()},
    }
    path = pathlib.Path(__file__).with_name("classifiers.json")
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
