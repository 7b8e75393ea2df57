import { afterEach, describe, expect, it, vi } from 'vitest'
import { createPlayer } from '#dist/engine/program/create-player.js'
import { bfloat16Backends, nativeBackends } from '../../backends.ts'

afterEach(() => vi.unstubAllEnvs())

/** The format in which a player of this instruction set reports large products. */
function productsOf(products: 'auto' | 'float32' | 'bfloat16', isa: string): string {
  vi.stubEnv('GLASSFORMER_ISA', isa)
  const player = createPlayer({ backend: 'native', threads: 1, products })
  player.close()
  return player.info.products
}

const best = bfloat16Backends.length ? 'bfloat16' : 'float32'

describe.skipIf(!nativeBackends.length)('large products on the native backend', () => {
  it(`use by default the best format of the instruction set, here ${best}`, () => {
    expect(productsOf('auto', '')).toBe(best)
    for (const isa of ['scalar', 'avx2'])
      if (nativeBackends.some(({ name }) => name.includes(isa))) expect(productsOf('auto', isa)).toBe('float32')
  })

  it('use the requested format, or throw an error with the missing instructions', () => {
    expect(productsOf('float32', '')).toBe('float32')
    expect(() => productsOf('bfloat16', 'scalar')).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(/need AVX512-BF16.* scalar/) }),
    )
    if (best === 'bfloat16') expect(productsOf('bfloat16', '')).toBe('bfloat16')
  })
})

describe('large products in JavaScript', () => {
  it('are in float32', () => {
    expect(createPlayer({ backend: 'js', threads: 1, products: 'auto' }).info.products).toBe('float32')
    expect(() => createPlayer({ backend: 'js', threads: 1, products: 'bfloat16' })).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(/need the native backend; take/) }),
    )
  })
})

it.each(['js', ...(nativeBackends.length ? (['native'] as const) : [])] as const)(
  'sizes beyond the memory of any machine are refused with ERR_MEMORY (%s)',
  (backend) => {
    const player = createPlayer({ backend, threads: 1 })
    const refused = expect.objectContaining({
      code: 'ERR_MEMORY',
      message: expect.stringMatching(/^there is no memory/),
    })
    expect(() => player.array('float32', 2 ** 50)).toThrow(refused)
    if (player.packing) expect(() => player.packing!.store(2 ** 50)).toThrow(refused)
    player.close()
  },
)
