"""Writes test/golden/pix2pix-files.json: weights as torch.save and safetensors write them, with what the networks make of a picture.

Run: python test/golden/make_pix2pix_files.py   (needs torch, numpy and safetensors; a few seconds)

The networks are written after junyanz/pytorch-CycleGAN-and-pix2pix, models/networks.py (UnetSkipConnectionBlock, UnetGenerator,
NLayerDiscriminator): the same modules in the same order, so that their state dicts have the same names and shapes. They are
in float64 where they are computed and in evaluation mode; weights are random, rounded to what the file holds first.

{ torch, files: { name: base64 of the deflated bytes },
  generators: [{ file, depth, width, norm, every, output: every so-manieth of [2, 32, 32] flat }], of the picture whose number i is
               (37 i mod 101) / 50 - 1, i the flat index in [32, 32]
  names: { unet_256: [[name, shape], ...], basic: [...] }   of the whole state dict
  views: { file, tensors: { name: { shape, values } } } }   strided, shared, of several formats
"""

import base64
import functools
import io
import json
import os
import pathlib
import pickle
import zipfile
import zlib

import torch
from safetensors.torch import save
from torch import nn


class Block(nn.Module):
    def __init__(self, outer, inner, inputs=None, submodule=None, outermost=False, innermost=False, norm=nn.BatchNorm2d, dropout=False):
        super().__init__()
        self.outermost = outermost
        bias = (norm.func if isinstance(norm, functools.partial) else norm) == nn.InstanceNorm2d
        inputs = outer if inputs is None else inputs
        downconv = nn.Conv2d(inputs, inner, kernel_size=4, stride=2, padding=1, bias=bias)
        downrelu, uprelu = nn.LeakyReLU(0.2, True), nn.ReLU(True)
        if outermost:
            up = nn.ConvTranspose2d(inner * 2, outer, kernel_size=4, stride=2, padding=1)
            model = [downconv, submodule, uprelu, up, nn.Tanh()]
        elif innermost:
            up = nn.ConvTranspose2d(inner, outer, kernel_size=4, stride=2, padding=1, bias=bias)
            model = [downrelu, downconv, uprelu, up, norm(outer)]
        else:
            up = nn.ConvTranspose2d(inner * 2, outer, kernel_size=4, stride=2, padding=1, bias=bias)
            model = [downrelu, downconv, norm(inner), submodule, uprelu, up, norm(outer)]
            if dropout:
                model.append(nn.Dropout(0.5))
        self.model = nn.Sequential(*model)

    def forward(self, x):
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)


class UnetGenerator(nn.Module):
    def __init__(self, inputs, outputs, downs, ngf=64, norm=nn.BatchNorm2d, dropout=False):
        super().__init__()
        block = Block(ngf * 8, ngf * 8, norm=norm, innermost=True)
        for _ in range(downs - 5):
            block = Block(ngf * 8, ngf * 8, submodule=block, norm=norm, dropout=dropout)
        for outer, inner in [(4, 8), (2, 4), (1, 2)]:
            block = Block(ngf * outer, ngf * inner, submodule=block, norm=norm)
        self.model = Block(outputs, ngf, inputs=inputs, submodule=block, outermost=True, norm=norm)

    def forward(self, x):
        return self.model(x)


class NLayerDiscriminator(nn.Module):
    def __init__(self, inputs, ndf=64, layers=3, norm=nn.BatchNorm2d):
        super().__init__()
        bias = (norm.func if isinstance(norm, functools.partial) else norm) == nn.InstanceNorm2d
        model = [nn.Conv2d(inputs, ndf, kernel_size=4, stride=2, padding=1), nn.LeakyReLU(0.2, True)]
        factor = 1
        for n in range(1, layers):
            before, factor = factor, min(2**n, 8)
            model += [nn.Conv2d(ndf * before, ndf * factor, kernel_size=4, stride=2, padding=1, bias=bias), norm(ndf * factor), nn.LeakyReLU(0.2, True)]
        before, factor = factor, min(2**layers, 8)
        model += [nn.Conv2d(ndf * before, ndf * factor, kernel_size=4, stride=1, padding=1, bias=bias), norm(ndf * factor), nn.LeakyReLU(0.2, True)]
        model += [nn.Conv2d(ndf * factor, 1, kernel_size=4, stride=1, padding=1)]
        self.model = nn.Sequential(*model)


NORMS = {
    "batch": functools.partial(nn.BatchNorm2d, affine=True, track_running_stats=True),
    "instance": functools.partial(nn.InstanceNorm2d, affine=False, track_running_stats=False),
    "none": lambda channels: nn.Identity(),
}


