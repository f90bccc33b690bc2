"""Reads the files of a run folder with other programs' own libraries.

    pip install tensorboard safetensors torch pandas pillow
    python3 src/test/python/read_run.py runs/<folder>

The run was made with `--tensorboard`, or with RunFolder.tensorBoard(). Ends with an error if a library
cannot read a file, or if two files disagree about the same metric.
"""

import json
import math
import sys
from pathlib import Path

import pandas
import safetensors.numpy
import safetensors.torch
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def strict(text):
    """JSON as in RFC 8259: no NaN, no duplicate names."""

    def pairs(entries):
        assert len({name for name, _ in entries}) == len(entries), entries
        return dict(entries)

    def constant(name):
        raise ValueError(f"{name} is not JSON")

    return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)


def read_json(folder):
    files = sorted(folder.rglob("*.json"))
    assert files, "no JSON files"
    for file in files:
        strict(file.read_text("utf-8"))
    return f"{len(files)} JSON files"


def read_models(folder):
    files = sorted(folder.rglob("*.safetensors"))
    assert files, "no model files"
    arrays = 0
    for file in files:
        values = safetensors.numpy.load_file(file)
        tensors = safetensors.torch.load_file(file)
        assert values.keys() == tensors.keys()
        for name, tensor in tensors.items():
            assert tuple(tensor.shape) == values[name].shape
            assert (tensor.numpy() == values[name]).all(), f"{file} {name}"
        arrays += len(tensors)
        with safetensors.safe_open(file, "np") as opened:
            for key, value in (opened.metadata() or {}).items():
                if value.startswith("{"):
                    strict(value)
    return f"{len(files)} safetensors files with {arrays} arrays"


def read_images(folder):
    files = sorted(folder.rglob("*.png"))
    for file in files:
        with Image.open(file) as image:
            image.load()
    return f"{len(files)} PNG files"


def read_metrics(folder):
    table = pandas.read_csv(folder / "metrics.csv")
    assert len(table) > 0 and table["step"].is_monotonic_increasing
    for name in table.columns:
        assert pandas.api.types.is_numeric_dtype(table[name]), f"{name} is {table[name].dtype}"
    return table, f"metrics.csv with {len(table)} rows of {len(table.columns)} columns"


def read_events(folder, table):
    accumulator = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0, "histograms": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    assert tags["scalars"], "no scalars; was the run made with an event file?"
    compared = 0
    for tag in tags["scalars"]:
        values = {event.step: event.value for event in accumulator.Scalars(tag)}
        if tag not in table:
            continue
        column = table.set_index("step")[tag].dropna()
        for step, value in column.items():
            assert step in values, f"{tag} of step {step} is not in the event file"
            assert math.isclose(value, values[step], rel_tol=1e-5, abs_tol=1e-7), f"{tag} of step {step}"
            compared += 1
    assert compared > 0, "no metric is in both files"
    for tag in tags["images"]:
        assert accumulator.Images(tag)[0].encoded_image_string.startswith(b"\x89PNG"), tag
    for tag in tags["histograms"]:
        histogram = accumulator.Histograms(tag)[0].histogram_value
        assert histogram.num == sum(histogram.bucket), tag
    return (
        f"event files with {len(tags['scalars'])} metrics ({compared} values equal to metrics.csv),"
        f" {len(tags['images'])} images and {len(tags['histograms'])} histograms"
    )


def main(folder):
    print(read_json(folder))
    print(read_models(folder))
    print(read_images(folder))
    table, summary = read_metrics(folder)
    print(summary)
    print(read_events(folder, table))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
