import { GlassformerError, shown } from '../../base/errors.ts'
import type { Encoder } from '../encode/encoder.ts'
import type { Label } from '../encode/encoder-calls.ts'
import type { Entity } from '../encode/entities.ts'
import { type PretrainedOptions, pretrained } from './pretrained.ts'
import { Tensor } from './tensor.ts'

/** The tasks of encoders. */
export const encoderTasks = [
  'feature-extraction',
  'sentence-similarity',
  'text-classification',
  'token-classification',
  'fill-mask',
  'question-answering',
  'zero-shot-classification',
] as const

/** A task of an encoder, as `pipeline` of transformers.js names it. */
export type EncoderTask = (typeof encoderTasks)[number]

export const isEncoderTask = (task: string): task is EncoderTask => (encoderTasks as readonly string[]).includes(task)

type Texts = string | readonly string[]

/** A token, or an entity of several where a strategy is given. */
export interface TokenLabel {
  entity?: string
  entity_group?: string
  score: number
  index?: number
  word: string
  start: number
  end: number
}

/** A token in place of a mask. */
export interface MaskToken {
  score: number
  token: number
  token_str: string
  sequence: string
}

/** An answer and its range in the context, in code units. */
export interface AnswerText {
  answer: string
  score: number
  start: number
  end: number
}

/** The call of each task, with the names of transformers.js and of the Python library. */
export interface EncoderCalls {
  'feature-extraction': (
    texts: Texts,
    options?: { pooling?: 'none' | 'mean' | 'cls'; normalize?: boolean },
  ) => Promise<Tensor>
  'sentence-similarity': (inputs: { source_sentence: string; sentences: readonly string[] }) => Promise<number[]>
  'text-classification': (texts: Texts, options?: { top_k?: number | null }) => Promise<Label[] | Label[][]>
  'token-classification': (
    texts: Texts,
    options?: { aggregation_strategy?: 'none' | 'simple' | 'first' | 'average' | 'max'; ignore_labels?: string[] },
  ) => Promise<TokenLabel[] | TokenLabel[][]>
  'fill-mask': (
    texts: Texts,
    options?: { top_k?: number; targets?: string[] },
  ) => Promise<MaskToken[] | MaskToken[][] | MaskToken[][][]>
  'question-answering': (
    question: string,
    context: string,
    options?: {
      top_k?: number
      doc_stride?: number
      max_answer_len?: number
      max_seq_len?: number
      handle_impossible_answer?: boolean
    },
  ) => Promise<AnswerText | AnswerText[]>
  'zero-shot-classification': (
    texts: Texts,
    labels: Texts,
    options?: { hypothesis_template?: string; multi_label?: boolean },
  ) => Promise<ZeroShotLabels | ZeroShotLabels[]>
}

/** The labels of a text from the likeliest on, with their scores. */
export interface ZeroShotLabels {
  sequence: string
  labels: string[]
  scores: number[]
}

/** A loaded encoder that is called as the task asks; `dispose` ends its workers. */
export type EncoderPipeline<T extends EncoderTask = EncoderTask> = EncoderCalls[T] &
  AsyncDisposable & { readonly task: T; readonly encoder: Encoder; dispose(): Promise<void> }

/** Loads an encoder for a task. @throws GlassformerError the errors of `pull` and of `Encoder.load` */
export async function encoderPipeline<T extends EncoderTask>(
  task: T,
  model: string,
  options: PretrainedOptions = {},
): Promise<EncoderPipeline<T>> {
  const found = await pretrained(model, options)
  const { Encoder } = await import('../encode/encoder.ts')
  const encoder = await Encoder.load(found.folder, found.load)
  found.tell({ status: 'ready', task, model })
  const dispose = () => encoder.close()
  const calls = callsOf(encoder)
  return Object.assign(calls[task].bind(null), {
    task,
    encoder,
    dispose,
    [Symbol.asyncDispose]: dispose,
  }) as unknown as EncoderPipeline<T>
}

