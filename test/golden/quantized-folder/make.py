"""What NumPy makes of the matrices of ../hub/marian-f16 in int8: run `python make.py > quantized.json` here.

For every matrix that products or embeddings use: SHA-256 of its integers (int8, row by row) and of its scales (float32), and its
first row to look at. A row's scale is its largest magnitude / 127, its integers are value / scale, rounded to the nearest, ties to
even, all in float32.
"""

import hashlib
import json
import pathlib
import struct

import numpy

data = (pathlib.Path(__file__).parent / '../hub/marian-f16/model/model.safetensors').read_bytes()
(length,) = struct.unpack('<Q', data[:8])
header = json.loads(data[8 : 8 + length])
result = {}
for name, entry in sorted(header.items()):
    if name == '__metadata__' or len(entry['shape']) != 2 or entry['shape'][0] == 1 or 'positions' in name:
        continue
    assert entry['dtype'] == 'F16'
    begin, end = (8 + length + offset for offset in entry['data_offsets'])
    values = numpy.frombuffer(data[begin:end], '<f2').reshape(entry['shape']).astype(numpy.float32)
    scales = numpy.abs(values).max(axis=1) / numpy.float32(127)
    divisors = numpy.where(scales == 0, numpy.float32(1), scales)[:, None]
    integers = numpy.clip(numpy.rint(values / divisors), -127, 127).astype(numpy.int8)
    assert scales.dtype == divisors.dtype == numpy.float32
    sha = lambda array: hashlib.sha256(array.tobytes()).hexdigest()
    result[name] = {'integers': sha(integers), 'scales': sha(scales), 'first': integers[0].tolist()}
print(json.dumps(result, indent=1).replace('\n   ', ' '))
