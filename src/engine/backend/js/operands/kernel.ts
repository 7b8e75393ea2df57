import type { Products } from '../products/products.ts'
import type { Operands } from './operands.ts'

/** The arguments of an op's kernel: operands and attributes by name, as in C++, and the products of its player. */
export type Call<Op extends keyof Operands> = Operands[Op] & { products: Products }

/** The JavaScript kernel of an op. Inputs may be absent (null) where the op says so; outputs are written whole. */
export type Kernel<Op extends keyof Operands> = (call: Call<Op>) => void

/** Checks ids, spans and offsets before anything is played; throws ERR_SHAPE. */
export type Check<Op extends keyof Operands> = (call: Operands[Op]) => void

/** How JavaScript plays an op. */
export interface JsOp<Op extends keyof Operands> {
  kernel: Kernel<Op>
  /** Checks ids and spans before a program is played. */
  check?: Check<Op>
}

export type JsOps = { readonly [Op in keyof Operands]: JsOp<Op> }
