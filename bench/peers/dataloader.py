"""Images per second of PyTorch's DataLoader over a folder: decode with Pillow, resize the shorter side, crop the centre.

Prints one line of JSON. The same files, the same number of workers and the same rule as src/datasets/prepare/decode.ts; every
epoch decodes anew, as the usual ImageFolder pipeline does.
"""

import argparse
import json
import pathlib
import time

import numpy
import torch
from PIL import Image, ImageOps


class Pictures(torch.utils.data.Dataset):
    def __init__(self, files, size):
        self.files, self.size = files, size

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        size = self.size
        with Image.open(self.files[index]) as image:
            image = ImageOps.exif_transpose(image).convert("RGB")
            scale = size / min(image.size)
            image = image.resize([max(size, round(side * scale)) for side in image.size], Image.LANCZOS)
            left, top = ((side - size) // 2 for side in image.size)
            return torch.from_numpy(numpy.asarray(image.crop((left, top, left + size, top + size))).copy())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=2)
    options = parser.parse_args()
    files = sorted(
        path for folder in options.folders for path in pathlib.Path(folder).rglob("*") if path.suffix.lower() in (".jpg", ".png")
    )
    loader = torch.utils.data.DataLoader(
        Pictures(files, options.size),
        batch_size=options.batch,
        shuffle=True,
        num_workers=options.workers,
        persistent_workers=options.workers > 0,
    )
    rates = []
    for _ in range(options.epochs):
        begin = time.perf_counter()
        images = sum(len(batch) for batch in loader)
        rates.append(round(images / (time.perf_counter() - begin)))
    print(json.dumps({"torch": torch.__version__, "images": len(files), "workers": options.workers, "perSecond": rates}))


if __name__ == "__main__":
    main()
