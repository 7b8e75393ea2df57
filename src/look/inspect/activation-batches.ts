import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { Player, TensorArray } from '../../engine/backend/interface/backend.ts'
import { raggedPairs, type TokenPair } from '../../engine/decode/step/index.ts'
import { PositionTable } from '../../engine/model/position-table.ts'
import { LoadedProgram } from '../../engine/program/loaded.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import { asOutput, prune } from '../../trace/edits/edit-program.ts'
import { checkChanged } from '../../trace/edits/interventions.ts'
import { matchNames, tensorNames } from '../../trace/edits/tensor-names.ts'
import { wholeProgram } from '../../trace/play/traced-play.ts'

/** A tensor that is read for many sentences. */
export interface ReadTensor {
  /** Its name in a trace. */
  name: string
  width: number
  /** Whether its rows are tokens of the source; otherwise those of the target. */
  isOfSource: boolean
}

/** Reads tensors of many sentences in batches: [rows, width], the rows of all sentences end to end. */
export class ActivationBatches {
  readonly tensors: readonly ReadTensor[]
  readonly #weights: Weights
  readonly #program: LoadedProgram
  readonly #positions: PositionTable
  readonly #read: readonly {
    name: string
    columns: readonly [number, number] | undefined
    whole: number
    symbol: string
  }[]

  /**
   * `patterns`: names of a trace, where `*` matches one part of a name and `**` any number. @throws GlassformerError ERR_OPTION
   * for a pattern without a match, and for a tensor whose rows are no tokens
   */
  constructor(player: Player, weights: Weights, patterns: readonly string[]) {
    const p = wholeProgram(weights, false)
    const names = tensorNames(wholeProgram(weights, true), weights.config)
    const listed = p.instructions.flatMap(({ outputs }) => outputs.map((tensor) => tensor.name))
    const found = [...matchNames(patterns, names, listed).keys()].map((name) => checkChanged(name, names, p))
    const product = found.find(({ isProduct }) => isProduct)
    if (product)
      throw new GlassformerError(
        'ERR_OPTION',
        `${product.name} is not kept by a run of many sentences, which adds its residual at once: take ${product.name.replace(/\.output$/, 'Norm.sum')}`,
      )
    this.#read = found.map(({ tensor, columns, symbol }) => {
      const output = asOutput(p, present(p.find(tensor)))
      return { name: output.name, columns, whole: output.width, symbol }
    })
    this.tensors = found.map(({ name, width, symbol }) => ({ name, width, isOfSource: symbol === 'S' }))
    prune(
      p,
      this.#read.map(({ name }) => present(p.bound.find((tensor) => tensor.name === name))),
    )
    this.#weights = weights
    this.#positions = PositionTable.of(weights.config)
    this.#program = new LoadedProgram(player, p)
  }

  /** The values of each tensor for some sentences. */
  of(pairs: readonly TokenPair[]): Float32Array[] {
    const bound = raggedPairs(pairs, this.#weights.config, this.#positions)
    const rows: Record<string, number> = bound.rows
    const arrays: Record<string, TensorArray> = { ...bound.arrays }
    for (const { name, whole, symbol } of this.#read) arrays[name] ??= new Float32Array(rows[symbol] * whole)
    this.#program.play(rows, arrays)
    return this.#read.map(({ name, columns, whole, symbol }) => {
      const values = arrays[name] as Float32Array
      if (!columns) return values.slice()
      const [from, to] = columns
      const cut = new Float32Array(rows[symbol] * (to - from))
      for (let row = 0; row < rows[symbol]; row++)
        cut.set(values.subarray(row * whole + from, row * whole + to), row * (to - from))
      return cut
    })
  }
}
