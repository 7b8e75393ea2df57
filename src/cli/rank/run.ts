import { readFileSync } from 'node:fs'
import { GlassformerError, messageOf } from '../../base/errors.ts'
import { Encoder } from '../../use/encode/encoder.ts'
import { playFlags, workerFlags } from '../flags/options.ts'
import { type Flagged, givenBy } from '../flags/schema-flags.ts'

export interface RankCommandOptions extends Flagged<typeof playFlags>, Flagged<typeof workerFlags> {
  model: string
  top?: number
  json?: boolean
}

/** `glassformer rank`: documents by how well they fit a query. */
export async function rankDocuments(
  query: string,
  file: string | undefined,
  options: RankCommandOptions,
): Promise<void> {
  const documents = linesOf(file)
  const encoder = await Encoder.load(options.model, givenBy({ ...playFlags, ...workerFlags }, options))
  try {
    const ranked = await encoder.rank(query, documents, options.top === undefined ? {} : { top: options.top })
    if (options.json)
      console.log(
        JSON.stringify(ranked.map(({ index, score }) => ({ line: index + 1, score, text: documents[index] }))),
      )
    else for (const { index, score } of ranked) console.log(`${score.toFixed(4)}\t${index + 1}\t${documents[index]}`)
  } finally {
    await encoder.close()
  }
}

function linesOf(file: string | undefined): string[] {
  try {
    const lines = readFileSync(file ?? 0, 'utf8').split(/\r?\n/)
    if (lines.at(-1) === '') lines.pop()
    return lines
  } catch (cause) {
    throw new GlassformerError('ERR_FILE', `cannot read ${file ?? 'standard input'}: ${messageOf(cause)}`, { cause })
  }
}