def randomized(net):
    """Weights that say something, and running statistics that differ from their first values."""
    for name, tensor in net.state_dict().items():
        if name.endswith("running_var"):
            tensor.copy_(0.5 + torch.rand_like(tensor))
        elif tensor.is_floating_point():
            tensor.copy_((1 if name.endswith("weight") and tensor.dim() == 1 else 0) + 0.25 * torch.randn_like(tensor))
    return net


def saved(value, **options):
    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


files = {}
torch.manual_seed(20)
picture = (torch.arange(32 * 32, dtype=torch.float32).reshape(1, 1, 32, 32) * 37 % 101) / 50 - 1
generators = []
for name, norm, width, write in [
    ("batch.pth", "batch", 1, lambda state: saved(state)),
    ("instance-half.pth", "instance", 1, lambda state: saved({k: v.half() for k, v in state.items()}, pickle_protocol=4)),
    ("none.pth", "none", 1, lambda state: saved({f"module.{k}": v for k, v in state.items()})),
    ("batch-bf16.safetensors", "batch", 1, lambda state: save({k: v.bfloat16() if v.is_floating_point() else v for k, v in state.items()})),
]:
    net = randomized(UnetGenerator(1, 2, 5, ngf=width, norm=NORMS[norm], dropout=True))
    if "half" in name:
        net = net.half().float()
    if "bf16" in name:
        net = net.bfloat16().float()
    files[name] = write(net.state_dict())
    with torch.no_grad():
        output = net.double().eval()(picture.double())
    generators.append({"file": name, "depth": 5, "width": width, "norm": norm, "every": 7,
                       "output": [float(f"{value:.7g}") for value in output.flatten()[::7].tolist()]})
files["discriminator.pth"] = saved(randomized(NLayerDiscriminator(3, ndf=2)).state_dict())
files["two-inputs.pth"] = saved(UnetGenerator(3, 3, 5, ngf=1).state_dict())

base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
views = {
    "turned": base.t(), "part": base[1:3, 2:5], "every": base.flatten()[1::5], "one": torch.tensor(3.5),
    "double": torch.tensor([1.0, -2.5], dtype=torch.float64), "bf16": torch.tensor([1.5, -3.0], dtype=torch.bfloat16),
    "half": torch.tensor([6e-8, 65504.0, -0.1], dtype=torch.float16), "empty": torch.zeros(0, 3),
    "parameter": nn.Parameter(torch.ones(2)),
}
files["views.pth"] = saved(views)
files["old.pth"] = saved({"a": torch.ones(1)}, _use_new_zipfile_serialization=False)
files["repeated.pth"] = saved({"a": torch.ones(1).expand(1000)})
files["whole-number.pth"] = saved({"a": torch.ones(2, dtype=torch.int64)})


class Evil:
    def __reduce__(self):
        return (os.system, ("touch /tmp/hueristic-was-here",))


def zipped(data, **more):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", more.pop("compression", zipfile.ZIP_STORED)) as archive:
        archive.writestr("archive/data.pkl", data)
        for name, content in more.items():
            archive.writestr(f"archive/{name}", content)
    return file.getvalue()


files["evil.pth"] = saved({"a": torch.ones(1), "b": Evil()})
files["evil-4.pth"] = zipped(pickle.dumps(Evil(), protocol=4))
files["network.pth"] = saved(NLayerDiscriminator(3, ndf=1).model[0])
files["packed.pth"] = zipped(pickle.dumps({}, protocol=2), compression=zipfile.ZIP_DEFLATED)
files["big-endian.pth"] = zipped(pickle.dumps({}, protocol=2), byteorder="big")

names = {
    "unet_256": [[k, list(v.shape)] for k, v in UnetGenerator(1, 2, 8).state_dict().items()],
    "basic": [[k, list(v.shape)] for k, v in NLayerDiscriminator(3).state_dict().items()],
}
result = {
    "torch": torch.__version__,
    "files": {name: base64.b64encode(zlib.compress(content, 9)).decode() for name, content in files.items()},
    "generators": generators,
    "names": names,
    "views": {"file": "views.pth", "tensors": {
        name: {"shape": list(value.shape), "values": value.detach().double().flatten().tolist()} for name, value in views.items()}},
}
out = pathlib.Path(__file__).parent / "pix2pix-files.json"
out.write_text(json.dumps(result, separators=(",", ":")) + "\n")
print(out, out.stat().st_size)
