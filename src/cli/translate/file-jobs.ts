import { type Stats, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { fileError } from '../../formats/disk/read-file.ts'
import { type DocumentFormat, formatOfFile, refusalOfFile } from '../../language/markup/document/formats.ts'
import { checkOutputs, entriesIn } from '../lines/folder-files.ts'

/** A file to be translated or copied, and the path of the result. */
export interface FileJob {
  input: string
  output: string
  /** Null: the file is copied. */
  format: DocumentFormat | null
  /** Size in bytes. */
  size: number
}

/** The arguments of a command. */
export interface Paths {
  inputs: readonly string[]
  output: string
  /** The format of the named files, which overrides their extensions. */
  format?: DocumentFormat
  /** Whether tables (.csv, .tsv) are translated; otherwise those of a folder are copied. */
  hasColumns?: boolean
}

/**
 * The jobs for files and folders. A file goes to the output path, or into the output folder where that exists or where
 * there are several inputs; a folder goes there with its contents: files with an unknown extension are copied, and
 * hidden files, node_modules and links to folders are skipped.
 * @throws GlassformerError ERR_FILE for a missing file, ERR_OPTION where an output is also an input or the output of
 * another file
 */
export function fileJobs({ inputs, output, format, hasColumns = false }: Paths): FileJob[] {
  const states = inputs.map(stateOf)
  const isIntoFolder = inputs.length > 1 || states[0].isDirectory() || /[\\/]$/.test(output) || isFolder(output)
  if (isIntoFolder && exists(output) && !isFolder(output)) throw fileError('write into', output, { code: 'EEXIST' })
  const jobs = inputs.flatMap((input, i) => {
    const name = basename(resolve(input))
    if (!states[i].isDirectory()) {
      const told = format ?? formatOfFile(input)
      if (told === null) throw unknownFormat(input)
      return [{ input, output: isIntoFolder ? join(output, name) : output, format: told, size: states[i].size }]
    }
    if (format !== undefined)
      throw new GlassformerError(
        'ERR_OPTION',
        `${input} is a folder, in which names say the format: leave out --format`,
      )
    return folderJobs(input, inputs.length > 1 ? join(output, name) : output, resolve(output)).map((job) =>
      !hasColumns && (job.format === 'csv' || job.format === 'tsv') ? { ...job, format: null } : job,
    )
  })
  checkOutputs(jobs)
  return jobs
}

const unknownFormat = (path: string) =>
  new GlassformerError(
    'ERR_OPTION',
    `${path}: ${refusalOfFile(path) ?? 'its name says no format: give it by --format, for instance --format html'}`,
  )

function stateOf(path: string): Stats {
  try {
    return statSync(path)
  } catch (cause) {
    throw fileError('read', path, cause)
  }
}

const exists = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined
const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** The files of a folder, in the order of their names. Files in `left`, the output folder, are skipped. */
function folderJobs(folder: string, output: string, left: string): FileJob[] {
  return entriesIn(folder).flatMap((entry): FileJob[] => {
    const input = join(folder, entry.name)
    const target = join(output, entry.name)
    if (entry.isDirectory()) return resolve(input) === left ? [] : folderJobs(input, target, left)
    const state = statSync(input, { throwIfNoEntry: false })
    return state?.isFile() ? [{ input, output: target, format: formatOfFile(entry.name), size: state.size }] : []
  })
}
