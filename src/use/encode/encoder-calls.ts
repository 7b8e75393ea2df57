import { GlassformerError, shown } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read } from '../../base/schema/settings.ts'
import type { BackendInfo } from '../../engine/backend/interface/backend.ts'
import { createEncoderTokenizer } from '../../files/folders/encoders/encoder-tokenizer.ts'
import type { EncoderDescription } from '../../files/folders/encoders/read-encoder-folder.ts'
import type { PairTokenizer } from '../../language/text/pairs/index.ts'
import { chunksOf, sizeOf } from '../../workers/requests/chunks.ts'
import type { Scheduling } from '../../workers/requests/scheduling.ts'
import type { JobPool } from '../../workers/requests/submit.ts'
import { type Entity, entitiesOf } from './entities.ts'
import {
  type Alike,
  alike,
  type InspectedText,
  inspectText,
  type LabelShares,
  type Looked,
  labelShares,
} from './inspect.ts'
import { checkedTexts, itemsOf, type TextIds, type TextOrPair } from './items.ts'
import {
  type AnswerOptions,
  type AttributeOptions,
  answerSettings,
  attributeSettings,
  type CallOptions,
  type ClassifyOptions,
  callSettings,
  classifySettings,
  type EmbedOptions,
  embedSettings,
  type FillOptions,
  fillSettings,
  type InspectOptions,
  inspectSettings,
  type RankOptions,
  rankSettings,
  type StatesOptions,
  statesSettings,
  type TokenOptions,
  tokenSettings,
  type ZeroShotOptions,
  zeroShotSettings,
} from './options.ts'
import { similarityOf } from './similarity.ts'
import type { encodeTexts } from './worker/encode-texts.ts'
import { normalized } from './worker/pooled.ts'
import { sigmoid, softmax } from './worker/softmax.ts'
import type { EncodedItem, EncodedResult, FilledMask, FoundAnswer, LengthLimit, Task } from './worker/tasks.ts'

/** A document of a ranking: its place in the list, and how well it fits. */
export interface Ranked {
  index: number
  score: number
}

/** A label of a text. */
export interface Label {
  label: string
  score: number
}

/** Everything that the encoder computes of a text. */
export interface TextStates {
  ids: number[]
  types: number[]
  /** [ids, width], row by row. */
  states: Float32Array
  width: number
  /** The head's answers: for the text, or for each of its ids. */
  answers?: Float32Array
  /** With `layers`: the states after the embeddings and each layer, [ids, width]. */
  hidden?: Float32Array[]
  /** With `layers`: the weights of each layer's attention, [heads, ids, ids]. */
  attentions?: Float32Array[]
  truncated: boolean
}

/** Vectors of texts, with how many tokens they took. */
export interface Embedded {
  vectors: Float32Array[]
  tokens: number
  /** Indices of texts that were cut. */
  truncated: number[]
}

type ItemOptions = Pick<Scheduling, 'signal' | 'timeout' | 'priority' | 'client'> & {
  maxLength?: number
  tooLong: 'cut' | 'refuse'
}

/** What an encoder does with its workers, in Node.js and in pages. */
export class EncoderCalls {
  readonly model: EncoderDescription
  readonly #pool: JobPool
  readonly #info: BackendInfo
  #tokenizer: PairTokenizer | null = null

  protected constructor(pool: JobPool, info: BackendInfo, model: EncoderDescription) {
    this.model = model
    this.#pool = pool
    this.#info = info
  }

  /** The binary, BLAS, instruction set, threads and precision in use. */
  backendInfo(): BackendInfo {
    return this.#info
  }

  /** The tokenizer, for counts and offsets; it is made on the calling thread when it is first asked for. */
  get tokenizer(): PairTokenizer {
    this.#tokenizer ??= createEncoderTokenizer(this.model.tokenizer, this.model.sentence.lowers)
    return this.#tokenizer
  }

  /** The numbers of a vector. */
  get dimensions(): number {
    const { sentence, config } = this.model
    const dense = sentence.steps.findLast((step) => step.kind === 'dense')
    return dense?.kind === 'dense' ? dense.outputs : sentence.poolings.length * config.dModel
  }

