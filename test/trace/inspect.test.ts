import { join } from 'node:path'
import { GlassformerError, Translator } from 'glassformer'
import { type TensorValues, type Trace, traceFromJson, traceToJson, traceToSafetensors } from 'glassformer/inspect'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { headColumns, headOf, rowOf } from '#dist/trace/data/tensor-parts.js'
import { scratchFolder } from '../formats/raw-safetensors.ts'

let translator: Translator
beforeAll(async () => {
  translator = await Translator.load()
})
afterAll(() => translator.close())

const TEXT = 'Je suis étudiant.'

describe('translator.inspect', () => {
  it('has weights, also those that are multiplied as one with others', async () => {
    for (const part of ['query', 'key', 'value']) {
      const name = `encoder.0.selfAttention.${part}`
      const { tensors } = await translator.inspect(TEXT, {
        tensors: ['encoder.0.input', name, `${name}.weight`, `${name}.bias`],
      })
      const [input, output, weight, bias] = Object.values(tensors).map(({ values }) => values)
      const width = 256
      const products = Array.from(bias, (sum, o) => {
        for (let i = 0; i < width; i++) sum += input[i] * weight[o * width + i]
        return sum
      })
      const largest = Math.max(...products.map(Math.abs))
      // The kernel rounds inputs to int8; the weights are those it multiplies by.
      products.forEach((value, o) => expect(Math.abs(value - output[o])).toBeLessThan(0.03 * largest))
    }
  })

  it('returns the translation of translate, and only the requested parts', async () => {
    const trace = await translator.inspect(TEXT)
    const { text, ids, finishReason } = await translator.translate(TEXT)
    expect(trace.target).toMatchObject({ text, ids, finishReason })
    expect(trace.target.inputs.ids).toEqual([translator.model.config.ids.start, ...ids.slice(0, -1)])
    expect(trace.source.ids).toEqual(translator.tokenizer.encode(TEXT))
    expect(trace.source.tokens).toEqual(translator.tokenizer.pieces(trace.source.ids, { side: 'source' }))
    expect(trace.source.words).toEqual([0, 1, 2, 2, -1])
    const { tensors, steps, lens, beams, interventions } = trace
    expect({ tensors, steps, lens, beams, interventions }).toEqual({
      tensors: {},
      steps: [],
      lens: [],
      beams: null,
      interventions: [],
    })
    expect(trace.model).toMatchObject({ name: 'fr-en', precision: 'int8', ...shapeOf(translator) })
  })

  it('returns for each step the best tokens, their log-probabilities as in score, entropy and rank', async () => {
    const { target, steps } = await translator.inspect(TEXT, { target: "It's a student.", steps: 8 })
    const [score] = await translator.score([{ source: TEXT, target: "It's a student." }])
    expect(target).toMatchObject({ ids: score.ids, finishReason: 'given', text: "It's a student." })
    steps.forEach(({ chosen, top, entropy, forced }, i) => {
      expect(chosen.logProbability).toBeCloseTo(score.tokenScores[i], 4)
      expect(top).toHaveLength(8)
      expect(top.map(({ logit }) => logit)).toEqual(top.map(({ logit }) => logit).sort((a, b) => b - a))
      if (chosen.rank < 8) expect(top[chosen.rank]).toEqual({ ...chosen, rank: undefined })
      expect(entropy).toBeGreaterThan(0)
      expect(entropy).toBeLessThan(Math.log(translator.model.config.targetVocabulary))
      expect(forced).toBe(false)
    })
    expect(steps.some(({ chosen }) => chosen.rank > 0)).toBe(true)
  })

  it('uses ids of a target unchanged, even without the end', async () => {
    const { ids } = await translator.translate(TEXT)
    for (const target of [ids, ids.slice(0, 3), [ids[0]]]) {
      const trace = await translator.inspect(TEXT, { target, steps: 1, tensors: ['decoder.0.input'] })
      expect(trace.target).toMatchObject({ ids: target, finishReason: 'given' })
      expect(trace.tensors['decoder.0.input'].shape[0]).toBe(target.length)
      expect(trace.steps.map(({ top }) => top[0].id)).toEqual(target)
    }
  })

  it("computes the lens at each depth; the last equals the model's output", async () => {
    const { lens, steps, target } = await translator.inspect(TEXT, { lens: true, steps: true })
    expect(lens.map(({ depth }) => depth)).toEqual([0, 1, 2])
    for (const { rows } of lens) expect(rows.map(({ top }) => top.length)).toEqual(target.ids.map(() => 5))
    lens[2].rows.forEach(({ top, entropy }, i) => {
      expect(top).toEqual(steps[i].top)
      expect(entropy).toBe(steps[i].entropy)
    })
  })

  it.each([
    ['power', 8, 0.6, false],
    ['gnmt', 4, 1, false],
    ['power', 3, 1, 'never'],
    ['power', 3, 1, true],
    ['power', 1, 1, false],
  ] as const)(
    'the beam tree has all hypotheses of the search (%s, %i beams)',
    async (form, beams, alpha, earlyStopping) => {
      const options = { beams, alternatives: beams, lengthPenaltyForm: form, lengthPenalty: alpha, earlyStopping }
      const trace = await translator.inspect('Elle lit un livre.', { ...options, beamTree: true })
      const found = await translator.translate('Elle lit un livre.', options)
      const { nodes, results, stopped, beams: width } = trace.beams!
      expect(width).toBe(beams)
      expect(stopped).not.toBe('')
      const idsTo = (node: number): number[] =>
        nodes[node].parent < 0 ? [] : [...idsTo(nodes[node].parent), nodes[node].id]
      const alternatives = found.alternatives ?? [found]
      expect(results.map(idsTo)).toEqual(alternatives.map(({ ids }) => ids))
      results.forEach((node, i) => expect(nodes[node].score).toBeCloseTo(alternatives[i].score, 6))
      nodes.forEach((node, i) => {
        if (i === 0) return expect(node).toMatchObject({ parent: -1, depth: 0, sum: 0 })
        const parent = nodes[node.parent]
        expect(node.parent).toBeLessThan(i)
        expect(parent.state).toBe('kept')
        expect(node.depth).toBe(parent.depth + 1)
        expect(node.sum).toBeCloseTo(parent.sum + node.logProbability, 9)
        const length = form === 'gnmt' ? (5 + node.depth) / 6 : node.depth
        expect(node.score).toBeCloseTo(node.sum / length ** alpha, 9)
        if (node.id === 0) expect(['finished', 'dropped']).toContain(node.state)
      })
      const deepest = Math.max(...nodes.map(({ depth }) => depth))
      for (let depth = 1; depth <= deepest; depth++)
        expect(nodes.filter((node) => node.depth === depth && node.state === 'kept').length).toBeLessThanOrEqual(beams)
      if (beams > 1) expect(nodes.some(({ state }) => state === 'pruned')).toBe(true)
    },
  )

  it.each([
    ['one token', [0]],
    ['an empty text', ''],
    ['60 tokens', 'Elle lit un livre que son frère lui a donné, '.repeat(6)],
    ['200 tokens', 'Elle lit un livre. '.repeat(40)],
    ['right to left', 'مرحبا بالعالم، هذا كتاب.'],
    ['emoji', 'J’aime 👩‍👩‍👧‍👦 et 😀 !'],
    ['markup', '<script>alert(1)</script> & "x"'],
  ] as const)('a source of %s', async (_, source) => {
    const trace = await translator.inspect(source, {
      beams: 8,
      maxTokens: 200,
      beamTree: true,
      steps: true,
      lens: 2,
      tensors: ['**.weights', 'encoder.0.input'],
    })
    const [S, T] = [trace.source.ids.length, trace.target.ids.length]
    if (typeof source === 'string') expect(trace.source.text).toBe(source)
    expect(trace.tensors['encoder.0.input'].shape).toEqual([S, translator.model.config.dModel])
    expect(trace.steps).toHaveLength(T)
    for (const [name, { shape, values }] of Object.entries(trace.tensors)) {
      if (!name.endsWith('weights')) continue
      const sizes = { encoder: [S, S], self: [T, T], cross: [T, S] }
      expect(shape.slice(1)).toEqual(sizes[name.startsWith('e') ? 'encoder' : name.includes('self') ? 'self' : 'cross'])
      const keys = shape[2]
      for (let row = 0; row < values.length; row += keys)
        expect(values.subarray(row, row + keys).reduce((a, b) => a + b)).toBeCloseTo(1, 4)
    }
  })

  it('stops when its signal fires, and leaves the event loop free', async () => {
    const controller = new AbortController()
    let turns = 0
    const timer = setInterval(() => {
      if (++turns === 5) controller.abort()
    }, 2)
    const work = translator.inspect('Elle lit un livre. '.repeat(40), {
      beams: 8,
      tensors: ['**'],
      lens: true,
      signal: controller.signal,
    })
    await expect(work).rejects.toMatchObject({ code: 'ERR_ABORTED', name: 'AbortError' })
    clearInterval(timer)
    await expect(translator.inspect(TEXT, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ERR_ABORTED',
    })
    expect((await translator.inspect(TEXT)).target.text).toBe('I am a student.') // the worker continues
  })

  it('calls functions of tensors, which a worker waits for, in the search too', async () => {
    const seen: string[] = []
    const replace = {
      'decoder.1.crossAttention.heads': ({ name, shape, positions, values }: TensorValues) => {
        seen.push(`${name} ${shape} ${positions}`)
        values.fill(0)
        return undefined
      },
    }
    const [changed, off] = await Promise.all([
      translator.inspect(TEXT, { replace, beams: 2, alternatives: 2 }),
      translator.inspect(TEXT, { ablate: ['decoder.1.crossAttention.heads'], beams: 2, alternatives: 2 }),
    ])
    expect(changed.target.ids).toEqual(off.target.ids)
    expect(changed.alternatives!.map(({ score }) => score)).toEqual(off.alternatives!.map(({ score }) => score))
    expect(seen[0]).toBe('decoder.1.crossAttention.heads 1,256 0')
    expect(seen.length).toBeGreaterThan(off.target.ids.length - 1)
    expect(changed.interventions).toEqual([{ kind: 'apply', tensor: 'decoder.1.crossAttention.heads' }])
    const failing = (what: () => never | readonly number[]) =>
      translator.inspect(TEXT, { replace: { 'encoder.output': what } })
    await expect(
      failing(() => {
        throw new RangeError('mine')
      }),
    ).rejects.toThrow(new RangeError('mine'))
    await expect(failing(() => [1])).rejects.toMatchObject({ code: 'ERR_OPTION', message: /must return/ })
    expect((await translator.inspect(TEXT)).target.text).toBe('I am a student.') // the worker continues
  })

  it('runs beside translations', async () => {
    const [trace, translations, other] = await Promise.all([
      translator.inspect(TEXT, { steps: true }),
      translator.translate(Array.from({ length: 40 }, (_, i) => `J'ai ${i} ans.`)),
      translator.inspect('Merci.', { beamTree: true }),
    ])
    expect(trace.target.text).toBe('I am a student.')
    expect(translations).toHaveLength(40)
    expect(other.target.text).toBe('Thank you.')
  })

  it('takes a forced token as a piece, as a word, or as an id', async () => {
    const id = translator.tokenizer.encode('teacher', { side: 'target' })[0]
    for (const token of ['▁teacher', 'teacher', id]) {
      const { target, steps } = await translator.inspect(TEXT, {
        interventions: [{ kind: 'force', step: 3, token }],
        steps: true,
      })
      expect(target.text).toBe('I am a teacher.')
      expect(steps[3]).toMatchObject({ forced: true, chosen: { id, token: '▁teacher' } })
    }
  })

  it.each<[string, object | null, string, RegExp]>([
    [
      'a name that is none',
      { tensors: ['encoder.0.selfAttention.qurey'] },
      'ERR_OPTION',
      /Did you mean encoder\.0\.selfAttention\.query\?/,
    ],
    ['a pattern without a match', { tensors: ['middle.**'] }, 'ERR_OPTION', /no tensor named 'middle\.\*\*'/],
    ['an option that is none', { tensor: ['**'] }, 'ERR_OPTION', /unknown option 'tensor'.*Did you mean tensors\?/],
    ['no tokens at all', { steps: 0 }, 'ERR_OPTION', /option 'steps' must be/],
    ['a target that is none', { target: 5 }, 'ERR_OPTION', /option 'target' must be/],
    ['a target of unknown ids', { target: [999999] }, 'ERR_INPUT', /outside the target vocabulary/],
    ['options that are none', null, 'ERR_OPTION', /options must be an object/],
  ])('%s is refused', async (_, options, code, message) => {
    await expect(translator.inspect(TEXT, options as never)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  it('refuses an invalid source, and one that is too long', async () => {
    await expect(translator.inspect(5 as never)).rejects.toMatchObject({ code: 'ERR_INPUT' })
    await expect(translator.inspect('Elle lit. '.repeat(300))).rejects.toMatchObject({ code: 'ERR_INPUT_TOO_LONG' })
    const closed = await Translator.load()
    await closed.close()
    await expect(closed.inspect(TEXT)).rejects.toBeInstanceOf(GlassformerError)
  })

  it("accepts the listing's names of single tensors too", async () => {
    const { tensors } = await translator.inspect(TEXT, {
      tensors: ['output.out', 'logits', 'encoder.0.selfAttention.queryKeyValue.out', 'encoder.0.selfAttention.key'],
    })
    expect(tensors['output.out'].values).toEqual(tensors.logits.values)
    const { shape, values } = tensors['encoder.0.selfAttention.queryKeyValue.out']
    const key = tensors['encoder.0.selfAttention.key']
    expect(shape[1]).toBe(3 * key.shape[1])
    expect(key.values[0]).toBe(values[key.shape[1]])
  })
})

function shapeOf({ model: { config } }: Translator) {
  const { dModel, encoder, decoder, maxLength, sourceVocabulary, targetVocabulary } = config
  return { dModel, encoder, decoder, maxLength, sourceVocabulary, targetVocabulary }
}

describe('a trace', () => {
  let trace: Trace
  beforeAll(async () => {
    trace = await translator.inspect(TEXT, {
      tensors: ['decoder.0.**', 'logits'],
      steps: true,
      lens: 2,
      beamTree: true,
      attribute: { by: ['direct', 'gradient', 'integrated'], points: 2, steps: 1, keys: true },
      contrast: true,
      sweep: { second: 'Je suis professeur.' },
      interventions: [{ kind: 'headOff', attention: 'encoder.0.selfAttention', head: 1 }],
    })
  })

  it('is the same after JSON, −∞ of masks as well', () => {
    expect(trace.tensors['decoder.0.selfAttention.maskedScores'].values).toContain(-Infinity)
    const json = traceToJson(trace)
    expect(trace.attributions![0].direct!.length).toBeGreaterThan(10)
    expect(trace.sweep!.values[0]).toHaveLength(trace.source.ids.length)
    expect(traceFromJson(json)).toEqual(trace)
    expect(traceFromJson(JSON.parse(json))).toEqual(trace)
    const stored = JSON.parse(json).tensors.logits
    expect(stored.shape).toEqual(trace.tensors.logits.shape)
    expect(Buffer.from(stored.float32, 'base64').readFloatLE(0)).toBe(trace.tensors.logits.values[0])
    const odd = { ...trace, steps: [{ ...trace.steps[0], entropy: Number.NaN }] }
    expect(traceFromJson(traceToJson(odd)).steps[0].entropy).toBeNaN()
  })

  it.each(['{}', 'null', '{', '5', '{"format":"glassformer-trace","version":2}'])('is not %s', (json) => {
    expect(() => traceFromJson(json)).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }))
  })

  it('is written as a safetensors file: tensors by name, the rest as metadata', () => {
    const path = join(scratchFolder(), 'trace.safetensors')
    traceToSafetensors(trace, path)
    const file = openSafetensors(path)
    expect([...file.tensors.keys()].sort()).toEqual(Object.keys(trace.tensors).sort())
    const values = new Float32Array(trace.tensors.logits.values.length)
    file.readFloats('logits', values)
    expect(values).toEqual(trace.tensors.logits.values)
    expect(traceFromJson(file.metadata.trace)).toEqual({ ...trace, tensors: {} })
    file.close()
  })

  it('has parts: a head, the columns of a head, a row', () => {
    const { heads, dHead } = trace.model.decoder
    const weights = trace.tensors['decoder.0.crossAttention.weights']
    const [, T, S] = weights.shape
    const head = headOf(weights, heads - 1)
    expect(head).toEqual({ shape: [T, S], values: weights.values.slice((heads - 1) * T * S) })
    expect(rowOf(weights, 1)).toMatchObject({ shape: [heads, S] })
    expect(rowOf(weights, 1).values.slice(-S)).toEqual(rowOf(head, 1).values)
    const query = trace.tensors['decoder.0.crossAttention.query']
    const columns = headColumns(query, heads, 1)
    expect(columns.shape).toEqual([T, dHead])
    expect(columns.values[dHead]).toBe(query.values[heads * dHead + dHead])
    for (const act of [
      () => headOf(weights, heads),
      () => headOf(query, 0),
      () => rowOf(query, T),
      () => headColumns(query, 5, 0),
    ])
      expect(act).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  })
})
