"""A second of speech.wav as MP3, Ogg Vorbis and Ogg Opus, and what libsndfile reads from these, as FLAC: packed.py, in this folder.

MP3 and Vorbis at 16 kHz and two channels at 44.1 kHz, Opus at 48 kHz. (soundfile 0.13, libsndfile 1.2)
"""
import numpy as np
import soundfile as sf

speech, rate = sf.read('speech.wav', dtype='float32')
assert rate == 16000
speech = speech[:rate] if speech.ndim == 1 else speech[:rate, 0]
wide = np.interp(np.arange(44100) / 44100, np.arange(len(speech)) / rate, speech).astype('float32')
opus = np.interp(np.arange(48000) / 48000, np.arange(len(speech)) / rate, speech).astype('float32')
for name, form, subtype, samples, hertz in [
    ('mono.mp3', 'MP3', 'MPEG_LAYER_III', speech, 16000),
    ('stereo.mp3', 'MP3', 'MPEG_LAYER_III', np.stack([wide, wide / 2], 1), 44100),
    ('vorbis.ogg', 'OGG', 'VORBIS', speech, 16000),
    ('stereo.ogg', 'OGG', 'VORBIS', np.stack([wide, wide / 2], 1), 44100),
    ('opus.opus', 'OGG', 'OPUS', opus, 48000),
]:
    sf.write(name, samples, hertz, format=form, subtype=subtype)
    read, found = sf.read(name, dtype='float32', always_2d=True)
    sf.write(f'{name}.flac', read.mean(1), found, subtype='PCM_16')
