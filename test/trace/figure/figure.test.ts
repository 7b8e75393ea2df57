import { describe, expect, test } from 'vitest'
import type { Trace } from '#dist/trace/data/trace.js'
import { figure, figureNeeds } from '#dist/trace/figure/figure.js'
import { type FigureName, type FigureOptions, figureNames } from '#dist/trace/figure/options.js'
import { rendered } from '../../draw/rendered.ts'
import { aTrace } from './a-trace.ts'

const trace = aTrace()

/** The first group of each match. */
const found = (svg: string, pattern: RegExp) => Array.from(svg.matchAll(pattern), ([, group]) => group)

describe.each(figureNames)('figure %s', (name) => {
  test.each(['light', 'dark'] as const)('is drawn by another program on %s paper', (theme) => {
    const svg = figure(name, trace, { theme })
    expect(svg).not.toMatch(/NaN|undefined|var\(/)
    expect(rendered(svg).inked).toBeGreaterThan(0.02)
  })

  test('has a title and a description, and can be made wider', () => {
    const svg = figure(name, trace, { width: 1234 })
    expect(found(svg, /<title>([^<]+)/g)[0].length).toBeGreaterThan(5)
    expect(found(svg, /<desc>([^<]+)/g)[0].length).toBeGreaterThan(20)
    expect(svg).toMatch(/<svg [^>]*width="1234" height="\d+"/)
  })
})

describe('attention', () => {
  const weights = trace.tensors['decoder.0.crossAttention.weights'].values

  test('of one head has its weights; labels are tokens, linked by their names', () => {
    const svg = figure('attention', trace, { head: 1 })
    const opacities = found(svg, /fill-opacity="([\d.]+)" data-query/g).map(Number)
    expect(opacities).toHaveLength(20)
    opacities.forEach((opacity, i) => void expect(opacity).toBeCloseTo(weights[20 + i], 3))
    expect(found(svg, /data-token="([^"]+)"/g)).toEqual([
      ...[0, 1, 2, 3].map((i) => `target:${i}`),
      ...[0, 1, 2, 3, 4].map((i) => `source:${i}`),
    ])
    for (const token of ['>Je<', '>·iant<', '>&lt;/s&gt;<']) expect(svg).toContain(token)
  })

  test('without a head is the mean of all', () => {
    const opacities = found(figure('attention', trace), /fill-opacity="([\d.]+)" data-query/g).map(Number)
    opacities.forEach((opacity, i) => void expect(opacity).toBeCloseTo((weights[i] + weights[20 + i]) / 2, 3))
  })

  test('with words merged: attention to pieces is summed, attention from pieces is averaged; rows still sum to 1', () => {
    const svg = figure('attention', trace, { kind: 'encoder', layer: 0, head: 0, words: true })
    const own = trace.tensors['encoder.0.selfAttention.weights'].values
    const opacities = found(svg, /fill-opacity="([\d.]+)" data-query/g).map(Number)
    expect(opacities).toHaveLength(16)
    const at = (query: number, key: number) => own[query * 5 + key]
    expect(opacities[2]).toBeCloseTo(at(0, 2) + at(0, 3), 3)
    expect(opacities[10]).toBeCloseTo((at(2, 2) + at(2, 3) + at(3, 2) + at(3, 3)) / 2, 3)
    expect(svg).toContain('>étudiant<')
    expect(svg).toContain('data-token="source:2 source:3"')
  })

  test('without the end has a row and a column less', () => {
    const svg = figure('attention', trace, { hideEnd: true })
    expect(found(svg, /data-key="([^"]+)"/g)).toHaveLength(12)
    expect(svg).not.toContain('>&lt;/s&gt;<')
  })

  test("of scores shows the mask; the decoder's queries are the tokens it has read", () => {
    const svg = figure('attention', trace, { kind: 'decoder', head: 0, values: 'maskedScores' })
    expect(found(svg, />(−∞)</g)).toHaveLength(6)
    expect(found(svg, /data-token="([^"]+)"/g).slice(0, 4)).toEqual([
      'target:start',
      'target:0',
      'target:1',
      'target:2',
    ])
  })
})

