import { join } from 'node:path'
import type { Shortlist } from '../../../engine/decode/step/index.ts'
import { writeSafetensors } from '../../../formats/tensors/safetensors-writer.ts'
import { SHORTLIST_FILE } from './shortlist-file.ts'

/** Writes a shortlist into a model's folder. @throws GlassformerError ERR_FILE */
export function writeShortlist(folder: string, { frequent, offsets, targets, multipleOf }: Shortlist): void {
  const tensors = Object.entries({ frequent, offsets, targets }).map(
    ([name, values]) => ({ name, shape: [values.length], dtype: 'I32', values }) as const,
  )
  writeSafetensors(join(folder, SHORTLIST_FILE), tensors, {
    format: 'glassformer-shortlist',
    ...(multipleOf === undefined ? {} : { multipleOf: String(multipleOf) }),
  })
}
