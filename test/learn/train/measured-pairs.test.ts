import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { TrainConfig } from '#dist/learn/train/settings/config.js'
import { type TrainStart, train } from '#dist/learn/train/train.js'
import { newFolder, pairsFile, smallConfig } from './small-run.ts'

/** A pair that passes cleaning, and has more tokens than the model takes. */
const LONG = `${'un '.repeat(99)}\t${'one '.repeat(99)}\n`

/** The result of a training, and the data that its start callback received. */
async function trained(config: TrainConfig) {
  const starts: TrainStart[] = []
  const listener = { started: (start: TrainStart) => void starts.push(start) }
  const result = await train(config, newFolder(), { backend: 'js', threads: 1, precision: 'float32' }, listener)
  return { ...result, start: starts[0] }
}

/** A training that validates on a file with this text. */
function measuredWith(text: string) {
  const validation = `${newFolder()}.tsv`
  writeFileSync(validation, text)
  return trained(smallConfig({ data: { train: { path: pairsFile() }, validation: { path: validation } } }))
}

describe('pairs for validation', () => {
  it.each([
    ['are none in an empty file', '', /\.tsv is empty/],
    ['are none after their cleaning', ' \tone\n', /cleaning leaves none of the pairs/],
    ['are none where each is too long', LONG, /all pairs to measure with \(1\) have more than 40 tokens/],
  ])('%s, which is refused', async (_, text, message) => {
    await expect(measuredWith(text)).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringMatching(message),
    })
  })

  it('that are too few count as none, which patience refuses', async () => {
    const few = (training: object) =>
      train(smallConfig({ training: { steps: 1, ...training } }, pairsFile(9)), newFolder(), { backend: 'js' })
    expect(await few({})).toMatchObject({ ended: 'done', scores: null })
    await expect(few({ patience: 2 })).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringMatching(
        /^training.patience needs a validation, and of so few pairs \(9\) none is held out/,
      ),
    })
  })

  it('may be too long individually, and do not count then', async () => {
    const { scores, start } = await measuredWith(`${LONG}un deux\tone two\n`)
    expect(scores!.samples.map(({ source }) => source)).toEqual(['un deux'])
    expect(start.validation).toEqual([{ source: 'un deux', target: 'one two' }])
  })

  it('that were given may be trained on as well, which is reported', async () => {
    const { start } = await measuredWith('un un zéro zéro\tone one zero zero\nun deux\tone two\n')
    expect(start.sharing).toEqual({ leftOut: 0, trainedOn: 1 })
  })

  it('that are held out are not trained on, nor others that share a sentence with one, which is reported', async () => {
    const repetitive = `${newFolder()}.tsv`
    const line = (n: number) => `${n} fois\t${['yes', 'no', 'maybe', 'never'][n % 4]} ${n % 40}\n`
    writeFileSync(repetitive, Array.from({ length: 200 }, (_, n) => line(n)).join(''))
    const { start } = await trained(smallConfig({ training: { steps: 1 } }, repetitive))
    expect(start.validation).toHaveLength(20)
    expect(start.sharing).toEqual({ leftOut: 80, trainedOn: 0 }) // of 40 targets, each five times, half are held out
  })
})
