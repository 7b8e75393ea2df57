import type { Products } from '../products.ts'
import { addProduct } from './add-product.ts'
import { multiplyInt8 } from './int8-product.ts'
import { multiplyPanels } from './panel-product.ts'
import { multiplyRows } from './product.ts'

/** The products of `Products` in blocks that registers hold: between two and twenty times as fast as `plainProducts`, with the same bits in `multiply`. */
export const fastProducts: Products = {
  multiply(x, weight, y) {
    const { packed } = weight
    if (!packed) multiplyRows(x, weight, y)
    else if (packed.encoding === 'int8') multiplyInt8(x, packed, y)
    else multiplyPanels(x, packed, y)
  },
  addProduct,
}
