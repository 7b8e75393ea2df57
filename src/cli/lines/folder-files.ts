import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { fileError } from '../../formats/disk/read-file.ts'

/** The entries of a folder by name, without hidden files and node_modules. @throws GlassformerError ERR_FILE */
export function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (cause) {
    throw fileError('read', folder, cause)
  }
}

/** The files of a folder and of the folders in it, whose names match, without hidden files and node_modules. @throws GlassformerError ERR_FILE */
export function filesIn(folder: string, names: RegExp): string[] {
  return entriesIn(folder).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesIn(path, names)
    return names.test(entry.name) && statSync(path, { throwIfNoEntry: false })?.isFile() ? [path] : []
  })
}

/** A file that is read, null for standard input, and one that is written from it. */
export interface Written {
  input: string | null
  output: string
}

/**
 * Checks that no output is also an input or the output of another file, by whatever links.
 * @throws GlassformerError ERR_OPTION
 */
export function checkOutputs(files: readonly Written[]): void {
  const inputs = new Map(files.flatMap(({ input }) => (input === null ? [] : [[real(input), input]])))
  const outputs = new Map<string, string>()
  for (const { input, output } of files) {
    const place = real(output)
    const same = inputs.get(place)
    if (same !== undefined)
      throw new GlassformerError('ERR_OPTION', `${output} is an input too (${same}): give another output`)
    const other = outputs.get(place)
    const own = input ?? 'standard input'
    if (other !== undefined) throw new GlassformerError('ERR_OPTION', `${own} and ${other} would both become ${output}`)
    outputs.set(place, own)
  }
}

/** A path with links resolved, as far as the path exists. */
function real(path: string): string {
  const whole = resolve(path)
  try {
    return realpathSync(whole)
  } catch {
    const above = dirname(whole)
    return above === whole ? whole : real(above) + (above.endsWith(sep) ? '' : sep) + basename(whole)
  }
}
