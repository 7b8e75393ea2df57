import { setTimeout } from 'node:timers/promises'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import type { Child } from './child.ts'
import type { Contender, PlayingContender } from './contender.ts'
import { type BenchModel, type Precision, precisions, randomSources } from './models.ts'
import type { Case, Question, Side } from './question.ts'
import type { Row } from './row.ts'
import { TOKENS, Translating, type Way, waysOf } from './translating.ts'

/** An engine that translates in a separate process, by the commands `prepare` and `run` (the children in peers/). */
export interface TranslatingPeer {
  /** The head of its column. */
  name: string
  /** Name and version. */
  backend: string
  about: readonly string[]
  child: Child
  /** The precisions that it supports on this machine. */
  precisions: readonly Precision[]
  /** The words after `prepare` that choose this cell for the next runs. */
  words(model: BenchModel, setting: Equal, sources: readonly number[][]): (string | number)[]
}

/** The settings that both sides share. */
export interface Equal {
  precision: Precision
  threads: number
  beam: number
  /** The tokens of a translation; 0: until its end. */
  made: number
}

/** The sentences of a case. */
export interface Work {
  /** Their name in the row's label; empty: 20 random tokens, the usual ones. */
  named: string
  /** The ids of each source, its end included. */
  sources(count: number, config: ModelConfig): readonly number[][]
  /** The tokens of each translation; 0: until its end. */
  made: number
}

/** Random sources of `read` tokens, and translations of `made` tokens. */
export const randomWork = (read: number, made: number): Work => ({
  named: read === TOKENS && made === TOKENS ? '' : `${read} to ${made}`,
  sources: (count, config) => randomSources(count, read, config),
  made,
})

/**
 * Our translations and a peer's, of the same ids by the same weights, in turn: rows by model, precision, threads and
 * search.
 */
export function besidePeer(peer: TranslatingPeer & { question: Question['name']; beams: readonly number[] }): Question {
  return {
    name: peer.question,
    title,
    unit: 'tokens/s',
    about: peer.about,
    contenders: ({ contenders }) => [...contenders.filter(({ name }) => name === 'native'), columnOf(peer)],
    *cases({ models, contenders, scale }) {
      const ways = waysOf(scale).filter(({ beam }) => peer.beams.includes(beam))
      const natives = contenders.filter(({ backend }) => backend === 'native')
      const both = precisions.filter((precision) => peer.precisions.includes(precision))
      for (const model of models)
        for (const precision of both)
          for (const native of natives)
            yield* cells([native], native.threads, model(precision), precision, ways, [peer])
    },
    conclude: settingsOf,
    close: () => peer.child.close(),
  }
}

/** The settings that a peer has chosen for each row, where it has tried several. */
const settingsOf = (rows: readonly Row[]): string[] =>
  rows.flatMap(({ label, cells }) =>
    [...cells].flatMap(([name, { settings }]) => (settings ? [`${label}: ${name} with ${settings}`] : [])),
  )

/** The sentences to translate, and their number. */
export const title = `ids to ids, ${TOKENS} tokens in, exactly ${TOKENS} out; sentences × beam`

/** The column of a peer. */
export const columnOf = (peer: TranslatingPeer): Contender => contenderOf(peer, { precision: 'float32', threads: 1 })

/**
 * The rows of a model in one precision, on a number of threads, with a side for each of our backends and of the peers.
 */
export function* cells(
  players: readonly PlayingContender[],
  threads: number,
  model: BenchModel,
  precision: Precision,
  ways: readonly Way[],
  peers: readonly TranslatingPeer[],
  work = randomWork(TOKENS, TOKENS),
): Iterable<Case> {
  const { made, named } = work
  const ours = players.map((player) => new Translating({ ...player, name: player.backend, precision }, model))
  for (const { batch, beam } of ways) {
    const sources = work.sources(batch, model.weights.config)
    yield {
      label: `${model.name} ${precision} ×${threads}, ${batch} × ${beam}${named && `, ${named}`}`,
      model: model.name,
      batch,
      beam,
      tokens: sources.reduce((sum, { length }) => sum + Math.max(length, made), 0),
      sides: [
        ...ours.map((each) => each.side(sources, beam, made)),
        ...peers.map((peer) => theirs(peer, model, { precision, threads, beam, made }, sources)),
      ],
    }
  }
}

/** The pause after a turn of a peer on several threads: its spinning threads must go to sleep before our turn. */
const UNTIL_ASLEEP = 0.05

function theirs(peer: TranslatingPeer, model: BenchModel, setting: Equal, sources: readonly number[][]): Side {
  const { child } = peer
  const contender = contenderOf(peer, setting)
  return {
    contender,
    async prepare() {
      const [made, settings] = (await child.ask('prepare', ...peer.words(model, setting, sources))).split(' ')
      if (settings) contender.settings = settings
      const lengths = made.split('/').map((ids) => ids.split(',').length)
      const wrong = (length: number) => setting.made > 0 && length !== setting.made
      if (lengths.length !== sources.length || lengths.some(wrong))
        throw new Error(
          `${peer.name} made ${lengths.join(', ')} tokens, not ${setting.made} of each of ${sources.length}`,
        )
    },
    async run(runs) {
      const seconds = Number(await child.ask('run', runs))
      if (setting.threads > 1) await setTimeout(1000 * UNTIL_ASLEEP)
      return seconds
    },
  }
}

function contenderOf(
  { name, backend }: TranslatingPeer,
  { precision, threads }: Omit<Equal, 'beam' | 'made'>,
): Contender {
  return { name, backend, precision, isa: 'its own', blas: 'its own', threads }
}

/** Sentences in the children's format: ids separated by commas, sentences by slashes. */
export const idsText = (sentences: readonly number[][]) => sentences.map((ids) => ids.join(',')).join('/')
