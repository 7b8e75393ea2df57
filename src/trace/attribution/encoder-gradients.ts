import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import { EncoderWeights, StatesRunner, type TokenIds } from '../../engine/encode/index.ts'
import { answers, textStates } from '../../engine/model/text-encoder/index.ts'
import { differentiate } from '../../engine/program/gradient.ts'
import { LoadedProgram } from '../../engine/program/loaded.ts'
import { Program } from '../../engine/program/program.ts'
import { splitActivations } from '../../engine/program/split-activations.ts'
import { widened } from '../../engine/weights/merged-weights.ts'
import { prune } from '../edits/edit-program.ts'

/**
 * Gradients of an encoder by the embeddings of its tokens. A rounded model is explained by its rounded weights in
 * float32. Disentangled attention (DeBERTa) has no gradient.
 */
export class EncoderGradients {
  readonly weights: EncoderWeights
  readonly #runner: StatesRunner
  readonly #player: Player
  #states: LoadedProgram | null = null
  #answers: LoadedProgram | null = null

  /** @throws GlassformerError ERR_UNSUPPORTED for a model with disentangled attention */
  constructor(player: Player, weights: EncoderWeights) {
    if (weights.config.disentangled)
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        'disentangled attention (DeBERTa) has no gradient here: take an encoder of another family, or look at its states and attention',
      )
    this.weights = widened(weights, () => new EncoderWeights(weights.config))
    this.#player = player
    this.#runner = new StatesRunner(player, this.weights)
  }

  /** The last states [n, dModel] of a text. */
  states(text: TokenIds): Float32Array {
    return this.#runner.states([text]).values.slice()
  }

  /** The head's answers for rows of states. */
  answers(rows: Float32Array, count: number): Float32Array {
    return this.#runner.answers(rows, count)
  }

  /**
   * What each token has in Σ dStates · states as far as that is linear: its word embedding times the gradient by it. `dStates` is [n, dModel].
   * Where nothing is added to word embeddings before their norm (ModernBERT), which takes their length away, it is the normed embedding.
   */
  shares(text: TokenIds, dStates: Float32Array): Float32Array {
    const { dEmbedding } = this.weights.config
    this.#states ??= new LoadedProgram(this.#player, gradientProgram(this.weights))
    const { rows, arrays } = this.#runner.bound(text)
    const [gradient, input] = [0, 1].map(() => new Float32Array(text.ids.length * dEmbedding))
    this.#states.play(rows, { ...arrays, dStates, gradient, ...(isNormed(this.weights) && { input }) })
    if (!isNormed(this.weights)) {
      const table = this.weights.get('embedding.weight')
      text.ids.forEach((id, row) => {
        input.set(table.subarray(id * dEmbedding, (id + 1) * dEmbedding), row * dEmbedding)
      })
    }
    return Float32Array.from(text.ids, (_, row) => {
      let share = 0
      for (let at = row * dEmbedding; at < (row + 1) * dEmbedding; at++) share += gradient[at] * input[at]
      return share
    })
  }

  /** The gradient [count, dModel] of Σ dAnswers · answers by the rows of states that the head reads. */
  gradientOfRows(rows: Float32Array, dAnswers: Float32Array): Float32Array {
    const count = rows.length / this.weights.config.dModel
    this.#answers ??= new LoadedProgram(this.#player, answersGradientProgram(this.weights))
    const gradient = new Float32Array(rows.length)
    this.#answers.play({ R: count }, { rows, dAnswers, gradient })
    return gradient
  }
}

const isNormed = ({ config }: EncoderWeights) => !config.positionRows && !config.tokenTypes

/**
 * `dStates` [S, dModel] → `gradient` [S, dEmbedding] by the sums of the embeddings of tokens and positions; or by the normed embeddings, which
 * are written as `input`.
 */
function gradientProgram(weights: EncoderWeights): Program {
  const p = new Program('encoderGradients', weights)
  const { config } = weights
  const states = textStates(p, config)[config.layers]
  const module = isNormed(weights) ? 'embeddingNorm' : 'embedding'
  const first = p.instructions.find(({ path }) => path.join('.') === module)
  const [embedded] = present(first).outputs
  splitActivations(p)
  const gradients = differentiate(p, [[states, p.input('dStates', 'S', config.dModel)]])
  const wanted = [p.output(present(gradients.of(embedded)), 'gradient')]
  if (isNormed(weights)) wanted.push(p.output(embedded, 'input'))
  prune(p, wanted)
  return p
}

/** `rows` [R, dModel], `dAnswers` [R, outputs] → `gradient` [R, dModel]. */
function answersGradientProgram(weights: EncoderWeights): Program {
  const p = new Program('answersGradients', weights)
  const { config } = weights
  const head = present(config.head)
  const rows = p.input('rows', 'R', config.dModel)
  const made = answers(p, rows, head, config)
  splitActivations(p)
  const gradients = differentiate(p, [[made, p.input('dAnswers', 'R', made.width)]])
  prune(p, [p.output(present(gradients.of(rows)), 'gradient')])
  return p
}
