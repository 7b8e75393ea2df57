#!/usr/bin/env python3
"""Sound files by libsndfile, and what other implementations make of a short speech: the goldens of src/sound/.

    make.py jfk.wav     # ../shared/golden/whisper/clips/jfk.wav: J. F. Kennedy, 1961, public domain

Needs numpy, scipy, soundfile 0.14 (libsndfile 1.2) and transformers 4.57.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import soundfile as sf
from scipy.signal import firwin, resample_poly
from transformers import WhisperFeatureExtractor

here = Path(__file__).parent
speech = sf.read(sys.argv[1], dtype="int16")[0][5600 : 5600 + 12800]
sf.write(here / "speech.wav", speech, 16000, subtype="PCM_16")
samples = speech.astype(np.float32) / 32768

for mels in (80, 128):
    mel = WhisperFeatureExtractor(feature_size=mels)._np_extract_fbank_features(samples[None], "cpu")[0]
    mel.T.astype("<f4").tofile(here / f"mel-{mels}.f32")

for rate in (8000, 11025, 44100, 48000):
    divisor = np.gcd(rate, 16000)
    up, down = rate // divisor, 16000 // divisor
    taps = firwin(2 * 200 * max(up, down) + 1, 0.9 / max(up, down), window=("kaiser", 12))
    resample_poly(samples.astype(np.float64), up, down, window=taps)[: 2 * rate // 5].astype("<f4").tofile(here / f"resampled-{rate}.f32")

noise = np.random.default_rng(0)
quarter = samples[4000:8000]
quarter = np.interp(np.arange(5512) / 44100, np.arange(4000) / 16000, quarter)
digests = {}
cases = [("WAV", c, n) for c, n in (("PCM_U8", 2), ("PCM_16", 1), ("PCM_24", 2), ("PCM_32", 1), ("FLOAT", 2), ("DOUBLE", 1), ("ULAW", 1), ("ALAW", 2))]
cases += [("WAVEX", "PCM_24", 8), ("WAVEX", "FLOAT", 1), ("WAVEX", "ULAW", 1), ("RF64", "PCM_16", 2)]
cases += [("FLAC", c, n) for c, n in (("PCM_S8", 1), ("PCM_16", 1), ("PCM_16", 2), ("PCM_24", 2), ("PCM_16", 8))]
for kind, code, channels in cases:
    y = np.stack([quarter * (1 - 0.1 * c) + 0.002 * noise.standard_normal(len(quarter)) for c in range(channels)], 1)
    name = f"{kind.lower()}-{code.lower()}-{channels}.{'flac' if kind == 'FLAC' else 'wav'}"
    sf.write(here / name, y[: 5512 if kind == 'FLAC' and channels < 8 else 1500], 44100, subtype=code, format=kind)
    read = sf.read(here / name, dtype="float64", always_2d=True)[0].mean(1).astype("<f4")
    digests[name] = {"samples": len(read), "sha256": hashlib.sha256(read.tobytes()).hexdigest()}
(here / "files.json").write_text(json.dumps(digests, indent=1) + "\n")
