import { GlassformerError } from '../../../base/errors.ts'
import type { DType, Encoding } from '../../backend/interface/backend.ts'

/** Rows of a tensor: a symbol that is bound at play ('S', 'T', 'R', …), or a constant of the model. */
export type Rows = string | number

/**
 * A tensor of a program: [rows, width]. A tensor holds no values; values exist while the program is played. `column` is not 0 for views
 * made by `columns`, which share the memory of `base`.
 */
export class Tensor {
  readonly name: string
  readonly kind: 'weight' | 'bound' | 'planned'
  readonly dtype: DType
  readonly rows: Rows
  readonly width: number
  readonly column: number
  readonly base: Tensor
  /** The bound tensor of which this tensor is a part, and where the part begins, in floats; null where this tensor is no part. */
  readonly part: { of: Tensor; start: number } | null
  readonly encoding: Encoding

  constructor(
    kind: Tensor['kind'],
    name: string,
    { rows, width }: { rows: Rows; width: number },
    dtype: DType = 'float32',
    {
      view,
      part,
      encoding = 'float32',
    }: { view?: { base: Tensor; column: number }; part?: Tensor['part']; encoding?: Encoding } = {},
  ) {
    this.kind = kind
    this.name = name
    this.rows = rows
    this.width = width
    this.dtype = dtype
    this.column = view?.column ?? 0
    this.base = view?.base ?? this
    this.part = part ?? null
    this.encoding = encoding
  }

  /** Equal parts of the columns, as views: nothing is copied. */
  columns(parts: number): Tensor[] {
    const width = this.width / parts
    return Array.from({ length: parts }, (_, i) => this.slice(i * width, (i + 1) * width))
  }

  /** Columns [from, to) as a view. */
  slice(from: number, to: number): Tensor {
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to <= from || to > this.width)
      throw new GlassformerError('ERR_SHAPE', `columns ${from} to ${to} of ${this} do not exist`)
    const view = { base: this.base, column: this.column + from }
    return new Tensor(this.kind, this.name, { rows: this.rows, width: to - from }, this.dtype, {
      view,
      encoding: this.encoding,
    })
  }

  get isView(): boolean {
    return this.base !== this
  }

  /** `name [S, 512]`, with the columns of a view: `name[0:512] [S, 512]`. */
  toString(): string {
    const columns = this.isView ? `[${this.column}:${this.column + this.width}]` : ''
    return `${this.name}${columns} [${this.rows}, ${this.width}]`
  }
}
