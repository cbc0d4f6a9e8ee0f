"""CIFAR-10 and CIFAR-100 as their authors' Python 2 pickled them (protocol 2, texts as bytes), three pictures a file, and
what numpy reads from them: cifar.json. Run: python test/golden/make_cifar.py (needs numpy)."""

import base64, io, json, pickle, struct, zlib
from pathlib import Path

import numpy as np


class Python2Pickler(pickle._Pickler):
    """Writes texts and bytes alike, as Python 2 does; its numpy lies in numpy.core."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_text(self, value):
        data = value if isinstance(value, bytes) else value.encode("latin1")
        short = len(data) < 256
        self.write((b"U" + struct.pack("<B", len(data)) if short else b"T" + struct.pack("<i", len(data))) + data)
        self.memoize(value)

    def save_global(self, value, name=None):
        module = value.__module__.replace("numpy._core", "numpy.core")
        self.write(b"c" + f"{module}\n{value.__qualname__}\n".encode())
        self.memoize(value)

    dispatch[str] = save_text
    dispatch[bytes] = save_text
    dispatch[type] = save_global
    dispatch[type(np.dot)] = save_global
    dispatch[type(lambda: 0)] = save_global


def pickled(value):
    out = io.BytesIO()
    Python2Pickler(out, protocol=2).dump(value)
    data = out.getvalue()
    pickle.loads(data, encoding="latin1")
    return data


def pictures(first):
    y, x = np.mgrid[0:32, 0:32]
    planes = [[(x * 8 + n * 40) % 256, (y * 8 + n * 20) % 256, ((x + y) * 4 + 255 - n * 30) % 256] for n in range(first, first + 3)]
    return np.array(planes, dtype=np.uint8).reshape(3, 3072)


def kept(data):
    return base64.b64encode(zlib.compress(data, 9)).decode()


ten = {"cifar-10-batches-py/batches.meta": {"num_cases_per_batch": 3, "label_names": "airplane automobile bird cat deer dog frog horse ship truck".split(), "num_vis": 3072}}
for number in range(1, 6):
    labels = [number, 9, 0]
    ten[f"cifar-10-batches-py/data_batch_{number}"] = {"batch_label": f"training batch {number} of 5", "labels": labels, "data": pictures(3 * number), "filenames": ["a.png", "b.png", "c.png"]}
ten["cifar-10-batches-py/test_batch"] = {"batch_label": "testing batch 1 of 1", "labels": [6, 8, 8], "data": pictures(40), "filenames": ["a.png", "b.png", "c.png"]}
fine = [f"fine {n}" for n in range(100)]
coarse = [f"coarse {n}" for n in range(20)]
hundred = {"cifar-100-python/meta": {"fine_label_names": fine, "coarse_label_names": coarse}}
for name, labels in {"train": ([99, 4, 17], [19, 4, 2]), "test": ([4, 99, 50], [4, 19, 0])}.items():
    hundred[f"cifar-100-python/{name}"] = {"filenames": ["a.png", "b.png", "c.png"], "batch_label": "one of one", "fine_labels": labels[0], "coarse_labels": labels[1], "data": pictures(50)}

files = {name: kept(pickled(value)) for name, value in {**ten, **hundred}.items()}
# The same in the binary packing, and one picture as rows of pixels.
for number in [*range(1, 6), "test"]:
    source = ten[f"cifar-10-batches-py/{'test_batch' if number == 'test' else f'data_batch_{number}'}"]
    name = "test_batch.bin" if number == "test" else f"data_batch_{number}.bin"
    rows = b"".join(bytes([label]) + picture.tobytes() for label, picture in zip(source["labels"], source["data"]))
    files[f"cifar-10-batches-bin/{name}"] = kept(rows)
files["cifar-10-batches-bin/batches.meta.txt"] = kept("\n".join(ten["cifar-10-batches-py/batches.meta"]["label_names"] + ["", ""]).encode())
for name in ["train", "test"]:
    source = hundred[f"cifar-100-python/{name}"]
    rows = b"".join(bytes(labels) + picture.tobytes() for *labels, picture in zip(source["coarse_labels"], source["fine_labels"], source["data"]))
    files[f"cifar-100-binary/{name}.bin"] = kept(rows)
for kind, names in {"fine": fine, "coarse": coarse}.items():
    files[f"cifar-100-binary/{kind}_label_names.txt"] = kept("\n".join([*names, ""]).encode())

second = ten["cifar-10-batches-py/data_batch_2"]["data"][1].reshape(3, 32, 32).transpose(1, 2, 0)
Path(__file__).with_name("cifar.json").write_text(json.dumps({"files": files, "secondOfBatch2": kept(second.tobytes())}, indent=1) + "\n")
