"""Writes tensorboard.json: an event file as TensorBoard's own writer makes it, and what its own reader finds in it. Values as PyTorch's
SummaryWriter logs them (simple_value), as TensorFlow 2 does (tensors with a plugin), steps twice, a histogram that we leave out.

    pip install tensorboard numpy pillow; python test/golden/make_tensorboard.py
"""

import base64
import glob
import io
import json
import pathlib
import tempfile

import numpy
from PIL import Image
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.hparams import summary_v2 as hparams
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.plugins.scalar import metadata as scalar_metadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

folder = tempfile.mkdtemp()
writer = EventFileWriter(folder, filename_suffix=".golden")


def add(step, wall_time, **value):
    summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(**value)])
    writer.add_event(event_pb2.Event(wall_time=wall_time, step=step, summary=summary))


def png(level):
    data = io.BytesIO()
    Image.fromarray(numpy.full((3, 4, 3), level, numpy.uint8)).save(data, "PNG")
    return data.getvalue()


session = hparams.hparams_pb({"lr": 0.125, "optimizer": "adam", "augment": True}, start_time_secs=1700000000)
writer.add_event(event_pb2.Event(wall_time=1700000000, step=0, summary=session))
for step, value in [(0, 3.5), (10, float("nan")), (20, float("inf")), (20, 0.1), (30, -float("inf"))]:
    add(step, 1700000000.5 + step, tag="Loss/train", simple_value=value)
for step, value in [(5, 0.75), (6, 0.5)]:
    add(
        step,
        1700000100.25 + step,
        tag="accuracy",
        tensor=tensor_util.make_tensor_proto(value, dtype=numpy.float32),
        metadata=scalar_metadata.create_summary_metadata("accuracy", "share of hits"),
    )
add(7, 1700000110, tag="val/psnr", tensor=tensor_util.make_tensor_proto(21.0625, dtype=numpy.float64))
add(
    7,
    1700000111,
    tag="val/pictures",
    tensor=tensor_util.make_tensor_proto([b"4", b"3", png(10), png(200)]),
    metadata=image_metadata.create_summary_metadata("val/pictures", ""),
)
add(
    8,
    1700000112,
    tag="val/one",
    image=summary_pb2.Summary.Image(height=3, width=4, colorspace=3, encoded_image_string=png(90)),
)
add(9, 1700000113, tag="weights", histo=summary_pb2.HistogramProto(min=0, max=1, num=2))
writer.close()

(file,) = glob.glob(folder + "/*")
found = event_accumulator.EventAccumulator(folder, size_guidance={"scalars": 0, "images": 0, "tensors": 0})
found.Reload()
scalars = {
    tag: [[event.step, event.wall_time, repr(event.value)] for event in found.Scalars(tag)] for tag in found.Tags()["scalars"]
}
for tag in ("accuracy", "val/psnr"):
    scalars[tag] = [
        [event.step, event.wall_time, repr(float(tensor_util.make_ndarray(event.tensor_proto)))] for event in found.Tensors(tag)
    ]
target = pathlib.Path(__file__).with_name("tensorboard.json")
text = {"file": base64.b64encode(pathlib.Path(file).read_bytes()).decode(), "scalars": scalars}
target.write_text(json.dumps(text, indent=1) + "\n")
print(json.dumps(scalars))
