import type { Player, TensorArray } from '../backend/backend.ts'
import { GlassformerError } from '../errors.ts'
import { PositionTable } from '../model/positions.ts'
import { LoadedProgram } from '../program/loaded.ts'
import type { Program } from '../program/program.ts'
import type { Weights } from '../weights/weights.ts'
import { Admission } from './admission.ts'
import { agreement } from './agreement.ts'
import { BeamSearch } from './beam-search.ts'
import { cacheType, targetRows } from './cache-type.ts'
import type { Counts } from './counts.ts'
import { EncodedSentence, type Group } from './encoded-sentence.ts'
import { encoderBatches, tokensAtOnce } from './encoder-batches.ts'
import { GreedySearch } from './greedy-search.ts'
import { type Hypothesis, promptPaths, tokensOf } from './hypothesis.ts'
import { JoinedArrays } from './joined-arrays.ts'
import { type List, ListMemory } from './list-memory.ts'
import { LogitsStep } from './logits-step.ts'
import { Loops } from './loops.ts'
import type { GenerationOptions } from './options.ts'
import { type Choosers, ProcessorChain } from './processors/chain.ts'
import { encoderProgram, listedStepProgram, logitsStepProgram, stepProgram } from './programs.ts'
import { raggedBatch } from './ragged-batch.ts'
import type { RowRange } from './row-allocator.ts'
import type { Rules } from './rules.ts'
import { SamplingSearch } from './sampling-search.ts'
import { type Candidates, type Found, found, type Search } from './search.ts'
import type { SearchObserver } from './search-observer.ts'
import type { Shortlist } from './shortlist.ts'
import { SourceMemory } from './source-memory.ts'
import { StepArrays } from './step-arrays.ts'
import { type StepKind, stepKindOf } from './step-kind.ts'
import { StepTurns } from './step-turns.ts'
import { type Surface, withSource } from './surface.ts'
import { TargetCache } from './target-cache.ts'
import { type Term, Terms } from './terms.ts'
import type { Turn } from './turn.ts'

/** One sentence to be translated, as ids. */
export interface Sentence {
  /** Source ids, the end included; there is at least one. */
  source: readonly number[]
  options: GenerationOptions
  /** The decoder's first inputs, the start and a prompt behind it. Default: the start alone. */
  begin?: readonly number[]
  /** Functions that choose among next tokens, beside the options. */
  choosers?: Choosers | null
  /** Whether a text that stops the sentence has come with the last of these generated tokens. */
  stops?: ((ids: readonly number[]) => boolean) | null
  /** The texts by which repetitions are judged; default: ids alone. */
  surface?: Surface | null
  /** What the translation must have; it needs `surface`, and several beams. */
  terms?: readonly Term[]
  /** The request that the sentence belongs to: sentences of one request are canceled together. */
  request?: unknown
  /** Among whom the sentence takes turns. Default: its request with all others. */
  turn?: Turn
  /** When its request was accepted, in milliseconds since 1970, where the time to its first token is to be counted. */
  accepted?: number
  /** Receives the best `alternatives` translations, best first. */
  done(found: Found[]): void
  /** Called instead of `done` where one of the functions above throws. Without it the step throws. */
  fail?(error: unknown): void
  /** Receives the tokens on which every hypothesis agrees, each time that there are more such tokens. */
  prefix?(ids: number[]): void
  /** Ids that the target is to have, by the number of tokens before them. */
  forced?: ReadonlyMap<number, number>
  /** Looks on while its translation is searched for. */
  observer?: SearchObserver
}

/** What is changed in a model while it runs. */
export interface ModelChange {
  /** Changes a program that has been recorded. */
  edit(program: Program): void
  /** What the program of the encoder binds besides. */
  arrays: Readonly<Record<string, TensorArray>>
}

export interface GeneratorOptions {
  batchTokens: number
  shortlist?: Shortlist | null
  change?: ModelChange
  counts?: Counts
}

type Encoded = EncodedSentence<Sentence>

/**
 * Continuous batching: sentences join when there is room, all live hypotheses take a step together, and finished sentences leave at once.
 * Rows of one step may stand at different positions. The generator is synchronous: the caller decides when the next step happens.
 */
