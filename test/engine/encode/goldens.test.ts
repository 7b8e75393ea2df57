import { afterAll, describe, expect, it } from 'vitest'
import { StatesRunner } from '#dist/engine/encode/index.js'
import { createPlayer } from '#dist/engine/program/create-player.js'
import { loadEncoder } from '#dist/files/folders/encoders/load-encoder.js'
import { differenceOf, type Golden, goldens, tensorsOf } from '../../use/encode/golden-folders.ts'

const players = (['native', 'js'] as const).flatMap((backend) => {
  try {
    return [{ backend, player: createPlayer({ backend, threads: 1 }) }]
  } catch {
    return []
  }
})
afterAll(() => {
  for (const { player } of players) player.close()
})

const textsOf = ({ cases }: Golden) => cases.map(({ input_ids: ids, token_type_ids: types }) => ({ ids, types }))

describe.each(players)('$backend', ({ player }) => {
  it.each(goldens)('$name: states, poolers and heads are those of transformers', (golden) => {
    const model = loadEncoder(golden.model, { precision: 'float32' })
    const runner = new StatesRunner(player, model.weights)
    const { dModel, head } = model.config
    const tensor = tensorsOf(golden)
    const { values, spans } = runner.states(textsOf(golden))
    const states = values.slice()
    golden.cases.forEach(({ logits }, i) => {
      const own = states.slice(spans[2 * i] * dModel, spans[2 * i + 1] * dModel)
      const expected = tensor(`last_hidden_state.${i}`)
      if (expected) expect(differenceOf(own, expected)).toBeLessThan(1e-4)
      if (!head) return
      const n = own.length / dModel
      if (head.kind === 'pooled' || head.kind === 'classes') {
        const row = own.slice(0, dModel)
        if (head.pooling === 'mean')
          for (let c = 0; c < dModel; c++) row[c] = own.reduce((sum, x, k) => sum + (k % dModel === c ? x : 0), 0) / n
        const wanted = head.kind === 'pooled' ? tensor(`pooler_output.${i}`) : (logits ?? tensor(`logits.${i}`))
        // A single logit may be the difference of large numbers.
        if (wanted) expect(differenceOf(runner.answers(row, 1), wanted)).toBeLessThan(wanted.length === 1 ? 1e-3 : 1e-4)
        return
      }
      const answers = runner.answers(own, n)
      const wanted = tensor(`logits.${i}`)
      if (wanted) expect(differenceOf(answers, wanted)).toBeLessThan(1e-4)
      for (const [side, name] of ['start_logits', 'end_logits'].entries()) {
        const scores = tensor(`${name}.${i}`)
        if (scores)
          expect(
            differenceOf(
              answers.filter((_, k) => k % 2 === side),
              scores,
            ),
          ).toBeLessThan(1e-4)
      }
    })
  })

  it.each(goldens)('$name: all hidden states and attention weights are those of transformers', (golden) => {
    const tensor = tensorsOf(golden)
    if (!tensor('hidden_states.2.0')) return
    const model = loadEncoder(golden.model, { precision: 'float32' })
    const { heads } = model.config
    const [text] = textsOf(golden).slice(2)
    const all = new StatesRunner(player, model.weights).allStates([text])
    all.hidden.forEach((states, layer) => {
      expect(differenceOf(states, tensor(`hidden_states.2.${layer}`)!)).toBeLessThan(1e-4)
    })
    const n = text.ids.length
    all.attentions.forEach((weights, layer) => {
      const expected = tensor(`attentions.2.${layer}`)!
      const byHead = expected.map((_, at) => weights[(at % (n * n)) * heads + Math.floor(at / (n * n))])
      expect(differenceOf(byHead, expected)).toBeLessThan(1e-4)
    })
  })

  it('a vector does not depend on what is beside it', () => {
    const model = loadEncoder(goldens[0].model, { precision: 'float32' })
    const runner = new StatesRunner(player, model.weights)
    const texts = textsOf(goldens[0])
    const { values, spans } = runner.states(texts)
    const together = values.slice()
    texts.forEach((text, i) => {
      const own = together.slice(spans[2 * i] * model.config.dModel, spans[2 * i + 1] * model.config.dModel)
      expect(differenceOf(runner.states([text]).values, own)).toBeLessThan(1e-6)
    })
  })
})

it('refuses ids that the model has not, and texts that are too long', () => {
  const [{ player }] = players
  const model = loadEncoder(goldens[0].model)
  const runner = new StatesRunner(player, model.weights)
  expect(() => runner.states([{ ids: [model.config.vocabulary] }])).toThrow(
    expect.objectContaining({ code: 'ERR_INPUT' }),
  )
  const long = { ids: new Array<number>(model.config.maxLength + 1).fill(5) }
  expect(() => runner.states([long])).toThrow(expect.objectContaining({ code: 'ERR_INPUT_TOO_LONG' }))
})
