"""Prints what TensorBoard's own reader finds in a folder of one run, as JSON: every scalar, every picture, the hyperparameters."""

import hashlib
import json
import sys

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.plugins.hparams import plugin_data_pb2

found = event_accumulator.EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0, "tensors": 0})
found.Reload()
tags = found.Tags()
hparams = {}
for tag, content in found.PluginTagToContent("hparams").items():
    data = plugin_data_pb2.HParamsPluginData.FromString(content)
    if tag == "_hparams_/session_start_info":
        hparams = {
            key: getattr(value, value.WhichOneof("kind")) for key, value in data.session_start_info.hparams.items()
        }
    elif tag == "_hparams_/session_end_info":
        hparams["status"] = data.session_end_info.status
json.dump(
    {
        "scalars": {
            tag: [[event.step, event.wall_time, repr(event.value)] for event in found.Scalars(tag)]
            for tag in tags["scalars"]
        },
        "images": {
            tag: [
                [event.step, event.width, event.height, hashlib.sha256(event.encoded_image_string).hexdigest()]
                for event in found.Images(tag)
            ]
            for tag in tags["images"]
        },
        "descriptions": {
            tag: found.SummaryMetadata(tag).summary_description for tag in tags["scalars"] + tags["images"]
        },
        "hparams": hparams,
    },
    sys.stdout,
)
