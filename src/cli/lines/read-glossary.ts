import { GlassformerError } from '../../base/errors.ts'
import { readLines } from '../../formats/disk/lines.ts'
import { entriesOf, type GlossaryEntry } from '../../use/translate/options/glossary-option.ts'

/**
 * The glossary entries of a file with one entry per line: term, tab, translation; empty lines are skipped.
 * @throws GlassformerError ERR_FILE, ERR_INPUT, with file and line
 */
export async function readGlossary(path: string): Promise<GlossaryEntry[]> {
  const entries: string[][] = []
  const numbers: number[] = []
  let number = 0
  for await (const lines of readLines(path))
    for (const line of lines) {
      number++
      if (!line.trim()) continue
      entries.push(line.split('\t'))
      numbers.push(number)
    }
  try {
    return entriesOf(entries as unknown as GlossaryEntry[], (n) => `${path}, line ${numbers[n]}`)
  } catch (error) {
    if (error instanceof GlassformerError) throw new GlassformerError('ERR_INPUT', error.message, { cause: error })
    throw error
  }
}
