import { statSync } from 'node:fs'
import { basename, extname, join, relative } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { fileError } from '../../formats/disk/read-file.ts'
import type { TranscriptFormat } from '../../sound/transcript/writers.ts'
import { checkOutputs, filesIn } from '../lines/folder-files.ts'

/** A sound, and the files of its transcript; without any, it goes to standard output. */
export interface SoundJob {
  /** The path; null for standard input. */
  input: string | null
  outputs: { path: string; format: TranscriptFormat }[]
}

/** A sound, and the place of its transcript within the output, without an ending. */
interface Found {
  input: string | null
  place: string
}

/** Endings of files that are taken for sound where a folder is given. */
const SOUND =
  /\.(?:wav|flac|mp3|m4a|m4b|mp4|mpe?g|mpga|ogg|oga|opus|webm|aac|ac3|aiff?|caf|amr|au|wma|mov|mkv|avi|flv|3gp)$/i

/**
 * The sounds of the arguments and where their transcripts go. A folder stands for its whole tree, without hidden files
 * and node_modules.
 * @throws GlassformerError ERR_FILE for a missing file; ERR_OPTION where several transcripts would go to standard output
 * or to one file
 */
export function soundJobs(
  inputs: readonly string[],
  output: string | undefined,
  formats: readonly TranscriptFormat[],
): SoundJob[] {
  const found = inputs.flatMap((input): Found[] =>
    input === '-' ? [{ input: null, place: 'transcript' }] : soundsOf(input),
  )
  if (!found.length) throw new GlassformerError('ERR_FILE', `${inputs.join(', ')}: there is no sound in it`)
  if (output === undefined) {
    if (found.length > 1 || formats.length > 1)
      throw new GlassformerError('ERR_OPTION', 'several transcripts need a place: give a folder by --output')
    return [{ input: found[0].input, outputs: [] }]
  }
  const isOneFile = found.length === 1 && formats.length === 1 && isFile(output, inputs[0])
  const jobs = found.map(({ input, place }) => ({
    input,
    outputs: formats.map((format) => ({ path: isOneFile ? output : join(output, `${place}.${format}`), format })),
  }))
  checkOutputs(jobs.flatMap(({ input, outputs }) => outputs.map(({ path }) => ({ input, output: path }))))
  return jobs
}

/** Whether the output of a single sound is a file: it has the ending of one, and is not a folder that exists. */
const isFile = (output: string, input: string): boolean =>
  extname(output) !== '' && !/[\\/]$/.test(output) && !isFolder(output) && !isFolder(input)

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

function soundsOf(path: string): Found[] {
  const isThere = statSync(path, { throwIfNoEntry: false })
  if (!isThere) throw fileError('read', path, { code: 'ENOENT' })
  if (!isThere.isDirectory()) return [{ input: path, place: withoutEnding(basename(path)) }]
  return filesIn(path, SOUND).map((input) => ({ input, place: withoutEnding(relative(path, input)) }))
}

const withoutEnding = (name: string): string => name.slice(0, name.length - extname(name).length) || name
