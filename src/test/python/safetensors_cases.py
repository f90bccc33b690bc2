"""Headers of safetensors files, and what Hugging Face's library makes of each.

    pip install safetensors==0.8.0
    python src/test/python/safetensors_cases.py

writes src/test/resources/safetensors-cases.json: for each case the header in base 64, how many bytes
of data follow it, and the names of the arrays that are read, or null if the file is rejected.
"""

import base64
import json
import pathlib
import struct

import safetensors

ENTRY = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'


def array(fields):
    return '{"a":{' + fields + "}}"


FIELDS = '"dtype":"F32","shape":[1],"data_offsets":[0,4]'
CASES = [
    ("plain", '{"a":' + ENTRY + "}", 4),
    ("extra", array(FIELDS + ',"colour":1'), 4),
    ("extra nested", array(FIELDS + ',"x":{"y":[1,{"z":null}]}'), 4),
    ("extra twice", array(FIELDS + ',"x":1,"x":2'), 4),
    ("extra first", array('"x":"s",' + FIELDS), 4),
    ("extra bad number", array(FIELDS + ',"x":NaN'), 4),
    ("extra deep 100", array(FIELDS + ',"x":' + "[" * 100 + "]" * 100), 4),
    ("extra deep 124", array(FIELDS + ',"x":' + "[" * 124 + "]" * 124), 4),
    ("extra deep 125", array(FIELDS + ',"x":' + "[" * 125 + "]" * 125), 4),
    ("extra deep 126", array(FIELDS + ',"x":' + "[" * 126 + "]" * 126), 4),
    ("extra deep 200", array(FIELDS + ',"x":' + "[" * 200 + "]" * 200), 4),
    ("extra deep obj 200", array(FIELDS + ',"x":' + '{"a":' * 200 + "1" + "}" * 200), 4),
    ("extra huge number", array(FIELDS + ',"x":1e999'), 4),
    ("extra long int", array(FIELDS + ',"x":' + "9" * 400), 4),
    ("extra lone surrogate str", array(FIELDS + ',"x":"\\ud800"'), 4),
    ("extra lone surrogate name", array(FIELDS + ',"\\ud800":1'), 4),
    ("extra invalid escape", array(FIELDS + ',"x":"\\q"'), 4),
    ("extra ctrl char", array(FIELDS + ',"x":"\x01"'), 4),
    ("extra -0", array(FIELDS + ',"x":-0'), 4),
    ("extra 01", array(FIELDS + ',"x":01'), 4),
    ("extra +1", array(FIELDS + ',"x":+1'), 4),
    ("extra .5", array(FIELDS + ',"x":.5'), 4),
    ("extra 1.", array(FIELDS + ',"x":1.'), 4),
    ("extra TRUE", array(FIELDS + ',"x":TRUE'), 4),
    ("name lone surrogate", '{"\\ud800":' + ENTRY + "}", 4),
    ("dup dtype", array('"dtype":"F32",' + FIELDS), 4),
    ("dup array", '{"a":' + ENTRY + ',"a":' + ENTRY + "}", 4),
    (
        "dup array different",
        '{"a":{"dtype":"F64","shape":[3],"data_offsets":[0,24]},"a":' + ENTRY + "}",
        4,
    ),
    ("dup metadata", '{"__metadata__":{"k":"1"},"__metadata__":{"k":"2"},"a":' + ENTRY + "}", 4),
    ("dup metadata key", '{"__metadata__":{"k":"1","k":"2"},"a":' + ENTRY + "}", 4),
    ("metadata null", '{"__metadata__":null,"a":' + ENTRY + "}", 4),
    ("metadata number value", '{"__metadata__":{"k":1},"a":' + ENTRY + "}", 4),
    ("metadata null value", '{"__metadata__":{"k":null},"a":' + ENTRY + "}", 4),
    ("metadata list", '{"__metadata__":[],"a":' + ENTRY + "}", 4),
    ("metadata lone surrogate", '{"__metadata__":{"k":"\\ud800"},"a":' + ENTRY + "}", 4),
    ("metadata last", '{"a":' + ENTRY + ',"__metadata__":{"k":"1"}}', 4),
    ("f32 lower", array('"dtype":"f32","shape":[1],"data_offsets":[0,4]'), 4),
    ("U64", array('"dtype":"U64","shape":[1],"data_offsets":[0,8]'), 8),
    ("U8", array('"dtype":"U8","shape":[4],"data_offsets":[0,4]'), 4),
    ("BOOL", array('"dtype":"BOOL","shape":[4],"data_offsets":[0,4]'), 4),
    ("F16", array('"dtype":"F16","shape":[2],"data_offsets":[0,4]'), 4),
    ("BF16", array('"dtype":"BF16","shape":[2],"data_offsets":[0,4]'), 4),
    ("zero size", array('"dtype":"F32","shape":[0,5],"data_offsets":[0,0]'), 0),
    (
        "zero size offset 4",
        '{"b":' + ENTRY + ',"a":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}',
        4,
    ),
    (
        "zero size at 0 beside",
        '{"b":' + ENTRY + ',"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
        4,
    ),
    (
        "zero size in the middle",
        '{"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}',
        8,
    ),
    (
        "zero size, huge other dim",
        array('"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[0,0]'),
        0,
    ),
    (
        "huge then zero",
        array(
            '"dtype":"F32","shape":[9223372036854775807,9223372036854775807,0],"data_offsets":[0,0]'
        ),
        0,
    ),
    (
        "zero then huge huge",
        array(
            '"dtype":"F32","shape":[0,9223372036854775807,9223372036854775807],"data_offsets":[0,0]'
        ),
        0,
    ),
    ("gap at front", array('"dtype":"F32","shape":[1],"data_offsets":[4,8]'), 8),
    ("gap", '{"b":' + ENTRY + ',"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}', 12),
    ("overlap", '{"b":' + ENTRY + ',"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    ("trailing data", '{"a":' + ENTRY + "}", 8),
    ("short data", '{"a":' + ENTRY + "}", 3),
    ("trailing spaces", '{"a":' + ENTRY + "}    ", 4),
    ("trailing newline", '{"a":' + ENTRY + "}\n\t\r ", 4),
    ("trailing NUL", '{"a":' + ENTRY + "}\0\0", 4),
    ("trailing x", '{"a":' + ENTRY + "}x", 4),
    ("leading space", ' {"a":' + ENTRY + "}", 4),
    ("BOM", '\ufeff{"a":' + ENTRY + "}", 4),
    ("array top", "[]", 0),
    ("empty header", "", 0),
    ("empty object", "{}", 0),
    ("spaces inside", '{ "a" : ' + ENTRY + " }", 4),
    ("offsets as floats", array('"dtype":"F32","shape":[1.0],"data_offsets":[0,4]'), 4),
    ("shape 1e0", array('"dtype":"F32","shape":[1e0],"data_offsets":[0,4]'), 4),
    ("shape -0", array('"dtype":"F32","shape":[-0],"data_offsets":[0,0]'), 0),
    ("shape 01", array('"dtype":"F32","shape":[01],"data_offsets":[0,4]'), 4),
    ("shape null", array('"dtype":"F32","shape":null,"data_offsets":[0,4]'), 4),
    ("offsets 3", array('"dtype":"F32","shape":[1],"data_offsets":[0,4,4]'), 4),
    ("offsets 1", array('"dtype":"F32","shape":[1],"data_offsets":[4]'), 4),
    ("no shape", array('"dtype":"F32","data_offsets":[0,4]'), 4),
    ("entry array", '{"a":["F32",[1],[0,4]]}', 4),
    ("entry null", '{"a":null}', 0),
    ("scalar", array('"dtype":"F32","shape":[],"data_offsets":[0,4]'), 4),
    (
        "rank 33",
        array('"dtype":"F32","shape":[' + ",".join(["1"] * 33) + '],"data_offsets":[0,4]'),
        4,
    ),
    (
        "rank 40 ",
        array('"dtype":"F32","shape":[' + ",".join(["1"] * 40) + '],"data_offsets":[0,4]'),
        4,
    ),
    ("escaped names", '{"\\u0061":{"\\u0064type":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    ("escape dup", '{"\\u0061":' + ENTRY + ',"a":' + ENTRY + "}", 4),
    ("comment", '{/*x*/"a":' + ENTRY + "}", 4),
    ("trailing comma", '{"a":' + ENTRY + ",}", 4),
    ("single quotes", "{'a':" + ENTRY + "}", 4),
    ("shape 1e18+", array('"dtype":"F32","shape":[0,1000000000000000000],"data_offsets":[0,0]'), 0),
    ("name empty", '{"":' + ENTRY + "}", 4),
    ("ctrl in name", '{"a\x01":' + ENTRY + "}", 4),
    ("DEL/U+2028 in name", '{"a\u2028\x7f":' + ENTRY + "}", 4),
    ("noncharacter", '{"a\uffff":' + ENTRY + "}", 4),
]

RAW = [
    ("bad utf8", b'{"a\xff":' + ENTRY.encode() + b"}", 4),
    ("bad utf8 in extra", b'{"a":{' + FIELDS.encode() + b',"x":"\xff"}}', 4),
    ("surrogate in utf8", b'{"a\xed\xa0\x80":' + ENTRY.encode() + b"}", 4),
    ("bad utf8 after", b'{"a":' + ENTRY.encode() + b"} \xff", 4),
]


def read(header, length):
    try:
        content = struct.pack("<Q", len(header)) + header + bytes(range(length))
        return sorted(name for name, _ in safetensors.deserialize(content))
    except safetensors.SafetensorError:
        return None


cases = [(name, header.encode(), length) for name, header, length in CASES] + RAW
text = ",\n".join(
    json.dumps(
        {
            "name": name,
            "header": base64.b64encode(header).decode(),
            "data": length,
            "read": read(header, length),
        }
    )
    for name, header, length in cases
)
pathlib.Path("src/test/resources/safetensors-cases.json").write_text("[\n" + text + "\n]\n")