function callsOf(encoder: Encoder): EncoderCalls {
  return {
    'feature-extraction': (texts, { pooling = 'none', normalize = false } = {}) =>
      features(encoder, listOf(texts), pooling, normalize),
    async 'sentence-similarity'({ source_sentence, sentences }) {
      const [own, ...others] = await encoder.embed([source_sentence, ...sentences])
      return others.map((other) => encoder.similarity(own, other))
    },
    async 'text-classification'(texts, { top_k = 1 } = {}) {
      const labels = await encoder.classify(listOf(texts), { top: top_k ?? encoder.model.labels.length })
      if (typeof texts === 'string') return labels[0]
      return top_k === 1 ? labels.map(([label]) => label) : labels
    },
    async 'token-classification'(
      texts,
      { aggregation_strategy: aggregation = 'none', ignore_labels: ignoreLabels } = {},
    ) {
      const found = await encoder.tokensOf(listOf(texts), { aggregation, ...(ignoreLabels && { ignoreLabels }) })
      const named = found.map((entities) => entities.map((entity) => tokenLabel(entity, aggregation === 'none')))
      return typeof texts === 'string' ? named[0] : named
    },
    async 'fill-mask'(texts, { top_k: top = 5, targets } = {}) {
      const found = await Promise.all(
        listOf(texts).map(async (text) => {
          const masks = await encoder.fill(text, { top, ...(targets && { targets }) })
          const named = masks.map((mask) =>
            mask.map(({ score, id, token, text: sequence }) => ({ score, token: id, token_str: token, sequence })),
          )
          return named.length === 1 ? named[0] : named
        }),
      )
      return (typeof texts === 'string' ? found[0] : found) as MaskToken[] | MaskToken[][]
    },
    async 'question-answering'(question, context, settings = {}) {
      const { top_k: top = 1, doc_stride, max_answer_len, max_seq_len, handle_impossible_answer } = settings
      const found = await encoder.answer(question, context, {
        top,
        ...(doc_stride !== undefined && { stride: doc_stride }),
        ...(max_answer_len !== undefined && { longest: max_answer_len }),
        ...(max_seq_len !== undefined && { maxLength: max_seq_len }),
        ...(handle_impossible_answer !== undefined && { allowsNone: handle_impossible_answer }),
      })
      const named = found.map(({ text: answer, score, begin: start, end }) => ({ answer, score, start, end }))
      return top === 1 ? named[0] : named
    },
    async 'zero-shot-classification'(texts, labels, { hypothesis_template: template, multi_label = false } = {}) {
      const list = typeof labels === 'string' ? labels.split(',').map((label) => label.trim()) : labels
      const found = await Promise.all(
        listOf(texts).map(async (sequence) => {
          const ranked = await encoder.zeroShot(sequence, list, {
            multiLabel: multi_label,
            ...(template && { template }),
          })
          return { sequence, labels: ranked.map(({ label }) => label), scores: ranked.map(({ score }) => score) }
        }),
      )
      return typeof texts === 'string' ? found[0] : found
    },
  }
}

function tokenLabel({ label, score, index, word, begin: start, end }: Entity, isToken: boolean): TokenLabel {
  return isToken ? { entity: label, score, index, word, start, end } : { entity_group: label, score, word, start, end }
}

/** States [texts, tokens, width], with zeros after shorter texts, or one vector for each text. */
async function features(
  encoder: Encoder,
  texts: readonly string[],
  pooling: 'none' | 'mean' | 'cls',
  normalize: boolean,
): Promise<Tensor> {
  const all = await encoder.states(texts)
  const width = encoder.model.config.dModel
  if (pooling === 'none') {
    const longest = Math.max(0, ...all.map(({ ids }) => ids.length))
    const data = new Float32Array(all.length * longest * width)
    all.forEach(({ states }, i) => {
      data.set(states, i * longest * width)
    })
    return new Tensor('float32', data, [all.length, longest, width])
  }
  const data = new Float32Array(all.length * width)
  all.forEach(({ states, ids }, i) => {
    const own = data.subarray(i * width, (i + 1) * width)
    if (pooling === 'cls') own.set(states.subarray(0, width))
    else for (let k = 0; k < states.length; k++) own[k % width] += states[k] / ids.length
    if (!normalize) return
    const length = Math.hypot(...own) || 1
    for (let c = 0; c < width; c++) own[c] /= length
  })
  return new Tensor('float32', data, [all.length, width])
}

function listOf(texts: Texts): readonly string[] {
  const list = typeof texts === 'string' ? [texts] : texts
  if (Array.isArray(list) && list.every((text) => typeof text === 'string')) return list
  throw new GlassformerError('ERR_INPUT', `a pipeline takes a text or a list of texts, not ${shown(texts)}`)
}
