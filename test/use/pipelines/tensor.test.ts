import { describe, expect, test } from 'vitest'
import { GlassformerError, Tensor } from '#dist/use/pipelines/index.js'

const tensor = new Tensor('float32', [1, 2, 3, 4, 5, 6], [2, 3])

describe('a tensor', () => {
  test('has type, values, dimensions and size', () => {
    expect([tensor.type, tensor.dims, tensor.size, tensor.location]).toEqual(['float32', [2, 3], 6, 'cpu'])
    expect(tensor.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6))
    expect(tensor.tolist()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(new Tensor('int64', [1, 2n, true] as never).tolist()).toEqual([1n, 2n, 1n])
    expect(new Tensor('int32', []).dims).toEqual([0])
  })

  test('has sub-tensors by index, over the same values', () => {
    expect(tensor[1].tolist()).toEqual([4, 5, 6])
    expect(tensor[-1][0].item()).toBe(4)
    expect(tensor[0].data.buffer).toBe(tensor.data.buffer)
    expect(() => tensor[2]).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
    expect(() => tensor.item()).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }))
  })

  test('is iterated part by part', () => {
    expect([...tensor].map((part) => (part as Tensor).tolist())).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect([...tensor[0]]).toEqual([1, 2, 3])
  })

  // The slices in the documentation of transformers.js, of rows and columns.
  test('is sliced along each dimension by an index, a range, or not at all', () => {
    const rows = new Tensor(
      'int64',
      Array.from({ length: 28 }, (_, i) => BigInt(i + 1)),
      [4, 7],
    )
    expect(rows.slice([1, -1], [1, -1]).tolist()).toEqual([
      [9n, 10n, 11n, 12n, 13n],
      [16n, 17n, 18n, 19n, 20n],
    ])
    expect(rows.slice(-1).tolist()).toEqual([22n, 23n, 24n, 25n, 26n, 27n, 28n])
    expect(rows.slice(null, [5, null], null as never).dims).toEqual([4, 2])
    expect(rows.slice([1, 2], 3).dims).toEqual([1])
    for (const slice of [7, [3, 1], 'x', [1]])
      expect(() => rows.slice(slice as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
    const copy = rows.clone()
    copy.data[0] = 0n
    expect(rows.data[0]).toBe(1n)
  })

  test.each([
    [['int65', [1]], 'ERR_OPTION'],
    [['int64', 5], 'ERR_OPTION'],
    [['int64', [1, 2], [3]], 'ERR_SHAPE'],
    [['int64', [1, 2], [-1, -2]], 'ERR_SHAPE'],
  ])('%j is none', (given, code) => {
    expect(() => Reflect.construct(Tensor, given)).toThrow(GlassformerError)
    expect(() => Reflect.construct(Tensor, given)).toThrow(expect.objectContaining({ code }))
  })
})
