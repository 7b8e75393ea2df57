import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Ibm1 } from '#dist/learn/train/shortlist/ibm1.js'

const byNltk: { pairs: [number[], number[]][]; rounds: Record<string, [number, number, number][]> } = JSON.parse(
  readFileSync(new URL('../../../golden/ibm1/ibm1.json', import.meta.url), 'utf8'),
)

function learned(rounds: number, mostPairs?: number): Ibm1 {
  const model = new Ibm1(mostPairs)
  for (let round = 0; round < rounds; round++) {
    for (const [source, target] of byNltk.pairs) model.add(source, target)
    model.maximize()
  }
  return model
}

describe('IBM model 1', () => {
  it.each(Object.keys(byNltk.rounds))('finds the probabilities of NLTK after %s rounds', (rounds) => {
    const model = learned(Number(rounds))
    for (const [source, target, probability] of byNltk.rounds[rounds])
      expect(model.probability(source < 0 ? null : source, target), `t(${target} | ${source})`).toBeCloseTo(
        probability,
        10,
      )
  })

  it('has room for long sentences, and for more pairs of tokens than its first size', () => {
    const model = new Ibm1()
    const [source, target] = [Array.from({ length: 64 }, (_, i) => i), Array.from({ length: 60 }, (_, i) => i)]
    for (let round = 0; round < 2; round++) {
      model.add(source, target)
      model.maximize()
    }
    for (const from of [null, ...source])
      for (const to of target) expect(model.probability(from, to)).toBeCloseTo(1 / target.length, 10)
  })

  it('drops the rarest pairs when there are more than it may hold, and keeps the others', () => {
    const model = learned(6, 200)
    let count = 0
    model.forEach(() => count++)
    expect(count).toBeLessThanOrEqual(200)
    const likeliest = byNltk.rounds[6].filter(([source, , probability]) => source >= 0 && probability > 0.6)
    const kept = likeliest.filter(([source, target]) => model.probability(source, target) > 0.4)
    expect(kept.length).toBeGreaterThan(likeliest.length / 2)
  })
})
