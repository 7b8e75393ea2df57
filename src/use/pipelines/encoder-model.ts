import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError, shown } from '../../base/errors.ts'
import { isEncoderType } from '../../files/folders/encoders/families/index.ts'
import { type EncoderSettings, readEncoderSettings } from '../../files/folders/encoders/read-encoder.ts'
import { DiskFolder } from '../../formats/disk/disk-folder.ts'
import { Encoder } from '../encode/encoder.ts'
import type { TextStates } from '../encode/encoder-calls.ts'
import { callable } from './callable.ts'
import { configIn, type PretrainedConfig } from './config.ts'
import { type Pretrained, type PretrainedOptions, pretrained } from './pretrained.ts'
import { type IdRows, rowsOf, Tensor } from './tensor.ts'

/** The arguments of an encoder: the result of a tokenizer call, and what is to be returned beside the answers. */
export interface EncoderInputs {
  input_ids: IdRows
  /** 0 where an id is padding. Default: 1 everywhere. */
  attention_mask?: IdRows | null
  /** 1 for the second text of a pair. Default: 0 everywhere. */
  token_type_ids?: IdRows | null
  output_hidden_states?: boolean | null
  output_attentions?: boolean | null
  /** Aborting this signal stops the work. */
  signal?: AbortSignal | null
}

/** The results of an encoder; its class says which of them are there. */
export interface EncoderOutput {
  /** AutoModel: [texts, tokens, width]. */
  last_hidden_state?: Tensor
  /** AutoModel, where the model has a pooler: [texts, width]. */
  pooler_output?: Tensor
  /** [texts, labels], [texts, tokens, labels] or [texts, tokens, vocabulary]. */
  logits?: Tensor
  /** AutoModelForQuestionAnswering: [texts, tokens]. */
  start_logits?: Tensor
  end_logits?: Tensor
  /** With output_hidden_states: after the embeddings and each layer, [texts, tokens, width]. */
  hidden_states?: Tensor[]
  /** With output_attentions: of each layer, [texts, heads, tokens, tokens]. */
  attentions?: Tensor[]
}

type Call = (inputs: EncoderInputs) => Promise<EncoderOutput>
type Task = EncoderSettings['task']

const inputNames = [
  ...['input_ids', 'attention_mask', 'token_type_ids'],
  ...['output_hidden_states', 'output_attentions', 'signal'],
]

/** The class for each task. */
const classOf: Readonly<Record<Task, string>> = {
  none: 'AutoModel',
  classes: 'AutoModelForSequenceClassification',
  tokens: 'AutoModelForTokenClassification',
  discriminator: 'AutoModelForTokenClassification',
  spans: 'AutoModelForQuestionAnswering',
  vocabulary: 'AutoModelForMaskedLM',
}

/**
 * An encoder without a decoder, which is called with ids: `await model(await tokenizer(texts))`. A text is the ids for which its mask is 1, wherever
 * padding stands, and its positions count from the first of them. Rows of padding are zeros in everything that is returned.
 */
export class EncoderModel extends callable<Call>() {
  /** The model's config.json. */
  readonly config: PretrainedConfig
  readonly encoder: Encoder
  /** The name of the argument with the ids. */
  readonly main_input_name = 'input_ids'
  /** Whether the model has `generate`. */
  readonly can_generate = false
  /** Null: states without the answers of a head. */
  readonly #task: Task | null

  /** `task` is the one whose answers are returned; null: states alone. */
  constructor(encoder: Encoder, task: Task | null) {
    super()
    this.encoder = encoder
    this.config = configIn(encoder.model.path)
    this.#task = task
  }

  /**
   * Runs the encoder.
   * @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_OPTION, ERR_ABORTED, ERR_CLOSED, ERR_WORKER
   */
  forward(inputs: EncoderInputs): Promise<EncoderOutput> {
    return this._call(inputs)
  }