describe('heads', () => {
  test.each<[string | number]>([['suis'], [1]])('of the query %j has its lines alone', (query) => {
    const svg = figure('heads', trace, { kind: 'encoder', layer: 1, query })
    expect(new Set(found(svg, /<path [^>]*data-query="([^"]+)"/g))).toEqual(new Set(['source:1']))
  })

  test('of one head has its lines alone', () => {
    expect(new Set(found(figure('heads', trace, { head: 1 }), /<path [^>]*data-head="(\d)"/g))).toEqual(new Set(['1']))
  })
})

test('the grid has a thumbnail for each head of each layer', () => {
  const svg = figure('grid', trace, { kind: 'encoder' })
  expect(found(svg, /data-layer="(\d)"/g)).toEqual(['0', '0', '1', '1'])
  expect(svg.match(/<image /g)).toHaveLength(4)
})

test('the neuron view computes the weights of the trace', () => {
  const svg = figure('neuron', trace, { kind: 'decoder', head: 1, query: 2 })
  const weights = trace.tensors['decoder.0.selfAttention.weights'].values.subarray(16 + 8, 16 + 12)
  for (const weight of weights.subarray(0, 3)) expect(svg).toContain(`>${weight.toFixed(3)}<`)
})

describe('distribution', () => {
  test('of a step has its tokens, of all steps a matrix over the vocabulary that comes up', () => {
    expect(figure('distribution', trace, { step: 1 })).toContain('70.0 %')
    const svg = figure('distribution', trace)
    expect(found(svg, /data-token="vocabulary:(\d+)"/g)).toEqual(['5', '6', '7', '8', '30', '31'])
    const row = found(svg, /fill-opacity="([\d.]+)" data-step="1"/g).map(Number)
    expect(row).toEqual([0, 0.7, 0, 0, 0.2, 0.05])
  })
})

describe('architecture', () => {
  test('has a strip for each part whose tensor is there', () => {
    expect(figure('architecture', trace).match(/<image /g)).toHaveLength(5)
  })

  test('needs no sentence', () => {
    expect(figure('architecture', { model: trace.model })).toContain('[S × 8]')
  })
})

describe('positions', () => {
  test('of sinusoids need no trace; those of the model are its own', () => {
    expect(figure('positions', null, { length: 10, dimensions: 64 }).match(/data-position/g)).toHaveLength(640)
    expect(figure('positions', trace, { encoding: 'own' }).match(/data-position/g)).toHaveLength(40)
  })
})

test('text that is HTML, or written from right to left, stays text', () => {
  const tokens = ['▁<img src=x onerror=alert(1)>', '▁שלום', '▁مرحبا', '▁👩‍👩‍👧', '</s>']
  const strange: Trace = { ...trace, source: { ...trace.source, tokens, text: tokens.join('') } }
  for (const name of ['attention', 'heads', 'neuron', 'architecture'] as const) {
    const svg = figure(name, strange)
    expect(svg).not.toContain('<img')
    expect(svg).toContain('שלום')
    expect(rendered(svg).inked).toBeGreaterThan(0.02)
  }
})

describe('the tensors that a trace needs', () => {
  test.each<[FigureName, FigureOptions, object]>([
    ['attention', { kind: 'encoder', layer: 1 }, { tensors: ['encoder.1.selfAttention.weights'] }],
    ['attention', { values: 'scores' }, { tensors: ['decoder.*.crossAttention.scores'] }],
    ['heads', { layer: 0 }, { tensors: ['decoder.0.crossAttention.weights'] }],
    ['grid', { kind: 'decoder' }, { tensors: ['decoder.*.selfAttention.weights'] }],
    ['neuron', { layer: 0 }, { tensors: ['query', 'key', 'value'].map((name) => `decoder.0.crossAttention.${name}`) }],
    ['distribution', {}, { steps: 10 }],
    ['beam', {}, { beamTree: true }],
    ['positions', {}, {}],
    ['positions', { encoding: 'own' }, { tensors: ['encoder.positions'] }],
  ])('%s %j', (name, options, needs) => {
    expect(figureNeeds(name, options)).toEqual(needs)
  })

  test.each<[FigureName, FigureOptions, string]>([
    ['attention', {}, 'decoder.0.crossAttention.weights'],
    ['neuron', {}, 'decoder.0.crossAttention.query'],
    ['distribution', {}, '{ steps: 10 }'],
    ['beam', {}, '{ beamTree: true }'],
    ['lens', {}, '{ lens: true }'],
    ['shares', {}, "{ attribute: 'direct' }"],
    ['saliency', { by: 'integrated' }, "{ attribute: 'integrated' }"],
    ['sweep', {}, '{ sweep: { second } }'],
    ['positions', { encoding: 'own' }, 'encoder.positions'],
  ])('%s of a trace without a tensor names the missing option', (name, options, what) => {
    const none = { attributions: undefined, sweep: undefined }
    const bare: Trace = { ...trace, ...none, tensors: {}, steps: [], lens: [], beams: null }
    expect(() => figure(name, bare, options)).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }))
    expect(() => figure(name, bare, options)).toThrow(what)
    expect(() => figure(name, null, options)).toThrow('needs the trace of a sentence')
  })
})

test.each<[string, object, string]>([
  ['atention', {}, "there is no figure 'atention': the figures are attention, heads"],
  ['atention', {}, '(Did you mean attention?)'],
  ['lens', { layer: 1 }, "option 'layer' belongs to the figures attention, heads and neuron, not to lens"],
  ['attention', { layer: 1 }, "option 'layer' must be an integer from 0 to 0, not 1"],
  ['attention', { kind: 'encoder', head: 2 }, "option 'head' must be an integer from 0 to 1, not 2"],
  ['attention', { kind: 'encodr' }, '(Did you mean encoder?)'],
  ['heads', { kind: 'encoder', query: 5 }, "option 'query' must be an integer from 0 to 4, not 5"],
  ['heads', { kind: 'encoder', query: 'suiss' }, '(Did you mean suis?)'],
  ['distribution', { step: 4 }, "option 'step' must be an integer from 0 to 3, not 4"],
  ['positions', { length: 0 }, "option 'length' must be an integer from 1 to 10000"],
  ['beam', { theme: 'drak' }, '(Did you mean dark?)'],
  ['beam', { colour: 'red' }, "unknown option 'colour'"],
])('figure(%j, trace, %j) is refused: %s', (name, options, message) => {
  expect(() => figure(name as FigureName, trace, options)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  expect(() => figure(name as FigureName, trace, options)).toThrow(message)
})

test('the neuron view without the relative position terms is refused', () => {
  const relative = { ...trace, model: { ...trace.model, positions: 'relative' as const } }
  expect(() => figure('neuron', relative, { kind: 'encoder' })).toThrow(
    expect.objectContaining({ code: 'ERR_UNSUPPORTED' }),
  )
  expect(figure('neuron', relative)).toContain('<svg')
})
