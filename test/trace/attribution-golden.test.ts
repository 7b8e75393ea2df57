import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ModelInspector, type TracedTensor } from 'glassformer/inspect'
import { afterAll, describe, expect, it } from 'vitest'
import { inFloat32 } from '#dist/engine/weights/merged-weights.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { projectionRow } from '#dist/trace/attribution/direct.js'
import { EmbeddingGradients } from '#dist/trace/attribution/gradients.js'
import { StackEmbeddings } from '#dist/trace/attribution/stack-embeddings.js'
import { ModelEdits } from '#dist/trace/edits/interventions.js'
import { playTensors, wholeProgram } from '#dist/trace/play/traced-play.js'
import { nativeReasons } from '../backends.ts'
import { sharedFolder } from '../shared-folder.ts'

interface Golden {
  sentences: { text: string; source: number[]; target: number[]; rivals: number[]; logits: [number, number][] }[]
  heads: { attention: string; head: number; cases: { text: string; ids: number[][]; scores: number[] }[] }[]
  sweeps: {
    one: string
    two: string
    prefix: number[]
    answer: number
    rival: number
    plain: number
    second: number
    differences: number[][]
  }[]
}

/** The range of what is expected, within which values have to be. */
const TOLERANCE = 1e-4

function expectInRange(values: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(values.length).toBe(expected.length)
  const all = Array.from(expected)
  const range = Math.max(...all) - Math.min(...all)
  const worst = all.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i])), 0)
  expect(worst / range).toBeLessThan(TOLERANCE)
}

/** Values of every eighth dimension, of which the golden file consists. */
const everyEighth = ({ values }: TracedTensor) => values.filter((_, i) => i % 8 === 0)

const joined = (parts: readonly Float32Array[]) => Float32Array.from(parts.flatMap((part) => [...part]))

