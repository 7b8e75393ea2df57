import { GlassformerError, shown } from '../../../base/errors.ts'
import { isBlob } from '../../../base/values/value-class.ts'

/**
 * A file from an `<input type="file">` or a drop; for a folder's files, `webkitRelativePath` is the path within the
 * folder.
 */
export interface PickedFile extends Blob {
  readonly name: string
  readonly webkitRelativePath?: string
}

/**
 * The files of the model among those that a user has picked, by their paths in its folder, which has the topmost
 * config.json or, without one, the topmost files that may be a model of Marian or CTranslate2.
 * @throws GlassformerError ERR_FILE if there are none; ERR_OPTION for values that are not files
 */
export function pickedModel(picked: Iterable<PickedFile>): { name: string; files: Map<string, Blob> } {
  const paths = Array.from(picked, (file) => {
    if (!isBlob(file) || typeof file.name !== 'string')
      throw new GlassformerError('ERR_OPTION', `the model must be a URL or a list of files, not with ${shown(file)}`)
    return { file, path: file.webkitRelativePath || file.name }
  })
  const isModel = (name: string) => name === 'config.json' || /\.(bin|npz)$/.test(name)
  const configured = paths.filter(({ file }) => file.name === 'config.json')
  const folders = (configured.length ? configured : paths.filter(({ file }) => isModel(file.name))).map(({ path }) =>
    folderOf(path),
  )
  const [folder] = folders.sort((a, b) => a.length - b.length)
  if (folder === undefined)
    throw new GlassformerError(
      'ERR_FILE',
      `none of the ${paths.length} picked files is config.json, or a model of Marian or CTranslate2 (.bin, .npz): pick the model's folder`,
    )
  const before = folder ? `${folder}/` : ''
  const files = paths.filter(({ path }) => path.startsWith(before))
  const named = files.map(({ file, path }): [string, Blob] => [path.slice(before.length), file])
  return { name: folder || 'the picked files', files: new Map(named) }
}

const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')))
