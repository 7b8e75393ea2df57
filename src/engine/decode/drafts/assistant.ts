import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { Player } from '../../backend/interface/backend.ts'
import { isDecoderOnly } from '../../model/config/config.ts'
import { PositionTable } from '../../model/position-table.ts'
import { LoadedProgram } from '../../program/loaded.ts'
import type { Program } from '../../program/program.ts'
import type { Weights } from '../../weights/weights.ts'
import { AdaptableProgram, AdapterMemory } from '../adapters/index.ts'
import type { EncodedSource } from '../batch/ragged-batch.ts'
import { extend, type Hypothesis } from '../hypotheses/hypothesis.ts'
import { cacheType } from '../memory/cache-type.ts'
import type { RowRange } from '../memory/row-allocator.ts'
import { SourceMemory } from '../memory/source-memory.ts'
import type { Draft, DraftingModel } from '../step/draft.ts'
import { EncoderStep } from '../step/encoder.ts'
import { encoderProgram, stepProgram } from '../step/programs.ts'
import { StepBinding, type SteppingSentence } from '../step/step-binding.ts'

/** A model with the vocabulary of another, whose translations it drafts: a smaller model, or the same one in another precision. */
export class Assistant implements DraftingModel {
  readonly #weights: Weights
  readonly #encoder: EncoderStep | null
  readonly #memory: SourceMemory
  readonly #binding: StepBinding
  readonly #step: LoadedProgram
  readonly #underWay = new Set<AssistantDraft>()

  constructor(player: Player, weights: Weights) {
    const { config } = weights
    const isAlone = isDecoderOnly(config)
    const { layers, heads, dHead } = config.decoder
    const positions = PositionTable.of(config)
    const type = cacheType(weights)
    const allocate = (length: number) => player.array(type, length)
    this.#weights = weights
    this.#memory = new SourceMemory(isAlone ? 0 : layers, 2 * heads * dHead, allocate)
    // Drafts are of the model without adapters: it reads what they have written, and verifies what this one proposes.
    const adapters = new AdapterMemory(weights)
    const load = (program: Program) => new LoadedProgram(player, program)
    const program = new AdaptableProgram(() => encoderProgram(weights), load, adapters)
    this.#encoder = isAlone ? null : new EncoderStep(config, { program, adapters }, this.#memory, positions)
    this.#binding = new StepBinding(player, weights, { positions, memory: this.#memory, lists: null, adapters })
    this.#step = new LoadedProgram(player, stepProgram(weights, 'after'))
  }

  /** The number of target ids. */
  get vocabulary(): number {
    return this.#weights.config.targetVocabulary
  }

  /**
   * Checks that an id means the same to a model as to its assistant, as far as numbers of ids tell.
   * @throws GlassformerError ERR_OPTION
   */
  checkFor({ config }: Weights): void {
    const own = this.#weights.config
    const differs = (['sourceVocabulary', 'targetVocabulary', 'kind'] as const).find(
      (name) => (own[name] ?? null) !== (config[name] ?? null),
    )
    if (differs)
      throw new GlassformerError(
        'ERR_OPTION',
        `the assistant's ${differs} is ${own[differs]}, and that of the model ${config[differs]}: it must have the same vocabulary`,
      )
  }

  begin(source: EncodedSource, { confidence, ends }: { confidence: number; ends: readonly number[] }): Draft {
    const [range] = this.#encoder?.encode([source]) ?? [NO_ROWS]
    const draft = new AssistantDraft({
      confidence: Math.log(confidence),
      ends,
      longest: this.#weights.config.maxLength,
      range,
      best: (sentence) => this.#best(sentence),
      end: (ended) => {
        if (this.#encoder) this.#memory.release(range)
        this.#underWay.delete(ended)
      },
    })
    this.#underWay.add(draft)
    return draft
  }

  /** The best token after a live hypothesis, and its log-probability. */
  #best(sentence: SteppingSentence): { id: number; score: number } {
    this.#binding.fill([sentence], this.#pasts())
    this.#step.play(this.#binding.symbols, this.#binding.arrays)
    const row = sentence.unread.length
    const { candidates } = this.#binding
    return { id: candidates.ids[row * candidates.perRow], score: candidates.scores[row * candidates.perRow] }
  }

  *#pasts(): Iterable<SteppingSentence> {
    for (const { stepping } of this.#underWay) if (stepping) yield stepping
  }
}

const NO_ROWS: RowRange = { begin: 0, length: 0 }
const NOTHING: readonly Hypothesis[] = []

interface Drafter {
  /** Logarithm of the least probability of a token. */
  confidence: number
  ends: readonly number[]
  longest: number
  range: RowRange
  best(sentence: SteppingSentence): { id: number; score: number }
  end(draft: AssistantDraft): void
}

/** Drafts of one sentence by greedy search. The read part of a translation stays in the assistant's cache. */
class AssistantDraft implements Draft {
  readonly #by: Drafter
  /** The last token that the assistant has read, with its path. */
  #read: Hypothesis | null = null
  /** The sentence as the next step has it. */
  stepping: SteppingSentence | null = null

  constructor(by: Drafter) {
    this.#by = by
  }

  propose(hypothesis: Hypothesis, most: number): readonly number[] {
    const ids: number[] = []
    const unread = this.#pathTo(hypothesis)
    let live = present(unread.pop())
    this.stepping = this.#steppingOf(live, unread)
    while (ids.length < most && live.position < this.#by.longest - 1) {
      const { id, score } = this.#by.best(this.stepping)
      this.#read = live
      live = extend(live, id, score)
      // Until the next draft the cache keeps what has been read.
      this.stepping = this.#steppingOf(live)
      if (!(score >= this.#by.confidence)) break
      ids.push(id)
      if (this.#by.ends.includes(id)) break
    }
    return ids
  }

  #steppingOf(live: Hypothesis, unread = NOTHING): SteppingSentence {
    const { range } = this.#by
    return { search: { live: [live], width: 1 }, unread, draft: NOTHING, range, rows: unread.length + 1 }
  }

  release(): void {
    this.#by.end(this)
  }

  /** The tokens that the assistant has not read of this path; its last token is always read again, for what follows it. */
  #pathTo(hypothesis: Hypothesis): Hypothesis[] {
    const wanted: Hypothesis[] = []
    for (let h: Hypothesis | null = hypothesis; h; h = h.parent) wanted.push(h)
    wanted.reverse()
    const read: Hypothesis[] = []
    for (let h = this.#read; h; h = h.parent) read.push(h)
    read.reverse()
    let same = 0
    while (same < read.length && same < wanted.length - 1 && read[same].id === wanted[same].id) same++
    let parent: Hypothesis | null = same ? read[same - 1] : null
    return wanted.slice(same).map((own) => {
      parent = { ...own, parent, slot: -1 }
      return parent
    })
  }
}
