import { afterEach, describe, expect, it, vi } from 'vitest'
import { createPlayer } from '#dist/program/create-player.js'
import { bfloat16Backends, nativeBackends } from '../backends.ts'

afterEach(() => vi.unstubAllEnvs())

/** The precision that a player of this instruction set says it has. */
function precisionOf(precision: 'auto' | 'float32' | 'bfloat16', isa: string): string {
  vi.stubEnv('GLASSFORMER_ISA', isa)
  const player = createPlayer({ backend: 'native', threads: 1, precision })
  player.close()
  return player.info.precision
}

const best = bfloat16Backends.length ? 'bfloat16' : 'float32'

describe.skipIf(!nativeBackends.length)('precision on the native backend', () => {
  it(`is by default the best that the instruction set has, here ${best}`, () => {
    expect(precisionOf('auto', '')).toBe(best)
    for (const isa of ['scalar', 'avx2'])
      if (nativeBackends.some(({ name }) => name.includes(isa))) expect(precisionOf('auto', isa)).toBe('float32')
  })

  it('is what was asked for, or an error that says what is missing', () => {
    expect(precisionOf('float32', '')).toBe('float32')
    expect(() => precisionOf('bfloat16', 'scalar')).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(/needs AVX512-BF16.* scalar/) }),
    )
    if (best === 'bfloat16') expect(precisionOf('bfloat16', '')).toBe('bfloat16')
  })
})

describe('precision in JavaScript', () => {
  it('is float32', () => {
    expect(createPlayer({ backend: 'js', threads: 1, precision: 'auto' }).info.precision).toBe('float32')
    expect(() => createPlayer({ backend: 'js', threads: 1, precision: 'bfloat16' })).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(/needs the native backend; take/) }),
    )
  })
})
