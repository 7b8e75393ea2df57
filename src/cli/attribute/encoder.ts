import { join } from 'node:path'
import { isEncoderType } from '../../files/folders/encoders/families/index.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import { Encoder } from '../../use/encode/encoder.ts'
import type { TextShares } from '../../use/encode/inspect.ts'
import { playFlags } from '../flags/options.ts'
import { type Flagged, givenBy } from '../flags/schema-flags.ts'

export interface EncoderAttributeOptions extends Flagged<typeof playFlags> {
  model?: string
  label?: string
  top?: string
  json?: true
}

/** Whether a model is an encoder without a decoder. */
export function isEncoder(model: string | undefined): boolean {
  if (model === undefined) return false
  const path = join(modelFolder(model), 'config.json')
  return hasFile(path) && isEncoderType(readJsonObject(path).model_type)
}

/** `glassformer attribute` of an encoder: which words make two texts alike, or speak for a label. */
export async function attributeEncoder(
  text: string,
  other: string | undefined,
  options: EncoderAttributeOptions & { model: string },
): Promise<void> {
  const { label, top = '8', json } = options
  const encoder = await Encoder.load(options.model, { ...givenBy(playFlags, options), workers: 1 })
  try {
    if (other !== undefined) {
      const found = await encoder.alike(text, other)
      if (json) return console.log(JSON.stringify(found))
      console.log(`similarity ${found.similarity.toFixed(4)}`)
      for (const [own, shares] of [
        [text, found.first],
        [other, found.second],
      ] as const)
        console.log(`\n${own}\n${told(shares, Number(top))}`)
      return
    }
    const found = await encoder.attribute(text, label === undefined ? {} : { label })
    console.log(json ? JSON.stringify(found) : `${found.label} ${found.logit.toFixed(4)}\n${told(found, Number(top))}`)
  } finally {
    await encoder.close()
  }
}

/** The words with the largest shares, whatever their sign. */
function told({ words }: TextShares, top: number): string {
  const largest = words.toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share)).slice(0, top)
  return largest.map(({ word, share }) => `  ${share >= 0 ? '+' : ''}${share.toFixed(4)}  ${word.trim()}`).join('\n')
}