  async _call(inputs: EncoderInputs): Promise<EncoderOutput> {
    const { texts, length } = textsIn(inputs)
    const { output_hidden_states, output_attentions, signal } = inputs
    const layers = Boolean(output_hidden_states || output_attentions)
    const all = await this.encoder.states(
      texts.map(({ ids, types }) => ({ ids, types })),
      { layers, ...(signal && { signal }) },
    )
    const { dModel, heads } = this.encoder.model.config
    const rows = (of: (text: TextStates) => Float32Array | undefined, width: number) =>
      padded(
        all.map((text, i) => ({ values: of(text), first: texts[i].first })),
        [length, width],
      )
    const numbers = [...(all[0].hidden ?? []).keys()]
    return {
      ...this.#answers(all, rows),
      ...(output_hidden_states && { hidden_states: numbers.map((n) => rows(({ hidden }) => hidden?.[n], dModel)) }),
      ...(output_attentions && {
        attentions: numbers.slice(1).map((_, n) =>
          paddedPairs(
            all.map(({ attentions }, i) => ({ values: attentions?.[n], first: texts[i].first })),
            [heads, length],
          ),
        ),
      }),
    }
  }

  #answers(
    all: readonly TextStates[],
    rows: (of: (text: TextStates) => Float32Array | undefined, width: number) => Tensor,
  ): EncoderOutput {
    const { config } = this.encoder.model
    const outputs = config.head?.outputs || config.head?.width || 0
    const ofTexts = () => new Tensor('float32', joined(all.map(({ answers }) => answers)), [all.length, outputs])
    switch (this.#task) {
      case 'classes':
        return { logits: ofTexts() }
      case 'spans': {
        const side = (which: 0 | 1) => {
          const own = rows(({ answers }) => answers?.filter((_, at) => at % 2 === which), 1)
          return new Tensor('float32', own.data, own.dims.slice(0, 2))
        }
        return { start_logits: side(0), end_logits: side(1) }
      }
      case 'discriminator':
      case 'tokens':
      case 'vocabulary':
        return { logits: rows(({ answers }) => answers, outputs) }
      default:
        return {
          last_hidden_state: rows(({ states }) => states, config.dModel),
          ...(config.head?.kind === 'pooled' && { pooler_output: ofTexts() }),
        }
    }
  }

  /** Frees the model. Resolves with a result for each session, of which there are none here. */
  async dispose(): Promise<unknown[]> {
    await this.encoder.close()
    return []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose()
  }
}

/** A text of a batch: its ids, and the place of the first of them among those of its row. */
interface PlacedText {
  ids: number[]
  types: number[]
  first: number
}

/** The texts of a batch, and the length of its rows. @throws GlassformerError ERR_OPTION, ERR_INPUT */
function textsIn(inputs: EncoderInputs): { texts: PlacedText[]; length: number } {
  if (inputs === null || typeof inputs !== 'object')
    throw new GlassformerError(
      'ERR_INPUT',
      `a model takes an object with input_ids, not ${shown(inputs)}: call a tokenizer`,
    )
  for (const [name, value] of Object.entries(inputs))
    if (value !== undefined && value !== null && !inputNames.includes(name))
      throw new GlassformerError('ERR_OPTION', `an encoder takes no '${name}'${didYouMean(name, inputNames)}`)
  const { input_ids, attention_mask, token_type_ids } = inputs
  if (input_ids === undefined || input_ids === null)
    throw new GlassformerError('ERR_INPUT', 'a model takes input_ids: call a tokenizer')
  const rows = rowsOf(input_ids)
  const beside = (name: string, given: IdRows | null | undefined, byDefault: number): number[][] => {
    const own = given === undefined || given === null ? rows.map((ids) => ids.map(() => byDefault)) : rowsOf(given)
    if (own.length !== rows.length || own.some(({ length }, i) => length !== rows[i].length))
      throw new GlassformerError('ERR_INPUT', `${name} must have the shape of input_ids`)
    return own
  }
  const masks = beside('attention_mask', attention_mask, 1)
  const types = beside('token_type_ids', token_type_ids, 0)
  const texts = rows.map((ids, i) => {
    const first = masks[i].indexOf(1)
    const end = masks[i].lastIndexOf(1) + 1
    if (first < 0)
      throw new GlassformerError('ERR_INPUT', `row ${i} has no ids: its attention_mask is 0 everywhere, or it is empty`)
    if (masks[i].some((value, at) => value !== Number(at >= first && at < end)))
      throw new GlassformerError(
        'ERR_INPUT',
        `row ${i} of attention_mask must be 1 for ids side by side and 0 before and after them`,
      )
    return { ids: ids.slice(first, end), types: types[i].slice(first, end), first }
  })
  if (!texts.length) throw new GlassformerError('ERR_INPUT', 'input_ids has no rows: give at least one text')
  return { texts, length: Math.max(...rows.map((ids) => ids.length)) }
}

