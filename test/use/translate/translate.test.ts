import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Generator } from '#dist/engine/decode/generator.js'
import { Translator } from '#dist/index.js'
import { backendNames } from './backend-names.ts'
import { lines } from './lines.ts'

describe.each(backendNames)('%s', (backend) => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { backend })
  })
  afterAll(() => translator.close())

  it('runs the ten lines of docs/api.md, line by line', async () => {
    await using own = await Translator.load()
    const { text, score } = await own.translate(
      'Marie Dupont habite à Strasbourg depuis 1987. Pour plus d’informations, écrivez à marie@example.com.',
    )
    expect(text).toBe(
      'Marie Dupont has lived in Strasbourg since 1987. For more information, write to marie@example.com.',
    )
    expect(score).toBeLessThan(0)
    const { signal } = new AbortController()
    const some = lines.slice(0, 2)
    const results = await own.translate(some, { beams: 4, alternatives: 3, lengthPenalty: 1, signal })
    expect(results.map(({ alternatives }) => alternatives?.length)).toEqual([3, 3])
    let streamed = ''
    for await (const piece of own.stream('Je suis étudiant.')) streamed += piece.text
    expect(streamed).toBe('I am a student.')
    const [scored] = await own.score([{ source: 'merci', target: 'thanks' }])
    expect(scored.score).toBeLessThan(0)
    expect(scored.tokenScores).toHaveLength(scored.ids.length)
  })

  it('returns the best of a beam of four first and the second best second', async () => {
    const { alternatives, ...best } = await translator.translate('Je suis étudiant.', { beams: 4, alternatives: 2 })
    expect(alternatives!.map(({ text }) => text)).toEqual(['I am a student.', "I'm a student."])
    expect(best).toEqual(alternatives![0])
    expect(alternatives![0].score).toBeGreaterThan(alternatives![1].score)
  })

  it('returns no list of alternatives unless more than one is asked for', async () => {
    expect(await translator.translate('Oui.', { beams: 2 })).not.toHaveProperty('alternatives')
  })

  it('keeps the order of lines of very different lengths', async () => {
    const some = backend === 'js' ? lines.slice(0, 5) : lines
    const together = await translator.translate(some, { beams: 1 })
    const alone: string[] = []
    for (const line of some) alone.push((await translator.translate(line, { beams: 1 })).text)
    expect(together.map(({ text }) => text)).toEqual(alone)
    expect(new Set(alone).size).toBe(some.length)
  })

  it('takes one text or several, and answers in the same form', async () => {
    const either = (given: string | string[]) => translator.translate(given, { beams: 1 })
    expect(await either('Oui.')).toMatchObject({ text: 'Yes.' })
    expect(await either(['Oui.'])).toMatchObject([{ text: 'Yes.' }])
  })

  it('translates trivial inputs at once: an empty list, empty texts among others', async () => {
    expect(await translator.translate([])).toEqual([])
    const results = await translator.translate(['', 'Oui.', ' \n'], { beams: 1 })
    expect(results.map(({ text }) => text)).toEqual(['', 'Yes.', ''])
  })

  it('returns the same tokens and scores when it scores its own translation', async () => {
    // In other precisions keys and values are rounded during translation: precision.test.ts.
    await using exact = await Translator.load(undefined, { backend, precision: 'float32' })
    const some = lines.slice(0, 4)
    // Greedy search distributes the probability of suppressed tokens among the others; scores are of all tokens.
    const found = await exact.translate(some, { beams: 1, suppress: [] })
    const pairs = some.map((source, i) => ({ source, target: found[i].ids }))
    const scores = await exact.score(pairs)
    scores.forEach(({ ids, score, tokenScores }, i) => {
      expect(ids).toEqual(found[i].ids)
      expect(score).toBeCloseTo(
        found[i].tokenScores.reduce((a, b) => a + b),
        4,
      )
      tokenScores.forEach((value, n) => expect(value).toBeCloseTo(found[i].tokenScores[n], 5))
    })
  })

  it.each([
    ["Je m'appelle Marie.", 'My name is Marie.'],
    ["S'il vous plaît.", 'Please.'],
    ['Bonsoir !', 'Good evening!'],
    ['De rien.', "You're welcome."],
    ['Au revoir.', 'Goodbye.'],
    ['Bonne nuit.', 'Good night.'],
    ['Enchanté.', 'Nice to meet you.'],
    ['Bon appétit !', 'Enjoy your meal!'],
    ["Je voudrais un café, s'il vous plaît.", "I'd like a coffee, please."],
    ["Il fait beau aujourd'hui.", 'The weather is nice today.'],
  ])('translates what people say: %s', async (source, text) => {
    expect((await translator.translate(source)).text).toBe(text)
  })

  it('scores a good translation above a bad one', async () => {
    const source = 'Je suis étudiant.'
    const [good, bad] = await translator.score([
      { source, target: 'I am a student.' },
      { source, target: 'The weather is nice.' },
    ])
    expect(good.score).toBeGreaterThan(bad.score + 5)
  })

  it('scores a target with typographic apostrophes like one with those of a keyboard', async () => {
    const source = 'Je suis étudiant.'
    const targets = ["I'm a student.", 'I’m a student.', 'He said "I\'m".', 'He said “I’m”.']
    const [plain, typographic, quoted, curly] = await translator.score(targets.map((target) => ({ source, target })))
    expect(typographic).toEqual(plain)
    expect(curly).toEqual(quoted)
  })

  it('divides the sum of the token scores by the length penalty', async () => {
    const { score, tokenScores } = await translator.translate('Il pleut.', { beams: 2, lengthPenalty: 0.5 })
    expect(score).toBeCloseTo(tokenScores.reduce((a, b) => a + b) / tokenScores.length ** 0.5, 5)
  })

  it('returns the attention of each token: rows of every head and layer sum to 1', async () => {
    const { attention, ids } = await translator.translate('Oui. Il pleut.', {
      beams: 1,
      attention: true,
      split: 'always',
    })
    expect(attention!.map(({ source }) => source.at(-1))).toEqual(['</s>', '</s>'])
    expect(attention!.flatMap(({ target }) => target)).toHaveLength(ids.length)
    const { layers, heads } = translator.model.config.decoder
    for (const { source, target, layers: weights } of attention!) {
      expect(weights).toHaveLength(layers)
      for (const layer of weights) {
        expect(layer).toMatchObject({ heads, queries: target.length, keys: source.length })
        expect(layer.values).toHaveLength(heads * target.length * source.length)
        for (let row = 0; row < heads * target.length; row++) {
          const weightsOfRow = layer.values.subarray(row * source.length, (row + 1) * source.length)
          expect(weightsOfRow.reduce((a, b) => a + b)).toBeCloseTo(1, 4)
        }
      }
    }
  })

  it('translates on the calling thread as in a worker', async () => {
    const options = { beams: 2, alternatives: 2 }
    const some = lines.slice(0, 3)
    const expected = await translator.translate(some, options)
    const found = translator.translateSync(some, options)
    expect(found.map(({ ids }) => ids)).toEqual(expected.map(({ ids }) => ids))
    expect(translator.translateSync(some[0], options).alternatives!.map(({ text }) => text)).toEqual(
      expected[0].alternatives!.map(({ text }) => text),
    )
  })

  it('stays usable on the calling thread after a step that threw', () => {
    const { step } = Generator.prototype
    let broken: Generator | undefined
    const steps = vi.spyOn(Generator.prototype, 'step').mockImplementation(function (this: Generator) {
      broken ??= this
      if (this === broken) throw new Error('no more steps')
      step.call(this)
    })
    try {
      expect(() => translator.translateSync('Oui.')).toThrow('no more steps')
      expect(translator.translateSync('Oui.').text).toBe('Yes.')
    } finally {
      steps.mockRestore()
    }
  })

  it('stops after maxTokens, but not before minTokens', async () => {
    const short = await translator.translate(lines[0], { beams: 1, maxTokens: 3 })
    expect(short.ids).toHaveLength(3)
    const long = await translator.translate('Oui.', { beams: 1, minTokens: 12, loops: 'keep' })
    expect(long.ids.length).toBeGreaterThanOrEqual(12)
  })

  it('reads lists when it is called, whatever happens to them later and whatever they are made of', async () => {
    const plain = await translator.translate('Oui.', { beams: 1, suppress: [5] })
    const ids = [5]
    const translating = translator.translate('Oui.', {
      beams: 1,
      suppress: ids,
      suppressSequences: [new Proxy([5, 6], {})],
    })
    ids[0] = 1e9
    expect(await translating).toEqual(plain)
  })

  it('never generates suppressed tokens', async () => {
    const [first] = (await translator.translate('Oui.', { beams: 1 })).ids
    const { ids } = await translator.translate('Oui.', { beams: 1, suppress: [first] })
    expect(ids).not.toContain(first)
  })

  it('ends if every token is forbidden, and does not begin if none could come first', async () => {
    const all = Array.from({ length: translator.model.config.targetVocabulary }, (_, id) => id)
    for (const beams of [1, 4]) {
      const forced = { beams, suppress: all, forcedFirst: 5 }
      expect(await translator.translate('Oui.', forced)).toMatchObject({ ids: [5], score: 0 })
      await expect(translator.translate('Oui.', { beams, suppress: all })).rejects.toMatchObject({ code: 'ERR_OPTION' })
    }
  })
})