/** The result of a generator. */
function done<R>(steps: Generator<void, R>): R {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

const ownFolder = fileURLToPath(new URL('../golden/attribution', import.meta.url))

// By PyTorch with hooks, on a Marian model that lies beside the repository.
describe.skipIf(!sharedFolder)('attributions, heads off in a search and sweeps are as PyTorch has them', () => {
  const folder = join(sharedFolder ?? '', 'golden/attribution')
  const golden = (): Golden => JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
  const tensor = (name: string, path = join(folder, 'expected.safetensors')) => {
    const file = openSafetensors(path)
    try {
      const { shape } = file.tensors.get(name)!
      const values = new Float32Array(shape.reduce((a, b) => a * b))
      file.readFloats(name, values)
      return { shape, values }
    } finally {
      file.close()
    }
  }

  const own = (): Golden['sentences'][0] => JSON.parse(readFileSync(join(ownFolder, 'gradients.json'), 'utf8'))
  const ownTensor = (name: string) => tensor(name, join(ownFolder, 'gradients.safetensors'))

  describe.each(nativeReasons.length ? ['js'] : ['js', 'native'])('%s', (backend) => {
    let loaded: ModelInspector | undefined
    const inspector = () => {
      loaded ??= ModelInspector.load(join(sharedFolder!, 'models/fr-en-reference'), { backend: backend as 'js' })
      return loaded
    }
    afterAll(() => loaded?.close())

    it('gradients, contrasts and shares of a sentence', () => {
      const { text, target, rivals, logits } = own()
      const attribute = { by: ['direct', 'gradient'], vectors: true } as const
      const plain = inspector().inspect(text, { beams: 1, attribute })
      expect(plain.target.ids).toEqual(target)
      const contrasted = inspector().inspect(text, { target, attribute, contrast: true })
      expect(contrasted.attributions!.map(({ rival }) => rival!.id)).toEqual(rivals)
      for (const side of ['source', 'prefix']) {
        expectInRange(everyEighth(plain.tensors[`gradient.${side}`]), ownTensor(side).values)
        expectInRange(everyEighth(contrasted.tensors[`gradient.${side}`]), ownTensor(`contrast.${side}`).values)
      }
      for (const [step, [one, rival]] of logits.entries()) {
        const [first, second] = [plain.attributions![step], contrasted.attributions![step]]
        expect(first.score).toBeCloseTo(one, 3)
        expect(second.score).toBeCloseTo(one - rival, 3)
        for (const each of [first, second])
          expect(Math.abs(each.direct!.reduce((sum, { share }) => sum + share, 0) - each.score)).toBeLessThan(1e-3)
      }
    })

    it('integrated gradients of a sentence, which add up to the score above its baseline', () => {
      const { text, source, target } = own()
      // JavaScript takes half a minute for all steps.
      const steps = backend === 'js' ? [1] : target.map((_, step) => step)
      const { attributions } = inspector().inspect(text, { target, attribute: { by: 'integrated', steps } })
      for (const side of ['source', 'prefix'] as const)
        expectInRange(
          attributions!.flatMap(({ integrated }) => integrated![side]),
          ownTensor(`integrated.${side}`).values.subarray(
            steps[0] * (side === 'source' ? source : target).length,
            (steps.at(-1)! + 1) * (side === 'source' ? source : target).length,
          ),
        )
      if (backend === 'js') return
      const { attributions: fine } = inspector().inspect(text, {
        target,
        attribute: { by: 'integrated', points: 400, steps: 1 },
      })
      const [{ score, integrated }] = fine!
      // The prefix is steeper: norms turn within the first steps away from zeros.
      for (const [side, most] of [
        ['source', 0.02],
        ['prefix', 0.2],
      ] as const) {
        const sum = integrated![side].reduce((total, share) => total + share, 0)
        expect(Math.abs(sum - (score - integrated!.baseline[side]!))).toBeLessThan(most)
      }
    })

    // The shared values are those of a decoder whose embeddings transformers has scaled twice: its inputs_embeds were
    // scaled already. Our gradients of the same embeddings are the same.
    it.each([0, 1])('gradients of shared sentence %i, with a prefix that is scaled twice', (n) => {
      const { source, target, rivals } = golden().sentences[n]
      const { weights, player } = inspector()
      const { dModel, embeddingScale, ids } = weights.config
      const inputs = [ids.start!, ...target.slice(0, -1)]
      const wide = inFloat32(weights as never)
      const pair = { source, target }
      const p = wholeProgram(wide, false)
      const names = ['encoder.embedded', 'decoder.embedded']
      const embeddings = new StackEmbeddings(p, wide, pair, inputs)
      const edits = new ModelEdits(weights.config)
      const wanted = new Map(names.map((name) => [name, p.output(p.find(name)!)]))
      const values = playTensors({ player, weights: wide, edits }, pair, p, wanted)
      embeddings.read((name) => values.get(name)!)
      const gradients = new EmbeddingGradients(player, wide, edits)
      const all = (directions: { token: number; rival: number | null }[]) =>
        done(
          gradients.of(
            pair,
            directions.map((direction, step) => ({
              ...embeddings.at(1, embeddingScale),
              factor: projectionRow(wide, { weight: 'embedding.weight', scale: 1 }, direction),
              step,
            })),
          ),
        )
      const plain = all(target.map((token) => ({ token, rival: null })))
      const contrast = all(target.map((token, step) => ({ token, rival: rivals[step] })))
      for (const [found, prefix] of [
        [plain, ''],
        [contrast, 'contrast.'],
      ] as const) {
        expectInRange(joined(found.map(({ source }) => source)), tensor(`${prefix}source.${n}`).values)
        const scaled = joined(found.map(({ prefix }) => prefix)).map((value) => value * embeddingScale)
        expectInRange(scaled, tensor(`${prefix}prefix.${n}`).values)
      }
      const points = 32
      const parts = Array.from({ length: points }, (_, k) => (k + 0.5) / points)
      const base = embeddings.at(1, 1).source.map((value, i) => value - embeddings.at(0, 1).source[i])
      for (const [step, token] of target.entries()) {
        if (backend === 'js' || step % 4) continue
        const factor = projectionRow(wide, { weight: 'embedding.weight', scale: 1 }, { token, rival: null })
        const runs = parts.map((part) => ({ ...embeddings.at(part, embeddingScale), factor, step }))
        const sum = new Float64Array(base.length)
        for (const run of done(gradients.of(pair, runs)))
          for (const [i, value] of run.source.entries()) sum[i] += value / points
        const shares = source.map((_, row) =>
          sum
            .slice(row * dModel, (row + 1) * dModel)
            .reduce((total, value, i) => total + value * base[row * dModel + i], 0),
        )
        const { values, shape } = tensor(`integrated.source.${n}`)
        expectInRange(shares, values.subarray(step * shape[1], (step + 1) * shape[1]))
      }
    })

    it('four beams without a head: ids and scores', () => {
      for (const { attention, head, cases } of golden().heads)
        for (const { text, ids, scores } of cases) {
          const { alternatives } = inspector().inspect(text, {
            beams: 4,
            alternatives: 4,
            maxTokens: 20,
            ablate: [`${attention}.heads.${head}`],
          })
          expect(alternatives!.map((each) => each.ids)).toEqual(ids.map((row) => row.slice(1, row.indexOf(0) + 1)))
          for (const [i, { score }] of alternatives!.entries()) expect(Math.abs(score - scores[i])).toBeLessThan(1e-3)
        }
    })

    it.each([0, 1])('sweep %i', (n) => {
      const { one, two, prefix, answer, rival, plain, second, differences } = golden().sweeps[n]
      const { sweep } = inspector().inspect(one, { beams: 1, sweep: { second: two } })
      expect(sweep).toMatchObject({ step: prefix.length - 1, answer: { id: answer }, rival: { id: rival } })
      expectInRange(
        [sweep!.plain, sweep!.other!, ...(sweep!.values.flat() as number[])],
        [plain, second, ...differences.flat()],
      )
    })
  })
})
