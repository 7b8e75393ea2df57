import { allocated, sharedMemory } from '../../../base/allocated.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { adaptableRows } from '../../../engine/decode/adapters/index.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { type Adapter, type AdapterBranch, nextAdapterId } from '../../../engine/weights/adapter.ts'
import { linearParts } from '../../../engine/weights/parameters.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import { adaptedParameters } from './adapted-parameters.ts'
import { openPeftFolder, type PeftModule } from './peft-folder.ts'

/**
 * Reads an adapter in PEFT's layout for a model, to be held beside it. @throws GlassformerError ERR_FILE; ERR_MODEL_FORMAT for a damaged
 * adapter or one of another model; ERR_UNSUPPORTED for one that changes more than linear layers, which can be merged at most
 */
export function readAdapter(folder: Folder, name: string, config: ModelConfig): Adapter {
  const peft = openPeftFolder(folder)
  try {
    const { products, replaced } = adaptedParameters(peft, config)
    const linears = linearParts(config)
    const canBeHeld = (name: string) => {
      const linear = linears.get(name)
      return linear !== undefined && [...linear.rows].every((rows) => adaptableRows.has(rows))
    }
    // PEFT stores the base of an output projection beside its factors; it is the model's own.
    const adapted = new Set(products.map(({ parameter }) => parameter.name))
    const other = [
      ...replaced.map(({ parameter }) => parameter.name).filter((own) => !adapted.has(own)),
      ...products.map(({ parameter }) => parameter.name).filter((own) => !canBeHeld(own)),
    ]
    if (other.length)
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `${folder.path}: the adapter changes ${other[0]}, which cannot be held beside the model for single requests: merge it when the model is loaded`,
      )
    const size = products.reduce(
      (sum, { parameter, module }) => sum + module.rank * (parameter.width + parameter.rows),
      0,
    )
    const values = allocated(4 * size, () => new Float32Array(sharedMemory(4 * size)))
    let end = 0
    const branches = products.map(({ parameter, module, row }): AdapterBranch => {
      const { rank } = module
      const [down, up] = [end, end + rank * parameter.width]
      end = up + rank * parameter.rows
      const { a, b } = factorsOf(peft.source, module)
      values.set(a, down)
      for (let k = 0; k < rank; k++)
        for (let o = 0; o < parameter.rows; o++)
          values[up + k * parameter.rows + o] = module.scale * b[(row + o) * rank + k]
      return { parameter: parameter.name, rank, down, up }
    })
    return { id: nextAdapterId(), name, values, branches }
  } finally {
    peft.source.close()
  }
}

/** A [rank, inputs] and B [outputs, rank] of a module. */
export function factorsOf(source: TensorSource, { a, b, rank, inputs, outputs }: PeftModule) {
  const read = (name: string, count: number) => {
    const values = allocated(4 * count, () => new Float32Array(count))
    source.readFloats(name, values)
    return values
  }
  return { a: read(a, rank * inputs), b: read(b, outputs * rank) }
}
