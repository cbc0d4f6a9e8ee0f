"""Writes wandb-log.json: what W&B's own DataStore makes of records of chosen lengths, as length and SHA-256 of the file.

python make_wandb_log.py <datastore.py>, which is wandb/sdk/internal/datastore.py of the package or of github.com/wandb/wandb
(b6e29505884ea60c79ca12091f1f75bd39d2f955); newer packages write with a program of their own.
"""

import hashlib
import importlib.util
import json
import sys
import tempfile
from pathlib import Path

spec = importlib.util.spec_from_file_location("datastore", sys.argv[1])
datastore = importlib.util.module_from_spec(spec)
spec.loader.exec_module(datastore)

BLOCK, HEAD = datastore.LEVELDBLOG_BLOCK_LEN, datastore.LEVELDBLOG_HEADER_LEN
# The first block has the head of the file in it. Each case leaves its room for the record behind the first one.
CASES = {
    "one": [3],
    "fills its block": [BLOCK - 2 * HEAD, 5],
    "no room for a head": [BLOCK - 2 * HEAD - 6, 5],
    "room for a head alone": [BLOCK - 3 * HEAD, 5],
    "room for a head and a byte": [BLOCK - 3 * HEAD - 1, 5],
    "over three blocks": [100, 2 * BLOCK, 1],
    "ends at a block": [BLOCK - 2 * HEAD + BLOCK - HEAD, 7],
}


def written(lengths):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run.wandb"
        store = datastore.DataStore()
        store.open_for_write(str(file))
        for at, length in enumerate(lengths):
            store._write_data(bytes((at + place) % 251 for place in range(length)))
        store.close()
        return file.read_bytes()


golden = [
    {"name": name, "lengths": lengths, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    for name, lengths in CASES.items()
    for data in [written(lengths)]
]
Path(__file__).with_name("wandb-log.json").write_text(json.dumps(golden, indent=1) + "\n")
