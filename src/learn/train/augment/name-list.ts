import { GlassformerError } from '../../../base/errors.ts'
import { readLines } from '../../../formats/disk/lines.ts'

/**
 * The names of a file, one per line, each once.
 * @throws GlassformerError ERR_INPUT if there is none, or a line is not UTF-8; ERR_FILE if the file cannot be read
 */
export async function readNameList(path: string): Promise<string[]> {
  const names = new Set<string>()
  for await (const lines of readLines(path))
    for (const line of lines) {
      const name = line.normalize('NFC').replace(/\s+/g, ' ').trim()
      if (name !== '') names.add(name)
    }
  if (!names.size)
    throw new GlassformerError(
      'ERR_INPUT',
      `${path} has no names: give a file with one a line, or leave data.augment.nameList out`,
    )
  return [...names]
}
