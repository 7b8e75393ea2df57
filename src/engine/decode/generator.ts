import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { Player } from '../backend/interface/backend.ts'
import { isDecoderOnly } from '../model/config/config.ts'
import { PositionTable } from '../model/position-table.ts'
import { LoadedProgram, type PlayedProgram } from '../program/loaded.ts'
import type { Program } from '../program/program.ts'
import type { Weights } from '../weights/weights.ts'
import { AdaptableProgram, AdapterMemory, NO_ADAPTER } from './adapters/index.ts'
import { encoderBatches, tokensAtOnce } from './batch/encoder-batches.ts'
import type { Shortlist } from './batch/shortlist.ts'
import { Drafting, type DraftingModel, draftOf } from './drafts/index.ts'
import { promptPaths } from './hypotheses/hypothesis.ts'
import { cacheType } from './memory/cache-type.ts'
import { type List, ListMemory } from './memory/list-memory.ts'
import type { RowRange } from './memory/row-allocator.ts'
import { SourceMemory } from './memory/source-memory.ts'
import { ProcessorChain } from './search/processor-chain.ts'
import { type Found, found } from './search/search.ts'
import { agreement, searchFrom } from './search/search-from.ts'
import { EncodedSentence, type Group } from './step/encoded-sentence.ts'
import { EncoderStep } from './step/encoder.ts'
import { LogitsStep } from './step/logits-step.ts'
import { encoderProgram, listedStepProgram, logitsStepProgram, stepProgram, timesStepProgram } from './step/programs.ts'
import { Recall, type Recalled } from './step/recall.ts'
import { partsOfRows, StepBinding } from './step/step-binding.ts'
import { type StepKind, stepKindOf } from './step/step-kind.ts'
import { Admission } from './turns/admission.ts'
import type { Counts } from './turns/counts.ts'
import { searchRules } from './turns/search-rules.ts'
import type { EncodedMemory, Sentence } from './turns/sentence.ts'
import { StepScheduler } from './turns/step-scheduler.ts'

/** An intervention: a change to the model while it runs. */
export interface ModelChange {
  /** Loads a program after it has been recorded, with the changes in it. */
  load(player: Player, program: Program): PlayedProgram
}

export interface GeneratorOptions {
  batchTokens: number
  shortlist?: Shortlist | null
  change?: ModelChange
  counts?: Counts
  /** Drafts the translations of all sentences that name no other draft. */
  assistant?: DraftingModel | null
  /** The adapters of sentences, which others of the same thread may share. */
  adapters?: AdapterMemory
}

type Encoded = EncodedSentence<Sentence>

/** Sounds that one step encodes: each takes as long as a hundred steps of the decoder. */
const SOUNDS_AT_ONCE = 1

/**
 * Continuous batching: sentences join when there is room, all live hypotheses take a step together, and finished
 * sentences leave at once. Rows of one step may stand at different positions. The generator is synchronous: the caller
 * decides when the next step happens.
 */
export class Generator {
  readonly #player: Player
  readonly #weights: Weights
  readonly #change: ModelChange | undefined
  /** Null for a decoder alone. */
  readonly #encoder: EncoderStep | null
  readonly #groups = new Map<StepKind, Group>()
  readonly #adapters: AdapterMemory
  readonly #memory: SourceMemory
  readonly #lists: ListMemory | null
  readonly #binding: StepBinding
  readonly #admission: Admission<Sentence>
  readonly #turns = new StepScheduler<Encoded>()
  readonly #drafting: Drafting
  readonly #assistant: DraftingModel | null
  readonly #counts: Counts | undefined
  readonly #encoded = new Set<Encoded>()
  #logits: LogitsStep | null = null
  #recall: Recall | null = null

