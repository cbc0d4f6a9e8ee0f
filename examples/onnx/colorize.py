"""Colors a photograph: python colorize.py network.onnx photograph.jpg colored.png (pip install onnxruntime pillow)."""
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

network, source, target = sys.argv[1:]
session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
step = int(session.get_modelmeta().custom_metadata_map["size_step"])
_, height, width, _ = session.get_inputs()[0].shape  # numbers where the file has one size, else names
photograph = ImageOps.exif_transpose(Image.open(source)).convert("RGB")
size = [-(-side // step) * step for side in photograph.size] if isinstance(height, str) else [width, height]
rgb = np.asarray(photograph.resize(size))[None]
(picture,) = session.run(["picture"], {"rgb": rgb})
Image.fromarray(picture[0]).resize(photograph.size).save(target)