/** Output of Hugging Face's generate() for a small random model without a tokenizer. */
describe.each(backendNames)('a model without a tokenizer, %s', (backend) => {
  const folder = fileURLToPath(new URL('../../golden/hub/marian-two-vocabularies/', import.meta.url))
  const expected = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8'))
  const greedy = expected.cases.find(({ name }: { name: string }) => name === 'greedy')
  const sources: number[][] = greedy.sentences.map((i: number) => expected.input_ids[i].slice(0, expected.lengths[i]))
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(`${folder}model`, { backend })
  })
  afterAll(() => translator.close())

  it('takes and returns ids', async () => {
    const options = { beams: 1, loops: 'keep' } as const
    const found = await translator.translate(sources, options)
    const wanted = greedy.sequences.map(([best]: number[][]) => best.slice(1))
    expect(found.map(({ ids }) => ids)).toEqual(wanted)
    expect(found.map(({ text }) => text)).toEqual(sources.map(() => ''))
    expect((await translator.translate(sources[3], options)).ids).toEqual(wanted[3])
  })

  it('adds the end if it is missing', async () => {
    const whole = sources[4]
    const { end } = translator.model.config.ids
    expect(whole.at(-1)).toBe(end)
    const [a, b] = await translator.translate([whole, whole.slice(0, -1)], { beams: 1 })
    expect(b).toEqual(a)
  })

  it('scores ids, and names the tokens of an attention by their ids', async () => {
    const [{ score, tokenScores }] = await translator.score([{ source: sources[2], target: expected.targets[2] }])
    const wanted: number[] = expected.target_log_probs[2]
    expect(tokenScores).toHaveLength(wanted.length)
    expect(score).toBeCloseTo(
      wanted.reduce((a, b) => a + b),
      2,
    )
    const { attention } = await translator.translate(sources[2], { beams: 1, attention: true })
    expect(attention![0].source).toEqual(sources[2].map(String))
  })

  it('takes ids of its source vocabulary in sources, and of its target vocabulary in targets', async () => {
    const { sourceVocabulary, targetVocabulary } = translator.model.config
    expect(sourceVocabulary).toBeGreaterThan(targetVocabulary)
    const refused = (side: string, size: number) => ({
      code: 'ERR_INPUT',
      message: expect.stringMatching(`id ${size} is outside the ${side} vocabulary of ${size}`),
    })
    const pair = { source: [sourceVocabulary - 1], target: [targetVocabulary - 1] }
    expect((await translator.translate(pair.source, { beams: 1, maxTokens: 2 })).ids.length).toBeGreaterThan(0)
    expect(await translator.score([pair])).toHaveLength(1)
    await expect(translator.translate([sourceVocabulary])).rejects.toMatchObject(refused('source', sourceVocabulary))
    await expect(translator.score([{ ...pair, target: [targetVocabulary] }])).rejects.toMatchObject(
      refused('target', targetVocabulary),
    )
  })

  it('copies the ids, also those of waiting sources', async () => {
    // More ids than workers are given at once.
    const mine = Array.from({ length: 600 * availableParallelism() }, () => [...sources[4]])
    const promise = translator.translate(mine, { beams: 1, maxTokens: 2 })
    for (const ids of mine) ids.fill(sources[5][0])
    const [expected] = await translator.translate([sources[4]], { beams: 1, maxTokens: 2 })
    for (const { ids } of await promise) expect(ids).toEqual(expected.ids)
  })

  it('reports that it has no tokenizer when it is given a text', async () => {
    await expect(translator.translate('Oui.')).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringMatching(/has no tokenizer: give lists of ids/),
    })
  })
})
