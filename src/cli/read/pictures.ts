import { statSync } from 'node:fs'
import { GlassformerError } from '../../base/errors.ts'
import { filesIn } from '../lines/folder-files.ts'

/** Endings of files that are taken for pictures where a folder is given. */
const PICTURE = /\.(?:png|jpe?g|webp|tiff?|gif|avif)$/i

/** The pictures of the arguments; a folder stands for its whole tree, without hidden files and node_modules. @throws GlassformerError ERR_FILE */
export function picturesOf(inputs: readonly string[]): string[] {
  const found = inputs.flatMap((input) =>
    statSync(input, { throwIfNoEntry: false })?.isDirectory() ? filesIn(input, PICTURE) : [input],
  )
  if (!found.length) throw new GlassformerError('ERR_FILE', `${inputs.join(', ')}: there is no picture in it`)
  return found
}