  /**
   * `batchTokens` limits the source tokens × beams in flight at once, but one sentence always fits. `shortlist` serves
   * the sentences that ask for one. `change` modifies the model for all sentences. `counts` receives the statistics.
   */
  constructor(
    player: Player,
    weights: Weights,
    {
      batchTokens,
      shortlist,
      change,
      counts,
      assistant = null,
      adapters = new AdapterMemory(weights),
    }: GeneratorOptions,
  ) {
    const { decoder, latents } = weights.config
    if (latents)
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        'the model is an autoencoder of translations, which writes what codes say: take glassformer latents, or Autoencoder.load',
      )
    const width = 2 * decoder.heads * decoder.dHead
    const type = cacheType(weights)
    const allocate = (length: number) => player.array(type, length)
    const positions = PositionTable.of(weights.config)
    this.#player = player
    this.#weights = weights
    this.#admission = new Admission(batchTokens)
    this.#counts = counts
    this.#drafting = new Drafting(weights.config.targetVocabulary, counts)
    this.#change = change
    this.#assistant = assistant
    this.#adapters = adapters
    const isAlone = isDecoderOnly(weights.config)
    this.#memory = new SourceMemory(isAlone ? 0 : decoder.layers, width, allocate)
    this.#lists = shortlist ? new ListMemory(player, weights, shortlist) : null
    const program = this.#adaptable(() => encoderProgram(weights))
    this.#encoder = isAlone ? null : new EncoderStep(weights.config, { program, adapters }, this.#memory, positions)
    this.#binding = new StepBinding(player, weights, { positions, memory: this.#memory, lists: this.#lists, adapters })
  }

  get busy(): boolean {
    return this.#admission.waiting > 0 || this.#encoded.size > 0
  }

  /** The number of sentences that have not been encoded yet. */
  get waiting(): number {
    return this.#admission.waiting
  }

  add(sentence: Sentence): void {
    this.#admission.add(sentence)
  }

  /**
   * Cancels sentences, whether they wait or are under way. Their callbacks are not called any more. Callbacks may call
   * this method too.
   */
  cancel(is: (sentence: Sentence) => boolean): void {
    this.#admission.drop(is)
    for (const encoded of this.#encoded) if (is(encoded.sentence)) this.#forget(encoded)
  }

  /**
   * Admits waiting sentences if there is room, and takes one step with the live hypotheses of the sentences whose turn
   * it is.
   */
  step(): void {
    const began = performance.now()
    const admitted = this.#admission.next(this.#weights.config.sound ? SOUNDS_AT_ONCE : undefined)
    for (const batch of encoderBatches(admitted, tokensAtOnce(this.#player.info))) this.#encode(batch)
    this.#drafting.propose(this.#encoded)
    const stepping = this.#turns.next(this.#encoded)
    const rows = stepping.reduce((sum, encoded) => sum + encoded.rows, 0)
    const proposed = performance.now()
    // A sentence takes one step, even if its group changes with it.
    const groups = Array.from(this.#groups.values(), (group) => ({
      group,
      own: stepping.filter((encoded) => encoded.group === group),
    }))
    for (const { group, own } of groups) {
      const sentences = own.filter((encoded) => this.#encoded.has(encoded))
      if (!sentences.length) continue
      if (group.kind === 'logits') this.#stepLogits(group, sentences)
      else this.#stepGroup(group, sentences)
    }
    this.#drafting.took(rows, performance.now() - proposed)
    this.#counts?.took('step', performance.now() - began)
    for (const encoded of stepping) if (this.#encoded.has(encoded)) this.#report(encoded)
  }

  /** Reports waiting sentences and sentences under way to `counts`. */
  count(): void {
    const counts = this.#counts
    if (!counts) return
    let rows = 0
    for (const encoded of this.#encoded) rows += encoded.rows
    counts.set('waitingSentences', this.#admission.waiting)
    counts.set('waitingTokens', this.#admission.waitingTokens)
    counts.set('liveSentences', this.#encoded.size)
    counts.set('liveTokens', this.#admission.filled)
    counts.set('liveRows', rows)
  }

  #adaptable(record: () => Program): AdaptableProgram {
    const change = this.#change
    const load = (program: Program): PlayedProgram =>
      change ? change.load(this.#player, program) : new LoadedProgram(this.#player, program)
    return new AdaptableProgram(record, load, this.#adapters)
  }

  #encode(sentences: readonly Sentence[]): void {
    const adapters = sentences.map((sentence) => this.#hold(sentence))
    const ranges = this.#encoder?.encode(sentences, adapters)
    sentences.forEach((sentence, b) => this.#begin(sentence, ranges ? ranges[b] : NO_ROWS, adapters[b]))
  }

  #hold({ adapter }: Sentence): number {
    return adapter ? this.#adapters.hold(adapter) : NO_ADAPTER
  }

  /**
   * Begins the search for the translation of the encoded source at `range`, or for what follows a decoder's prompt. It holds its adapter's
   * row.
   */
  #begin(sentence: Sentence, range: RowRange, adapter: number): void {
    const { options, choosers = null, observer } = sentence
    const { begin = this.#encoder ? [options.start ?? this.#weights.config.ids.start] : sentence.source } = sentence
    const paths = promptPaths(begin[0], begin.slice(1) as number[])
    const rules = searchRules(sentence, paths.length - 1, this.#weights.config)
    const start = present(paths.pop())
    const group = this.#groupOf(stepKindOf(sentence, true))
    const list = options.shortlist ? this.#listOf(sentence) : null
    const [search, chain] = [searchFrom(start, rules, observer), new ProcessorChain(rules, choosers)]
    const drafts = draftOf(rules, sentence, sentence.assistant ?? this.#assistant)
    this.#encoded.add(
      new EncodedSentence({ sentence, rules, chain, group, search, unread: paths, range, list, adapter, drafts }),
    )
    this.#counts?.add('sourceTokens', sentence.source.length)
  }

  #listOf({ source }: Sentence): List {
    if (!this.#lists) throw new GlassformerError('ERR_INTERNAL', 'a sentence asks for a shortlist, and there is none')
    return this.#lists.take(source)
  }

  #stepGroup({ program }: Group, sentences: readonly Encoded[]): void {
    this.#fill(sentences)
    program.for(this.#binding.hasAdapters).play(this.#binding.symbols, this.#binding.arrays)
    const { candidates } = this.#binding
    let row = 0
    for (const encoded of sentences)
      row = this.#drafting.follow(encoded, row, (at) => encoded.search.advance(candidates, at))
  }

  /**
   * A step whose logits are processed in JavaScript. It runs one part of the sentences at a time if all logits together
   * would fill the memory.
   */
  #stepLogits({ program }: Group, sentences: readonly Encoded[]): void {
    this.#logits ??= new LogitsStep(this.#weights.config.targetVocabulary)
    const logits = this.#logits
    for (const part of partsOfRows(sentences, logits.most)) {
      this.#fill(part)
      logits.reserve(this.#binding.rows)
      program
        .for(this.#binding.hasAdapters)
        .play(this.#binding.symbols, { ...this.#binding.arrays, logits: logits.logits })
      let row = 0
      for (const encoded of part) {
        const { search, rules, chain, sentence, hasBegun } = encoded
        if (sentence.probe && !hasBegun) {
          sentence.probe.read(logits.row(row + sentence.probe.position))
          encoded.group = this.#groupOf(stepKindOf(sentence, false))
        }
        row = this.#drafting.follow(encoded, row, (at) => {
          // A function that chooses for a token may have thrown, or canceled the sentence.
          if (!this.#encoded.has(encoded)) return
          this.#guarded(encoded, () => search.advance(logits.candidates(rules, chain, search, at), 0))
        })
      }
    }
  }

  #fill(sentences: readonly Encoded[]): void {
    this.#binding.fill(sentences, this.#encoded)
    this.#counts?.add('rows', this.#binding.rows)
  }

  /** Calls a function that calls functions of the user. If it throws, only this sentence fails. */
  #guarded(encoded: Encoded, call: () => void): void {
    try {
      call()
    } catch (error) {
      if (!encoded.sentence.fail) throw error
      this.#forget(encoded)
      encoded.sentence.fail(error)
    }
  }

  /** Passes a sentence's new tokens or translations to its callbacks. A finished sentence leaves the batch. */
  #report(encoded: Encoded): void {
    const { sentence, search, rules } = encoded
    if (!encoded.hasBegun && sentence.acceptedAt !== undefined)
      this.#counts?.took('firstToken', performance.timeOrigin + performance.now() - sentence.acceptedAt)
    encoded.hasBegun = true
    if (!search.live.length) {
      const best = search.finished.slice(0, sentence.options.alternatives).map((finished) => found(rules, finished))
      this.#counts?.add('sentences', 1)
      this.#counts?.add('targetTokens', best[0].ids.length)
      return this.#finish(encoded, best)
    }
    if (!sentence.prefix) return
    const agreed = agreement(search, rules)
    if (agreed.length <= encoded.agreed) return
    encoded.agreed = agreed.length
    sentence.prefix(agreed)
  }

  /** Hands a sentence's translations over, and begins the sentence that goes on with its source, if there is one. */
  #finish(encoded: Encoded, best: Found[]): void {
    const { sentence, range } = encoded
    this.#leave(encoded)
    let next: Sentence | null = null
    try {
      if (sentence.next) next = sentence.next(best, { recall: (...asked) => this.#recalled(range, ...asked) })
      else sentence.done(best)
    } finally {
      if (!next && this.#encoder) this.#memory.release(range)
    }
    if (!next) return
    this.#admission.follow(next)
    this.#begin(next, range, this.#hold(next))
  }

  #recalled(range: RowRange, ...[tokens, layers]: Parameters<EncodedMemory['recall']>): Recalled {
    this.#recall ??= new Recall(this.#player, this.#weights, this.#memory)
    return this.#recall.of(tokens, layers, range)
  }

  #forget(encoded: Encoded): void {
    if (this.#encoder) this.#memory.release(encoded.range)
    this.#leave(encoded)
  }

  /** Takes a sentence out of the batch, but for its encoded source. */
  #leave(encoded: Encoded): void {
    if (encoded.list) present(this.#lists).release(encoded.list)
    this.#adapters.release(encoded.adapter)
    encoded.drafts?.draft.release?.()
    this.#encoded.delete(encoded)
    this.#admission.leave(encoded.sentence)
  }

  #record(kind: StepKind): Program {
    if (kind === 'logits') return logitsStepProgram(this.#weights)
    if (kind === 'times') return timesStepProgram(this.#weights)
    const record = kind.listed ? listedStepProgram : stepProgram
    return record(this.#weights, kind.normalize)
  }

  #groupOf(kind: StepKind): Group {
    let group = this.#groups.get(kind)
    if (!group) {
      const program = this.#adaptable(() => this.#record(kind))
      group = { kind, program }
      this.#groups.set(kind, group)
    }
    return group
  }
}

/** The rows that a decoder alone attends to beside its own. */
const NO_ROWS: RowRange = { begin: 0, length: 0 }