/** Values of a text, and the place at which they begin in its row. */
interface PlacedValues {
  values: Float32Array | undefined
  first: number
}

function joined(parts: readonly (Float32Array | undefined)[]): Float32Array<ArrayBuffer> {
  return Float32Array.from(parts.flatMap((part) => Array.from(part ?? [])))
}

/** [texts, length, width] with zeros around each text. */
function padded(texts: readonly PlacedValues[], [length, width]: readonly [number, number]): Tensor {
  const data = new Float32Array(texts.length * length * width)
  texts.forEach(({ values, first }, i) => {
    if (values) data.set(values, (i * length + first) * width)
  })
  return new Tensor('float32', data, [texts.length, length, width])
}

/** Weights [heads, n, n] of each text as [texts, heads, length, length]. */
function paddedPairs(texts: readonly PlacedValues[], [heads, length]: readonly [number, number]): Tensor {
  const data = new Float32Array(texts.length * heads * length * length)
  texts.forEach(({ values = new Float32Array(0), first }, i) => {
    const n = Math.sqrt(values.length / heads)
    for (let row = 0; row < heads * n; row++) {
      const [head, query] = [Math.floor(row / n), row % n]
      const at = ((i * heads + head) * length + first + query) * length + first
      data.set(values.subarray(row * n, (row + 1) * n), at)
    }
  })
  return new Tensor('float32', data, [texts.length, heads, length, length])
}

/** Whether a folder holds an encoder without a decoder. */
export const isEncoderFolder = (folder: string): boolean => isEncoderType(configIn(folder).model_type)

/** Loads the states of an encoder. */
export async function encoderStatesIn({ folder, load }: Pretrained): Promise<EncoderModel> {
  return new EncoderModel(await Encoder.load(folder, load), null)
}

const taskIn = (folder: string): Task => {
  const onDisk = new DiskFolder(folder)
  return readEncoderSettings(onDisk.json('config.json'), onDisk.at('config.json'), new Set()).task
}

/** The class that loads a folder of an encoder with its head. */
export const encoderClassOf = (folder: string): string => classOf[taskIn(folder)]

/** A class that loads encoders of one task. */
const autoClass = (name: string) => ({
  /** @throws GlassformerError as `pipeline`; ERR_UNSUPPORTED for a model of another task */
  async from_pretrained(model: string, options: PretrainedOptions = {}): Promise<EncoderModel> {
    const { folder, load } = await pretrained(model, options)
    if (!isEncoderFolder(folder))
      throw new GlassformerError('ERR_UNSUPPORTED', `${folder} is no encoder alone: load it with AutoModel`)
    const task = taskIn(folder)
    if (classOf[task] !== name)
      throw new GlassformerError('ERR_UNSUPPORTED', `${folder} is not for ${name}: load it with ${classOf[task]}`)
    return new EncoderModel(await Encoder.load(folder, load), task)
  },
})

/** Loads an encoder that gives texts labels, and downloads it if it is not on this machine. */
export const AutoModelForSequenceClassification = autoClass(classOf.classes)
/** Loads an encoder that gives tokens labels, and downloads it if it is not on this machine. */
export const AutoModelForTokenClassification = autoClass(classOf.tokens)
/** Loads an encoder that fills masks, and downloads it if it is not on this machine. */
export const AutoModelForMaskedLM = autoClass(classOf.vocabulary)
/** Loads an encoder that finds answers in texts, and downloads it if it is not on this machine. */
export const AutoModelForQuestionAnswering = autoClass(classOf.spans)
