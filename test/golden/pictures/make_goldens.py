"""Resized pictures as Pillow makes them: python pil.py OUT. Pixels of the source are made by a formula that the test has too."""
import json, sys, os
import numpy as np
from PIL import Image, __version__
out = sys.argv[1]
def source(w, h, c, seed):
    # a linear congruential generator over smooth shapes
    v = np.zeros((h, w, c), np.uint8); s = seed
    for y in range(h):
        for x in range(w):
            for k in range(c):
                s = (s * 1103515245 + 12345) % 2147483648
                base = 128 + 100 * (((x // 7) + (y // 5) + k) % 2) - 50
                v[y, x, k] = max(0, min(255, base + (s >> 16) % 61 - 30))
    return v
cases = []
F = {'nearest': 0, 'lanczos': 1, 'bilinear': 2, 'bicubic': 3, 'box': 4}
for (w, h, c), (tw, th) in [((61, 37, 3), (16, 16)), ((61, 37, 3), (32, 8)), ((13, 11, 3), (40, 24)), ((50, 20, 1), (20, 20)), ((20, 33, 4), (20, 12))]:
    im = source(w, h, c, 7)
    pil = Image.fromarray(im[:, :, 0] if c == 1 else im)
    for name, f in F.items():
        if c == 4:
            # Pillow resizes RGBA premultiplied; channels alone are compared
            got = np.stack([np.asarray(Image.fromarray(np.ascontiguousarray(im[:, :, k])).resize((tw, th), f)) for k in range(c)], -1)
        else:
            got = np.asarray(pil.resize((tw, th), f))
        cases.append({'width': w, 'height': h, 'channels': c, 'to': [tw, th], 'filter': name, 'hex': got.reshape(-1).astype(np.uint8).tobytes().hex()})
json.dump({'pillow': __version__, 'cases': cases}, open(os.path.join(out, 'resized.json'), 'w'), separators=(',', ':'))
# A page: a drawn picture as PNG, JPEG and WebP, with what Pillow reads of each as RGB
im = Image.new('RGB', (96, 40), (250, 248, 240))
from PIL import ImageDraw
d = ImageDraw.Draw(im); d.text((6, 8), 'Glassformer 63', fill=(20, 20, 60)); d.rectangle((70, 24, 90, 36), fill=(200, 40, 30)); d.line((4, 36, 60, 30), fill=(0, 90, 0), width=2)
im.save(f'{out}/page.png'); im.save(f'{out}/page.jpg', quality=90); im.save(f'{out}/page.webp', lossless=True)
rgba = im.convert('RGBA'); rgba.putalpha(Image.linear_gradient('L').resize((96, 40))); rgba.save(f'{out}/clear.png')
im.convert('L').save(f'{out}/gray.png')
im.transpose(Image.ROTATE_90).save(f'{out}/turned.jpg', quality=95, exif=(lambda e: (e.__setitem__(274, 6), e)[1])(Image.Exif()))
im.convert('P', palette=Image.ADAPTIVE).save(f'{out}/palette.png')
from PIL import ImageOps
read = {}
for n in ['page.png', 'page.jpg', 'page.webp', 'clear.png', 'gray.png', 'turned.jpg', 'palette.png']:
    a = np.asarray(ImageOps.exif_transpose(Image.open(f'{out}/{n}')).convert('RGB'))
    r = np.asarray(Image.fromarray(a).resize((32, 32), 2))
    v = ((r.astype(np.float32) * (1/255)) - 0.5) / 0.5
    read[n] = {'size': [a.shape[1], a.shape[0]], 'hex32': r.tobytes().hex()}
json.dump(read, open(f'{out}/read.json', 'w'), separators=(',', ':'))
