"""Golden colors of test/datasets/formats: python make_colors.py > colors.json

Profiles with colors before and after LittleCMS (Pillow's ImageCms, perceptual, to its own sRGB), and small pictures that
Node has no writer for: AVIF of 8 to 12 bits by avifenc (apt-get install libavif-bin), JPEG with restart markers by
Pillow. Everything is drawn here. Needs pillow, numpy, avifenc.
"""

import base64, io, json, struct, subprocess, tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

text = lambda b: base64.b64encode(b).decode()
COLORS = [[64, 153, 76], [204, 107, 51], [64, 76, 178], [250, 250, 250], [12, 9, 20], [255, 0, 0], [90, 200, 210], [128, 128, 128]]


def profile(columns, gamma, name, model=b"RGB "):
    """ICC version 2: `columns` are the primaries' XYZ under D50, the curve is a power."""
    fixed = lambda values: b"".join(struct.pack(">i", round(v * 65536)) for v in values)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    tags = [(b"desc", b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name.encode() + b"\0" * 79), (b"cprt", b"text\0\0\0\0none\0\0\0\0"), (b"wtpt", b"XYZ \0\0\0\0" + fixed([0.9642, 1, 0.8249]))]
    if model == b"GRAY":
        tags.append((b"kTRC", curve))
    else:
        for letter, column in zip(b"rgb", columns):
            tags.append((bytes([letter]) + b"XYZ", b"XYZ \0\0\0\0" + fixed(column)))
            tags.append((bytes([letter]) + b"TRC", curve))
    table, body, at = b"", b"", 132 + 12 * len(tags)
    for tag, content in tags:
        content += b"\0" * (-len(content) % 4)
        table += tag + struct.pack(">II", at + len(body), len(content))
        body += content
    head = bytearray(128)
    struct.pack_into(">I", head, 0, at + len(body))
    struct.pack_into(">I", head, 8, 0x02200000)
    head[12:24] = b"mntr" + model + b"XYZ "
    head[36:40] = b"acsp"
    head[68:80] = fixed([0.9642, 1, 0.8249])
    return bytes(head) + struct.pack(">I", len(tags)) + table + body


# brucelindbloom.com, adapted to D50
ADOBE = [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]
PROPHOTO = [(0.79767, 0.28804, 0.0), (0.13519, 0.71187, 0.0), (0.03134, 0.00009, 0.82491)]
P3 = [(0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407)]
SRGB = [(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141)]
PROFILES = {
    "Adobe RGB (1998)": profile(ADOBE, 563 / 256, "Adobe RGB (1998)"),
    "ProPhoto RGB": profile(PROPHOTO, 1.8, "ProPhoto RGB"),
    "P3 of gamma 2.6": profile(P3, 2.6, "P3 of gamma 2.6"),
    "Linear sRGB": profile(SRGB, 1, "Linear sRGB"),
    "sRGB": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
}
GREY = profile(None, 1.8, "Grey of gamma 1.8", b"GRAY")


def convert(mode, values, icc):
    picture = Image.fromarray(np.array([values], np.uint8), mode)
    source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    done = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), 0, "RGB")
    return np.asarray(done)[0].tolist()


def avif(color, bits, icc=None, cicp=None, size=16):
    picture = Image.fromarray(np.full((size, size, 3), color, np.uint8))
    with tempfile.TemporaryDirectory() as folder:
        png, out = Path(folder, "a.png"), Path(folder, "a.avif")
        picture.save(png, **({"icc_profile": icc} if icc else {}))
        command = ["avifenc", "--min", "0", "--max", "0", "-y", "444", "-d", str(bits), "-s", "6"]
        if cicp:
            command += ["--cicp", cicp]
        subprocess.run([*command, str(png), str(out)], check=True, capture_output=True)
        return text(out.read_bytes())


def restarts():
    y, x = np.mgrid[0:48, 0:64]
    picture = np.stack([x * 4, y * 5, 255 - x * 2 - y], 2).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=90, restart_marker_rows=1)
    return text(out.getvalue())


GREEN = [64, 153, 76]
print(
    json.dumps(
        {
            "profiles": [
                {"name": name, "icc": text(icc), "colors": COLORS, "expected": convert("RGB", COLORS, icc)}
                for name, icc in PROFILES.items()
            ],
            "grey": {"icc": text(GREY), "levels": [0, 12, 90, 180, 255], "expected": [c[0] for c in convert("L", [0, 12, 90, 180, 255], GREY)]},
            "avif": [
                {"name": f"{bits} bits, {name}", "file": avif(GREEN, bits, icc), "expected": GREEN if icc is None else convert("RGB", [GREEN], icc)[0]}
                for bits in (8, 10, 12)
                for name, icc in ((None, None), ("sRGB", PROFILES["sRGB"]), ("Adobe RGB (1998)", PROFILES["Adobe RGB (1998)"]))
            ],
            "nclx": {code: avif(GREEN, bits, cicp=f"{code.strip()}/6") for code, bits in (("1/13", 8), ("12/13", 8), ("12/13 ", 10), ("9/1", 10), ("9/16", 10), ("9/18", 10), ("1/9", 8))},
            "restarts": restarts(),
        }
    )
)
