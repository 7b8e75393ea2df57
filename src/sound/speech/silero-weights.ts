import { GlassformerError } from '../../base/errors.ts'

/** The tensors of Silero VAD v6, without the basis of its Fourier transform, in the order of their file. */
export const sileroShapes = {
  'conv.0.weight': [128, 129, 3],
  'conv.0.bias': [128],
  'conv.1.weight': [64, 128, 3],
  'conv.1.bias': [64],
  'conv.2.weight': [64, 64, 3],
  'conv.2.bias': [64],
  'conv.3.weight': [128, 64, 3],
  'conv.3.bias': [128],
  'lstm.input': [512, 128],
  'lstm.hidden': [512, 128],
  'lstm.bias': [1024],
  'output.weight': [1, 128],
  'output.bias': [1],
} as const

export type SileroWeights = Record<keyof typeof sileroShapes, Float32Array>

const sizes = Object.entries(sileroShapes).map(
  ([name, shape]) => [name, shape.reduce<number>((product, size) => product * size, 1)] as const,
)
const COUNT = sizes.reduce((sum, [, size]) => sum + size, 0)

/**
 * The weights of a file `weights.f24`: the upper 24 bits of float32 numbers, their first bytes, then their second and
 * their third ones. @throws GlassformerError ERR_MODEL_FORMAT for a file of another size
 */
export function sileroWeights(bytes: Uint8Array): SileroWeights {
  if (bytes.length !== 3 * COUNT)
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `the weights of voice detection have ${bytes.length} bytes, not ${3 * COUNT}`,
    )
  const bits = new Uint32Array(COUNT)
  for (let i = 0; i < COUNT; i++) bits[i] = (bytes[i] << 24) | (bytes[COUNT + i] << 16) | (bytes[2 * COUNT + i] << 8)
  const all = new Float32Array(bits.buffer)
  let end = 0
  const tensors = sizes.map(([name, size]) => {
    end += size
    return [name, all.subarray(end - size, end)]
  })
  return Object.fromEntries(tensors)
}