  /**
   * The vector of a text, or of each of several.
   * @throws GlassformerError ERR_OPTION, ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_ABORTED, ERR_TIMEOUT, ERR_BUSY, ERR_CLOSED, ERR_WORKER
   */
  async embed(texts: string, options?: EmbedOptions): Promise<Float32Array>
  async embed(texts: readonly string[], options?: EmbedOptions): Promise<Float32Array[]>
  async embed(texts: string | readonly string[], options: EmbedOptions = {}): Promise<Float32Array | Float32Array[]> {
    const { vectors } = await this.embedCounted(typeof texts === 'string' ? [texts] : texts, options)
    return typeof texts === 'string' ? vectors[0] : vectors
  }

  /** The vectors of texts, how many tokens they have, and which were cut. @throws GlassformerError as `embed` */
  async embedCounted(texts: readonly string[], options: EmbedOptions = {}): Promise<Embedded> {
    const settings = read(embedSettings, options, inOptions)
    const { dimensions, normalize } = settings
    if (dimensions !== undefined && dimensions > this.dimensions)
      throw new GlassformerError(
        'ERR_OPTION',
        `option 'dimensions' must be at most ${this.dimensions}, the numbers of a vector, not ${dimensions}`,
      )
    const prompt = this.#prompt(settings.prompt)
    const items = checkedTexts(texts).map((text) => (prompt ? { text, prompt } : { text }))
    const results = await this.#run({ ...this.#limit(settings), task: 'vector' }, items, settings)
    return {
      vectors: results.map((result) => {
        const vector = present(result.vector)
        const cut = dimensions === undefined ? vector : vector.slice(0, dimensions)
        return normalize ? normalized(cut) : cut
      }),
      tokens: results.reduce((sum, { tokens }) => sum + tokens, 0),
      truncated: results.flatMap(({ truncated }, i) => (truncated ? i : [])),
    }
  }

  /**
   * The vectors of a stream of texts, in their order; memory is flat over any number of texts. @throws GlassformerError as `embed`, when the loop
   * comes to it
   */
  async *embedEach(
    texts: Iterable<string> | AsyncIterable<string>,
    options: EmbedOptions = {},
  ): AsyncGenerator<Float32Array> {
    const open: Promise<Float32Array[]>[] = []
    let group: string[] = []
    let characters = 0
    const send = () => {
      const vectors = this.embed(group, options)
      // An error is thrown where the vectors are awaited.
      vectors.catch(() => {})
      open.push(vectors)
      group = []
      characters = 0
    }
    for await (const text of texts) {
      group.push(text)
      characters += typeof text === 'string' ? text.length : 0
      if (group.length < GROUP && characters < GROUP_CHARACTERS) continue
      send()
      if (open.length >= GROUPS_AHEAD) yield* await present(open.shift())
    }
    if (group.length) send()
    for (const vectors of open) yield* await vectors
  }

