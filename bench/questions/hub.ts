/**
 * How many tokens a second do models of the hub's shapes translate, and how many does a large model read of a long source, beside
 * CTranslate2 and PyTorch where they are installed, and how much memory does loading them take?
 */

import { fileURLToPath } from 'node:url'
import { counted } from '#dist/base/values/number-text.js'
import { cells, columnOf, idsText, randomWork, type TranslatingPeer, title } from '../harness/beside.ts'
import { Child } from '../harness/child.ts'
import type { PlayingContender } from '../harness/contender.ts'
import { InstalledPeers } from '../harness/installed-peers.ts'
import { loadingMemory } from '../harness/loading-memory.ts'
import type { ModelName } from '../harness/model-names.ts'
import type { Field, Question, Setting } from '../harness/question.ts'
import type { Row } from '../harness/row.ts'
import { part } from '../harness/scale.ts'
import { TOKENS, waysOf } from '../harness/translating.ts'
import { startCTranslate2 } from './ctranslate2.ts'

const shapes: readonly ModelName[] = ['opus-mt', 'nllb-600m', 'flan-t5-base', 'bart-large']
/** Its sources are long: texts to be summarized. */
const reader: ModelName = 'bart-large'
const LONG = 1024

const script = fileURLToPath(new URL('../../peers/pytorch_translation.py', import.meta.url))
const precisions = ['float32', 'int8'] as const

export async function openHub(setting: Setting): Promise<Question> {
  const peers: TranslatingPeer[] = []
  const about: string[] = []
  for (const [name, start] of [
    ['CTranslate2', startCTranslate2],
    ['PyTorch', startPyTorch],
  ] as const)
    try {
      const peer = await start(setting)
      peers.push(peer)
      about.push(...peer.about)
    } catch (error) {
      about.push(`${name} is not measured: ${(error as Error).message}`)
    }
  const memory: string[] = []
  return {
    name: 'hub',
    title: `${title}; ${reader}: ${LONG.toLocaleString('en')} tokens in, one out`,
    unit: 'tokens/s',
    about,
    contenders: ({ contenders }) => [...contenders.filter(({ name }) => name === 'native'), ...peers.map(columnOf)],
    *cases(field) {
      const natives = field.contenders.filter(({ backend }) => backend === 'native')
      const usual = waysOf(field.scale, [1, 16])
      const long = randomWork(part(field.scale, LONG, TOKENS), 1)
      for (const make of chosen(field)) {
        memory.push(...loadingMemory(make(), precisions))
        const isReader = make === field.scale.models[reader]
        for (const precision of precisions) {
          const theirs = peers.filter(
            (peer) => peer.precisions.includes(precision) && (isReader || peer.name === 'CTranslate2'),
          )
          const of = (native: PlayingContender) => [[native], native.threads, make(precision), precision] as const
          for (const native of natives)
            if (isReader) yield* cells(...of(native), [{ batch: 1, beam: 1 }], theirs, long)
            else yield* cells(...of(native), usual, theirs)
        }
      }
    },
    conclude: (rows) => [...means(rows), ...memory],
    close: () => peers.forEach(({ child }) => void child.close()),
  }
}

async function startPyTorch({ peers, scale }: Setting): Promise<TranslatingPeer> {
  const installed = new InstalledPeers(peers, scale.models)
  const child = await Child.open(installed.python, [script])
  return {
    name: 'PyTorch',
    backend: `pytorch ${child.greeting}`,
    about: [`PyTorch ${child.greeting} with transformers, float32`],
    child,
    precisions: ['float32'],
    words: (model, { threads }, sources) => [installed.converted(model.name, 'pytorch'), threads, idsText(sources)],
  }
}

/** The shapes that --models names; by default all of them. */
function chosen({ models, scale }: Field) {
  const makers = shapes.map((name) => scale.models[name])
  const named = makers.filter((make) => models.includes(make))
  return named.length ? named : makers
}

/** How a model compares in all its rows. */
function means(rows: readonly Row[]): string[] {
  const ratios = new Map<string, number[]>()
  for (const { cells } of rows) {
    const { model, ratio } = cells.get('native')!
    if (ratio !== null) ratios.set(model!, [...(ratios.get(model!) ?? []), ratio])
  }
  return [...ratios].map(([model, found]) => {
    const mean = Math.exp(found.reduce((sum, ratio) => sum + Math.log(ratio), 0) / found.length)
    const least = Math.min(...found)
    return `${model}: ${mean.toFixed(2)}× CTranslate2 in the geometric mean of ${counted(found.length, 'row')}, ${least.toFixed(2)}× at least`
  })
}
