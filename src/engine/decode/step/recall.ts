import { floatsFromBfloat16 } from '../../../base/values/bfloat16.ts'
import { isArrayOf } from '../../../base/values/value-class.ts'
import type { Player } from '../../backend/interface/backend.ts'
import { bindCompressed } from '../../model/compressed/memory-rows.ts'
import { imageOf } from '../../model/config/attention-settings.ts'
import { promptSpans } from '../../model/layers/prompt.ts'
import { bindBlocks } from '../../model/local/blocks.ts'
import { imagePairs } from '../../model/local/image-blocks.ts'
import { PositionTable } from '../../model/position-table.ts'
import { LoadedProgram } from '../../program/loaded.ts'
import type { Weights } from '../../weights/weights.ts'
import { raggedBatch } from '../batch/ragged-batch.ts'
import type { RowRange } from '../memory/row-allocator.ts'
import type { SourceMemory } from '../memory/source-memory.ts'
import { recallProgram } from './programs.ts'

/** Results of the decoder for given tokens over an encoded source. */
export interface Recalled {
  /** The scores of all ids after each token, [tokens, vocabulary]. */
  logits: Float32Array
  /** The attention of each token to the source in each layer that was asked for, [tokens, source, heads]. */
  weights: Float32Array[]
  heads: number
  /** The states of the source. */
  states: number
}

/** Reads encoded sources once more, with whole given targets. */
export class Recall {
  readonly #player: Player
  readonly #weights: Weights
  readonly #memory: SourceMemory
  readonly #positions: PositionTable
  #loaded: { layers: string; program: LoadedProgram } | null = null

  constructor(player: Player, weights: Weights, memory: SourceMemory) {
    this.#player = player
    this.#weights = weights
    this.#memory = memory
    this.#positions = PositionTable.of(weights.config)
  }

  /** Reads `tokens`, the start included, over the source whose rows these are. */
  of(tokens: readonly number[], layers: readonly number[], range: RowRange): Recalled {
    const { length } = range
    const { targetVocabulary, decoder } = this.#weights.config
    const { tokens: ids, positions, spans, longest } = raggedBatch([tokens])
    this.#positions.atLeast(longest)
    const T = tokens.length
    const logits = new Float32Array(T * targetVocabulary)
    const weights = layers.map(() => new Float32Array(T * length * decoder.heads))
    const { rows, arrays, begin } = this.#memoryOf(range)
    const blocks = bindBlocks(this.#weights.config, { decoder: spans }, { gathered: true })
    const compressed = bindCompressed(this.#weights.config, spans)
    this.#program(layers).play(
      {
        T,
        B: 1,
        M: rows,
        N: this.#positions.rows,
        'P(targets, targets)': T * T,
        'P(targets, sources)': T * length,
        'P(targets, compressed.keys)': T * (compressed.rows['C.rows'] ?? 0),
        ...imagePairs(imageOf(decoder), [T]),
        ...blocks.rows,
        ...compressed.rows,
      },
      {
        ...arrays,
        ...this.#positions.arrays,
        ...blocks.arrays,
        ...promptSpans(this.#weights.config, 1),
        ...compressed.arrays,
        'target.tokens': ids,
        'target.positions': positions,
        targets: spans,
        sources: Int32Array.of(begin, begin + length),
        logits,
        ...Object.fromEntries(layers.map((layer, i) => [`decoder.${layer}.crossAttention.weights`, weights[i]])),
      },
    )
    return { logits, weights, heads: decoder.heads, states: length }
  }

  /** The memory in float32: as it lies, or a copy of the rows of one source. */
  #memoryOf({ begin, length }: RowRange) {
    const { slab } = this.#memory
    if (isArrayOf(Float32Array, slab.layers[0])) return { rows: slab.capacity, arrays: slab.arrays, begin }
    const copied = slab.layers.map((layer, i) => {
      const floats = new Float32Array(length * slab.width)
      const halves = layer.subarray(begin * slab.width, (begin + length) * slab.width) as Uint16Array
      floatsFromBfloat16(halves, floats)
      return [`memory.${i}`, floats] as const
    })
    return { rows: length, arrays: Object.fromEntries(copied), begin: 0 }
  }

  #program(layers: readonly number[]): LoadedProgram {
    const key = layers.join()
    if (this.#loaded?.layers !== key)
      this.#loaded = { layers: key, program: new LoadedProgram(this.#player, recallProgram(this.#weights, layers)) }
    return this.#loaded.program
  }
}