  /** How alike two vectors are, by the measure of the folder: by default the cosine. @throws GlassformerError ERR_SHAPE */
  similarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
    return similarityOf(this.model.sentence.similarity, a, b)
  }

  /**
   * Documents by how well they fit a query, the best first: by the scores of pairs where the model classifies (a cross-encoder), else by the
   * similarity of vectors. @throws GlassformerError as `embed`; ERR_UNSUPPORTED for a cross-encoder of several labels
   */
  async rank(query: string, documents: readonly string[], options: RankOptions = {}): Promise<Ranked[]> {
    const { top, ...settings } = read(rankSettings, options, inOptions)
    const [asked] = checkedTexts([query])
    const scores = await this.#scores(asked, checkedTexts(documents), settings)
    const ranked = scores
      .map((score, index) => ({ index, score }))
      .sort((a, b) => b.score - a.score || a.index - b.index)
    return top === undefined ? ranked : ranked.slice(0, top)
  }

  async #scores(query: string, documents: readonly string[], settings: ItemOptions): Promise<number[]> {
    if (!documents.length) return []
    if (this.model.task === 'classes') {
      if (this.model.labels.length !== 1)
        throw new GlassformerError(
          'ERR_UNSUPPORTED',
          `the model has ${this.model.labels.length} labels, and documents are ranked by one score: use classify, or another model`,
        )
      const pairs = documents.map((pair) => ({ text: query, pair }))
      const results = await this.#run({ ...this.#limit(settings), task: 'logits' }, pairs, settings)
      const scores = results.map(({ logits }) => present(logits)[0])
      return this.model.scoreActivation === 'sigmoid' ? scores.map(sigmoid) : scores
    }
    const [[own], vectors] = await Promise.all([
      this.embed([query], { ...settings, prompt: this.#named(['query']) }),
      this.embed(documents, { ...settings, prompt: this.#named(['document', 'passage', 'corpus']) }),
    ])
    return vectors.map((vector) => this.similarity(own, vector))
  }

  /**
   * The likeliest labels of a text or pair, or of each of several.
   * @throws GlassformerError as `embed`; ERR_UNSUPPORTED for a model that does not classify texts
   */
  async classify(texts: TextOrPair, options?: ClassifyOptions): Promise<Label[]>
  async classify(texts: readonly TextOrPair[], options?: ClassifyOptions): Promise<Label[][]>
  async classify(
    texts: TextOrPair | readonly TextOrPair[],
    options: ClassifyOptions = {},
  ): Promise<Label[] | Label[][]> {
    const { top, activation = this.#activation(), ...settings } = read(classifySettings, options, inOptions)
    const list = Array.isArray(texts) ? (texts as readonly TextOrPair[]) : [texts as TextOrPair]
    const logits = await this.logits(list, settings)
    const labels = logits.map((own) => {
      const scores = activation === 'softmax' ? softmax(own) : activation === 'sigmoid' ? own.map(sigmoid) : own
      return this.model.labels
        .map((label, i) => ({ label, score: scores[i] }))
        .sort((a, b) => b.score - a.score)
        .slice(0, top)
    })
    return Array.isArray(texts) ? labels : labels[0]
  }

  /** The logits of each text or pair. @throws GlassformerError as `classify` */
  async logits(texts: readonly TextOrPair[], options: CallOptions = {}): Promise<Float32Array[]> {
    this.#expect('classes', 'classify texts', 'ForSequenceClassification')
    const settings = read(callSettings, options, inOptions)
    const results = await this.#run({ ...this.#limit(settings), task: 'logits' }, itemsOf(texts), settings)
    return results.map(({ logits }) => present(logits))
  }

  /**
   * Entities in a text, or in each of several: tokens with their labels, and tokens that are one entity, with their ranges in the text.
   * @throws GlassformerError as `embed`; ERR_UNSUPPORTED for a model that does not classify tokens
   */
  async tokensOf(texts: string, options?: TokenOptions): Promise<Entity[]>
  async tokensOf(texts: readonly string[], options?: TokenOptions): Promise<Entity[][]>
  async tokensOf(texts: string | readonly string[], options: TokenOptions = {}): Promise<Entity[] | Entity[][]> {
    this.#expect('tokens', 'classify tokens', 'ForTokenClassification')
    const { aggregation, ignoreLabels: ignored, ...settings } = read(tokenSettings, options, inOptions)
    const list = checkedTexts(typeof texts === 'string' ? [texts] : texts)
    const results = await this.#run(
      { ...this.#limit(settings), task: 'tokens' },
      list.map((text) => ({ text })),
      settings,
    )
    const found = results.map(({ classified }, i) =>
      entitiesOf(present(classified), list[i], { labels: this.model.labels, aggregation, ignored }, this.tokenizer),
    )
    return typeof texts === 'string' ? found[0] : found
  }

  /**
   * The likeliest tokens in place of each mask of a text. @throws GlassformerError as `embed`; ERR_UNSUPPORTED for a model without such a head;
   * ERR_INPUT for a text without a mask
   */
  async fill(text: string, options: FillOptions = {}): Promise<FilledMask[][]> {
    this.#expect('vocabulary', 'fill masks', 'ForMaskedLM')
    const { top, targets, ...settings } = read(fillSettings, options, inOptions)
    const task: Task = { ...this.#limit(settings), task: 'fill', top, ...(targets && { targets }) }
    const [{ masks }] = await this.#run(task, itemsOf([text]), settings)
    return present(masks)
  }

  /**
   * The best answers to a question that stand in a text of any length, which is read in windows.
   * @throws GlassformerError as `embed`; ERR_UNSUPPORTED for a model that does not answer
   */
  async answer(question: string, context: string, options: AnswerOptions = {}): Promise<FoundAnswer[]> {
    this.#expect('spans', 'find answers', 'ForQuestionAnswering')
    const { top, longest, allowsNone, stride, ...settings } = read(answerSettings, options, inOptions)
    const limit = this.#limit({ ...settings, maxLength: settings.maxLength ?? USUAL_WINDOW })
    const task: Task = {
      ...limit,
      task: 'answer',
      top,
      longest,
      allowsNone,
      stride: stride ?? Math.min(128, limit.maxLength >> 1),
    }
    const [text, pair] = checkedTexts([question, context])
    const [{ answers }] = await this.#run(task, [{ text, pair }], settings)
    return present(answers)
  }

  /**
   * Labels of your own for a text, by a model of entailment (NLI): each label is a hypothesis. The likeliest comes first.
   * @throws GlassformerError as `classify`; ERR_UNSUPPORTED for a model whose labels have no entailment
   */
  async zeroShot(text: string, labels: readonly string[], options: ZeroShotOptions = {}): Promise<Label[]> {
    this.#expect('classes', 'classify texts', 'ForSequenceClassification')
    const { template, multiLabel, ...settings } = read(zeroShotSettings, options, inOptions)
    const own = checkedTexts(labels)
    if (!own.length) throw new GlassformerError('ERR_INPUT', 'there are no labels: give at least one')
    if (!template.includes('{}'))
      throw new GlassformerError(
        'ERR_OPTION',
        `option 'template' must have {} in place of a label, not ${shown(template)}`,
      )
    const entailment = this.model.labels.findIndex((label) => label.toLowerCase().startsWith('entail'))
    if (entailment < 0)
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `the model's labels (${this.model.labels.join(', ')}) have no entailment: take a model of NLI`,
      )
    const contradiction = entailment === 0 ? this.model.labels.length - 1 : 0
    const items = own.map((label) => ({ text: checkedTexts([text])[0], pair: template.replace('{}', () => label) }))
    const task: Task = { ...this.#limit(settings), truncation: 'only_first', task: 'logits' }
    const results = await this.#run(task, items, settings)
    const all = results.map(({ logits }) => present(logits))
    const scores =
      multiLabel || own.length === 1
        ? all.map((logits) => softmax([logits[contradiction], logits[entailment]])[1])
        : softmax(all.map((logits) => logits[entailment]))
    return own.map((label, i) => ({ label, score: scores[i] })).sort((a, b) => b.score - a.score)
  }

  /** The last states of each text, pair or list of ids, and what the head answers. @throws GlassformerError as `embed` */
  async states(texts: readonly (TextOrPair | TextIds)[], options: StatesOptions = {}): Promise<TextStates[]> {
    const { layers, ...settings } = read(statesSettings, options, inOptions)
    const task: Task = { ...this.#limit(settings), task: 'states', layers }
    const results = await this.#run(task, itemsOf(texts), settings)
    return results.map(({ ids, types, states, logits, truncated, hidden, attentions }) => ({
      ids: present(ids),
      types: present(types),
      states: present(states),
      width: this.model.config.dModel,
      ...(logits && { answers: logits }),
      ...(hidden && attentions && { hidden, attentions }),
      truncated,
    }))
  }

  /**
   * Everything inside the encoder for one text: its tokens, states, attention and neurons of each layer, what each token has in the pooling, and
   * the vector. @throws GlassformerError as `embed`
   */
  async inspect(text: TextOrPair, options: InspectOptions = {}): Promise<InspectedText> {
    const { prompt, ...settings } = read(inspectSettings, options, inOptions)
    itemsOf([text])
    return inspectText(this.#looked(settings, prompt), text)
  }

  /**
   * Which words make two texts alike: the gradient of their similarity by each word embedding, times the embedding.
   * @throws GlassformerError as `embed`; ERR_UNSUPPORTED for a model whose attention has no gradient (DeBERTa)
   */
  async alike(first: string, second: string, options: InspectOptions = {}): Promise<Alike> {
    const { prompt, ...settings } = read(inspectSettings, options, inOptions)
    checkedTexts([first, second])
    return alike(this.#looked(settings, prompt), [first, second])
  }

  /**
   * Which words speak for a label of a text or pair: the gradient of its logit by each word embedding, times the embedding.
   * @throws GlassformerError as `classify`; ERR_UNSUPPORTED as `alike`
   */
  async attribute(text: TextOrPair, options: AttributeOptions = {}): Promise<LabelShares> {
    this.#expect('classes', 'classify texts', 'ForSequenceClassification')
    const { label, ...settings } = read(attributeSettings, options, inOptions)
    itemsOf([text])
    return labelShares(this.#looked(settings, ''), text, label ?? null)
  }

  #looked(settings: ItemOptions, prompt: string | undefined): Looked {
    return {
      model: this.model,
      tokenizer: this.tokenizer,
      limit: this.#limit(settings),
      prompt: this.#prompt(prompt),
      run: (task, items) => this.#run(task, items, settings),
    }
  }

  /** Stops the workers; open calls fail with ERR_CLOSED. */
  async close(): Promise<void> {
    await this.#pool.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #run(
    task: Task,
    items: readonly EncodedItem[],
    { signal, timeout, priority, client }: ItemOptions,
  ): Promise<EncodedResult[]> {
    const size = ({ text, pair = '', prompt = '', given }: EncodedItem) =>
      given ? sizeOf(given.ids) : sizeOf(text) + pair.length + prompt.length
    const chunks = chunksOf<typeof encodeTexts>(
      'encodeTexts',
      items.map((_, i) => i),
      (i) => size(items[i]),
      (indices) => ({ task, items: indices.map((i) => items[i]) }),
    )
    return this.#pool.submit<typeof encodeTexts>(chunks, { scheduling: { signal, timeout, priority, client } })
  }

  #limit({ maxLength, tooLong }: { maxLength?: number; tooLong: 'cut' | 'refuse' }): LengthLimit {
    return {
      maxLength: Math.min(maxLength ?? this.model.maxLength, this.model.maxLength),
      truncation: 'longest_first',
      tooLong,
    }
  }

  /** The words of a prompt: those of a name, or the words themselves. */
  #prompt(given: string | undefined): string {
    const { prompts, defaultPrompt } = this.model.sentence
    if (given !== undefined) return Object.hasOwn(prompts, given) ? prompts[given] : NAMES.includes(given) ? '' : given
    if (defaultPrompt === null) return ''
    if (Object.hasOwn(prompts, defaultPrompt)) return prompts[defaultPrompt]
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `default_prompt_name is '${defaultPrompt}', and there is no such prompt`,
    )
  }

  /** The first of these names that the folder has a prompt for. */
  #named(names: readonly string[]): string {
    return names.find((name) => Object.hasOwn(this.model.sentence.prompts, name)) ?? ''
  }

  #activation(): 'softmax' | 'sigmoid' | 'none' {
    const { problem, labels } = this.model
    if (problem === 'regression') return 'none'
    return problem === 'multi' || labels.length === 1 ? 'sigmoid' : 'softmax'
  }

  #expect(task: EncoderDescription['task'], what: string, suffix: string): void {
    if (this.model.task === task || (task === 'tokens' && this.model.task === 'discriminator')) return
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${this.model.path} cannot ${what}: config.json names ${this.model.architecture ?? 'no class'}, not one that ends in ${suffix}`,
    )
  }
}

/** Texts that a stream sends at a time, and groups that are under way before the first is awaited. */
const GROUP = 64
const GROUP_CHARACTERS = 1 << 16
const GROUPS_AHEAD = 16

/** The tokens of a window in which an answer is looked for. */
const USUAL_WINDOW = 384

/** Names that sentence-transformers has prompts for in every folder: without one they stand for no words. */
const NAMES: readonly string[] = ['query', 'document']
