/** A picture of 8 bits a number, [height, width, channels]. */
export interface Pixels {
  data: Uint8Array | Uint8ClampedArray
  width: number
  height: number
  channels: number
}

/** A filter: its weight at a distance, and the distance from which on that is zero. */
interface Filter {
  support: number
  weight(distance: number): number
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

/** Filters of Pillow by their names. */
const filters = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    weight(x) {
      const [a, d] = [-0.5, Math.abs(x)]
      if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1
      return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0
    },
  },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
} as const satisfies Record<string, Filter>

/** How a picture is resized. */
export type Resampling = keyof typeof filters | 'nearest'

/** Bits of a fixed-point weight: 8 bits of a value and 2 of sums beyond it are left of 32. */
const BITS = 22

/** The inputs of each output: the first, how many, and their weights as fixed-point numbers, `most` for each output. */
interface Weights {
  firsts: Int32Array
  counts: Int32Array
  values: Int32Array
  most: number
}

/** Resizes as Pillow's `Image.resize` does: first across, then down, in 8 bits between both, by weights of fixed point. */
export function resize(pixels: Pixels, width: number, height: number, resampling: Resampling): Pixels {
  if (resampling === 'nearest') return nearest(pixels, width, height)
  const filter = filters[resampling]
  const across = width === pixels.width ? pixels : horizontal(pixels, weightsOf(pixels.width, width, filter))
  return height === across.height ? across : vertical(across, weightsOf(pixels.height, height, filter))
}

function weightsOf(inputs: number, outputs: number, { support, weight }: Filter): Weights {
  const scale = inputs / outputs
  const stretch = Math.max(scale, 1)
  const reach = support * stretch
  const most = Math.ceil(reach) * 2 + 1
  const [firsts, counts] = [new Int32Array(outputs), new Int32Array(outputs)]
  const values = new Int32Array(outputs * most)
  for (let out = 0; out < outputs; out++) {
    const center = (out + 0.5) * scale
    const first = Math.max(0, Math.trunc(center - reach + 0.5))
    const count = Math.min(inputs, Math.trunc(center + reach + 0.5)) - first
    const own = Array.from({ length: count }, (_, i) => weight((i + first - center + 0.5) / stretch))
    const sum = own.reduce((total, each) => total + each, 0)
    own.forEach((each, i) => {
      const share = sum === 0 ? each : each / sum
      values[out * most + i] = Math.trunc(share * 2 ** BITS + (share < 0 ? -0.5 : 0.5))
    })
    firsts[out] = first
    counts[out] = count
  }
  return { firsts, counts, values, most }
}

const clipped = (sum: number) => Math.max(0, Math.min(255, sum >> BITS))

function horizontal({ data, width, height, channels }: Pixels, { firsts, counts, values, most }: Weights): Pixels {
  const outputs = firsts.length
  const made = new Uint8Array(height * outputs * channels)
  let to = 0
  for (let y = 0; y < height; y++)
    for (let out = 0; out < outputs; out++)
      for (let channel = 0; channel < channels; channel++) {
        let sum = 1 << (BITS - 1)
        let from = (y * width + firsts[out]) * channels + channel
        for (let i = out * most; i < out * most + counts[out]; i++, from += channels) sum += data[from] * values[i]
        made[to++] = clipped(sum)
      }
  return { data: made, width: outputs, height, channels }
}

function vertical({ data, width, channels }: Pixels, { firsts, counts, values, most }: Weights): Pixels {
  const outputs = firsts.length
  const row = width * channels
  const made = new Uint8Array(outputs * row)
  for (let out = 0; out < outputs; out++)
    for (let x = 0; x < row; x++) {
      let sum = 1 << (BITS - 1)
      let from = firsts[out] * row + x
      for (let i = out * most; i < out * most + counts[out]; i++, from += row) sum += data[from] * values[i]
      made[out * row + x] = clipped(sum)
    }
  return { data: made, width, height: outputs, channels }
}

function nearest({ data, width, height, channels }: Pixels, toWidth: number, toHeight: number): Pixels {
  const made = new Uint8Array(toWidth * toHeight * channels)
  let to = 0
  for (let y = 0; y < toHeight; y++)
    for (let x = 0; x < toWidth; x++) {
      const from =
        (Math.floor(((y + 0.5) * height) / toHeight) * width + Math.floor(((x + 0.5) * width) / toWidth)) * channels
      for (let channel = 0; channel < channels; channel++) made[to++] = data[from + channel]
    }
  return { data: made, width: toWidth, height: toHeight, channels }
}