export class Generator {
  readonly #player: Player
  readonly #weights: Weights
  readonly #change: ModelChange | undefined
  readonly #encoder: LoadedProgram
  readonly #groups = new Map<StepKind, Group>()
  readonly #positions: PositionTable
  readonly #memory: SourceMemory
  readonly #lists: ListMemory | null
  readonly #cache: TargetCache
  readonly #arrays = new StepArrays()
  readonly #admission: Admission<Sentence>
  readonly #turns = new StepTurns<Encoded>()
  readonly #counts: Counts | undefined
  readonly #encoded = new Set<Encoded>()
  /** What a step binds, and what it finds. The next step uses these objects again. */
  readonly #rows: Record<string, number> = {}
  readonly #bound = new JoinedArrays()
  readonly #candidates: Candidates = { perRow: 0, scores: NO_SCORES, ids: NO_IDS }
  #logits: LogitsStep | null = null

  /**
   * `batchTokens` limits the source tokens × beams in flight at once; one sentence is always let in. Sentences that ask for a shortlist use
   * `shortlist`. `change` changes the model, for all sentences. `counts` counts what happens.
   */
  constructor(player: Player, weights: Weights, { batchTokens, shortlist, change, counts }: GeneratorOptions) {
    const { decoder, positions, dModel } = weights.config
    const width = 2 * decoder.heads * decoder.dHead
    const allocate = (length: number) => player.array(cacheType(weights), length)
    this.#player = player
    this.#weights = weights
    this.#admission = new Admission(batchTokens)
    this.#counts = counts
    this.#change = change
    this.#encoder = this.#load(encoderProgram(weights))
    this.#positions = new PositionTable(positions, dModel)
    this.#memory = new SourceMemory(decoder.layers, width, allocate)
    this.#lists = shortlist ? new ListMemory(player, weights, shortlist) : null
    const { width: rowWidth, type, reach } = targetRows(weights)
    this.#cache = new TargetCache(decoder.layers, rowWidth, (length) => player.array(type, length), reach)
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
   * Forgets sentences, whether they wait or are under way: none of their callbacks is called any more. Callbacks may call this method too.
   */
  cancel(is: (sentence: Sentence) => boolean): void {
    this.#admission.drop(is)
    for (const encoded of this.#encoded) if (is(encoded.sentence)) this.#forget(encoded)
  }

  /** Lets waiting sentences in where there is room, and takes one step with the live hypotheses of those whose turn it is. */
  step(): void {
    const began = performance.now()
    const admitted = this.#admission.next()
    for (const batch of encoderBatches(admitted, tokensAtOnce(this.#player.info))) this.#encode(batch)
    const stepping = this.#turns.next(this.#encoded)
    for (const group of this.#groups.values()) {
      const sentences = stepping.filter((encoded) => encoded.group === group && this.#encoded.has(encoded))
      if (!sentences.length) continue
      if (group.kind === 'logits') this.#stepLogits(group, sentences)
      else this.#stepGroup(group, sentences)
    }
    this.#counts?.took('step', performance.now() - began)
    for (const encoded of stepping) if (this.#encoded.has(encoded)) this.#report(encoded)
  }

  /** Tells `counts` what waits and what is under way. */
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

  #load(program: Program): LoadedProgram {
    this.#change?.edit(program)
    return new LoadedProgram(this.#player, program)
  }

  #encode(sentences: readonly Sentence[]): void {
    const ranges = sentences.map(({ source }) => this.#memory.take(source.length))
    const { tokens, positions, spans, longest } = raggedBatch(sentences.map(({ source }) => source))
    const slots = positions.slice()
    ranges.forEach(({ begin }, b) => {
      for (let row = spans[2 * b]; row < spans[2 * b + 1]; row++) slots[row] += begin
    })
    const sinusoids = this.#positions.atLeast(longest)
    const rows = {
      S: tokens.length,
      B: sentences.length,
      M: this.#memory.slab.capacity,
      N: sinusoids.length / this.#weights.config.dModel,
    }
    const arrays = {
      'source.tokens': tokens,
      'source.positions': positions,
      sources: spans,
      'memory.slots': slots,
    }
    const { slab } = this.#memory
    this.#encoder.play(rows, { ...slab.arrays, ...this.#positions.arrays, ...arrays, ...this.#change?.arrays })
    sentences.forEach((sentence, b) => this.#begin(sentence, ranges[b]))
  }

  /** Begins the search for a translation of the source that lies encoded at `range`. */
  #begin(sentence: Sentence, range: RowRange): void {
    const { options, choosers = null, observer } = sentence
    const { begin = [options.start ?? this.#weights.config.ids.start] } = sentence
    const paths = promptPaths(begin[0], begin.slice(1) as number[])
    const rules = this.#rulesOf(sentence, paths.length - 1)
    const start = paths.pop()!
    const group = this.#groupOf(stepKindOf(options, choosers !== null))
    const list = options.shortlist ? this.#listOf(sentence) : null
    const [search, chain] = [searchFrom(start, rules, observer), new ProcessorChain(rules, choosers)]
    this.#encoded.add(new EncodedSentence({ sentence, rules, chain, group, search, unread: paths, range, list }))
    this.#counts?.add('sourceTokens', sentence.source.length)
  }

  #rulesOf({ options, source, stops, forced, surface = null, terms = [] }: Sentence, prompt: number): Rules {
    const { ids, maxLength } = this.#weights.config
    return {
      options,
      ends: options.ends ?? [ids.end],
      limit: Math.max(1, Math.min(options.maxTokens ?? Infinity, bySource(options, source), maxLength - prompt)),
      prompt,
      source,
      forced,
      // A term may be one that repeats itself.
      loops:
        options.loops === 'cut'
          ? new Loops(source, surface && withSource(surface, terms.map(({ text }) => text).join(' ')))
          : null,
      terms: terms.length && surface ? new Terms(terms, surface) : null,
      stops: stops ? (hypothesis) => stops(tokensOf(hypothesis).ids) : null,
      deadline: options.maxTime === null ? Infinity : performance.now() + 1000 * options.maxTime,
    }
  }

  #listOf({ source }: Sentence): List {
    if (!this.#lists) throw new GlassformerError('ERR_INTERNAL', 'a sentence asks for a shortlist, and there is none')
    return this.#lists.take(source)
  }

  #stepGroup({ program }: Group, sentences: readonly Encoded[]): void {
    this.#fillArrays(sentences)
    this.#countRows()
    program.play(this.#rows, this.#boundArrays())
    this.#candidates.scores = this.#arrays.scores
    this.#candidates.ids = this.#arrays.ids
    let row = 0
    for (const encoded of sentences) row = this.#advance(encoded, this.#candidates, row)
  }

  /** Lets a search go on by the candidates of its live hypotheses, which stand behind rows of its prompt. Returns the row behind them. */
  #advance(encoded: Encoded, candidates: Candidates, row: number): number {
    const { search, unread } = encoded
    const first = row + unread.length
    const next = first + search.live.length
    encoded.unread = NO_HYPOTHESES
    search.advance(candidates, first)
    return next
  }

  /** A step whose logits are processed here, a part of the sentences at a time where their logits would fill the memory. */
  #stepLogits({ program }: Group, sentences: readonly Encoded[]): void {
    this.#logits ??= new LogitsStep(this.#weights.config.targetVocabulary)
    const logits = this.#logits
    for (const part of partsOf(sentences, logits.most)) {
      this.#fillArrays(part)
      this.#countRows()
      logits.reserve(this.#arrays.rows)
      program.play(this.#rows, { ...this.#boundArrays(), logits: logits.logits })
      let row = 0
      for (const encoded of part) {
        const { search, rules, chain, unread } = encoded
        const first = row + unread.length
        row = first + search.live.length
        encoded.unread = NO_HYPOTHESES
        this.#guarded(encoded, () => search.advance(logits.candidates(rules, chain, search, first), 0))
      }
    }
  }

  /** Calls what calls functions of the caller. Where it throws, the error belongs to the sentence. */
  #guarded(encoded: Encoded, call: () => void): void {
    try {
      call()
    } catch (error) {
      if (!encoded.sentence.fail) throw error
      this.#forget(encoded)
      encoded.sentence.fail(error)
    }
  }

  /** Gives every live hypothesis of these sentences, and the prompts that are still to be read, their slots and rows. */
  #fillArrays(sentences: Iterable<Encoded>): void {
    const arrays = this.#arrays
    let perRow = 1
    let rows = 0
    let count = 0
    let ancestors = 0
    for (const { search, unread, rows: own } of sentences) {
      perRow = Math.max(perRow, search.width)
      rows += own
      count++
      for (const { position } of unread) ancestors += this.#cache.read(position)
      for (const { position } of search.live) ancestors += this.#cache.read(position)
    }
    perRow = Math.min(perRow, this.#weights.config.targetVocabulary)
    if (!this.#cache.has(rows)) this.#cache.reserve(rows, this.#pasts())
    arrays.begin({ rows, sentences: count, ancestors, candidates: rows * perRow })
    for (const { search, rules, chain, unread, range, list } of sentences) {
      for (const hypothesis of unread) this.#addRow(hypothesis)
      for (const hypothesis of search.live) {
        chain.edit(hypothesis, arrays)
        rules.terms?.edit(hypothesis, arrays)
        this.#addRow(hypothesis)
      }
      arrays.endSentence(range, list)
    }
    this.#candidates.perRow = perRow
  }

  #addRow(hypothesis: Hypothesis): void {
    hypothesis.slot = this.#cache.take(hypothesis.parent ? hypothesis.parent.slot : -1)
    this.#arrays.addRow(hypothesis, this.#cache)
  }

  #countRows(): void {
    const sinusoids = this.#positions.atLeast(this.#arrays.longest)
    const { nowhere } = this.#positions
    const { padding } = this.#weights.config.ids
    if (nowhere !== null && padding !== null) this.#arrays.place(padding, nowhere)
    this.#arrays.count(this.#rows)
    this.#counts?.add('rows', this.#arrays.rows)
    this.#rows.M = this.#memory.slab.capacity
    this.#rows.K = this.#cache.slab.capacity
    this.#rows.N = sinusoids.length / this.#weights.config.dModel
    if (this.#lists) this.#rows.L = this.#lists.slab.capacity
  }

  #boundArrays(): Readonly<Record<string, TensorArray>> {
    const parts = [this.#arrays.arrays, this.#memory.slab.arrays, this.#cache.slab.arrays, this.#positions.arrays]
    if (this.#lists) parts.push(this.#lists.arrays)
    return this.#bound.join(parts)
  }

  /** Hands a sentence's new tokens or translations to its callbacks; a sentence that is done leaves. */
  #report(encoded: Encoded): void {
    const { sentence, search, rules } = encoded
    if (!encoded.hasBegun && sentence.accepted !== undefined)
      this.#counts?.took('firstToken', performance.timeOrigin + performance.now() - sentence.accepted)
    encoded.hasBegun = true
    if (!search.live.length) {
      this.#forget(encoded)
      const best = search.finished.slice(0, sentence.options.alternatives).map((finished) => found(rules, finished))
      this.#counts?.add('sentences', 1)
      this.#counts?.add('targetTokens', best[0].ids.length)
      return sentence.done(best)
    }
    if (!sentence.prefix) return
    const agreed = agreement(search, rules)
    if (agreed.length <= encoded.agreed) return
    encoded.agreed = agreed.length
    sentence.prefix(agreed)
  }

  #forget(encoded: Encoded): void {
    this.#memory.release(encoded.range)
    if (encoded.list) this.#lists!.release(encoded.list)
    this.#encoded.delete(encoded)
    this.#admission.leave(encoded.sentence)
  }

  /** The cache slots at which the pasts of all live hypotheses end. */
  *#pasts(): Iterable<number> {
    for (const { search, unread } of this.#encoded)
      if (!unread.length) for (const { parent } of search.live) if (parent) yield parent.slot
  }

  #record(kind: StepKind): Program {
    if (kind === 'logits') return logitsStepProgram(this.#weights)
    const record = kind.listed ? listedStepProgram : stepProgram
    return record(this.#weights, kind.normalize)
  }

  #groupOf(kind: StepKind): Group {
    let group = this.#groups.get(kind)
    if (!group) {
      const program = this.#load(this.#record(kind))
      group = { kind, program }
      this.#groups.set(kind, group)
    }
    return group
  }
}

function searchFrom(start: Hypothesis, rules: Rules, observer?: SearchObserver): Search {
  const { beams, sample } = rules.options
  if (beams > 1) return new BeamSearch(rules, start, observer)
  return sample ? new SamplingSearch(rules, start) : new GreedySearch(rules, start, observer)
}

/** Sentences in parts of at most `most` rows; one sentence is always in a part. */
function* partsOf(sentences: Iterable<Encoded>, most: number): Iterable<Encoded[]> {
  let part: Encoded[] = []
  let rows = 0
  for (const encoded of [...sentences]) {
    const own = encoded.rows
    if (part.length && rows + own > most) {
      yield part
      part = []
      rows = 0
    }
    part.push(encoded)
    rows += own
  }
  if (part.length) yield part
}

const NO_HYPOTHESES: readonly Hypothesis[] = []
const NO_SCORES = new Float32Array(0)
const NO_IDS = new Int32Array(0)

/** The most tokens that options allow for a source. */
const bySource = ({ maxLengthFactor }: GenerationOptions, source: readonly number[]): number =>
  maxLengthFactor === null ? Infinity : Math.ceil(maxLengthFactor * source.length)
