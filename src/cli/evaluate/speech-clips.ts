import { statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { speechLanguage } from '../../base/choices/speech-languages.ts'
import { GlassformerError } from '../../base/errors.ts'
import { fileError, hasFile, isFolder } from '../../formats/disk/read-file.ts'
import { entriesIn } from '../lines/folder-files.ts'
import { readSentences } from '../lines/test-set.ts'

/** A sound and what is said in it. */
export interface Clip {
  path: string
  transcript: string
  /** The code of the language that is spoken. */
  language: string
}

/**
 * The clips of a folder, in any depth: LibriSpeech's `*.trans.txt` beside .flac or .wav, which are English, and tables of
 * Common Voice, whose clips are in clips/ beside them. Where a folder has several tables, it is test.tsv that counts.
 * @param path a folder, or one file of transcripts @param language of all clips, in place of what the files say
 * @throws GlassformerError ERR_FILE for missing files, ERR_INPUT where a transcript is empty or there is no clip,
 * ERR_OPTION where the table or the language must be given
 */
export async function speechClips(path: string, language?: string): Promise<Clip[]> {
  const given = language === undefined ? undefined : known(language, 'ERR_OPTION', '--audio-language')
  const clips: Clip[] = []
  for (const file of isFolder(path) ? await transcriptFiles(path) : [path]) {
    const { lines } = await readSentences(file)
    clips.push(...(file.endsWith('.tsv') ? commonVoice(file, lines, given) : libriSpeech(file, lines, given)))
  }
  if (clips.length) return clips
  throw new GlassformerError(
    'ERR_INPUT',
    `${path} has no clips: give a folder with *.trans.txt as LibriSpeech has them, or a .tsv with the columns path and sentence`,
  )
}

async function transcriptFiles(folder: string): Promise<string[]> {
  const found: string[] = []
  const tables: string[] = []
  for (const entry of entriesIn(folder)) {
    const path = join(folder, entry.name)
    if (isDirectory(path)) found.push(...(await transcriptFiles(path)))
    else if (entry.name.endsWith('.trans.txt')) found.push(path)
    else if (entry.name.endsWith('.tsv') && (await isOfClips(path))) tables.push(path)
  }
  const test = tables.find((path) => basename(path) === 'test.tsv')
  if (tables.length > 1 && test === undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      `${folder} has several tables of clips: name one, as --speech ${tables[0]}`,
    )
  return [...found, ...(test === undefined ? tables : [test])]
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Common Voice has other tables too, such as of the lengths of clips. */
async function isOfClips(path: string): Promise<boolean> {
  const columns = (await readSentences(path)).lines[0].split('\t')
  return columns.includes('path') && columns.includes('sentence')
}

/** Each line is the name of a clip without its ending, a space and the transcript. */
function libriSpeech(file: string, lines: readonly string[], language = 'en'): Clip[] {
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return []
    const [, name, transcript] = /^\s*(\S+)\s*(.*)$/.exec(line) ?? []
    const stem = join(dirname(file), name)
    const path = [`${stem}.flac`, `${stem}.wav`].find(hasFile)
    if (path === undefined)
      throw new GlassformerError(
        'ERR_FILE',
        `${file}, line ${i + 1}: there is no ${name}.flac or ${name}.wav beside it`,
      )
    return [{ path, transcript: notEmpty(transcript, file, i), language }]
  })
}

/** The columns are named in the first line; quotes are letters, as in Common Voice. */
function commonVoice(file: string, [head, ...rows]: readonly string[], given: string | undefined): Clip[] {
  const columns = head.split('\t')
  const [path, sentence, locale] = ['path', 'sentence', 'locale'].map((name) => columns.indexOf(name))
  if (path < 0 || sentence < 0)
    throw new GlassformerError('ERR_INPUT', `${file}: its first line must name the columns path and sentence`)
  if (locale < 0 && given === undefined)
    throw new GlassformerError('ERR_OPTION', `${file} has no column locale: give --audio-language`)
  return rows.flatMap((row, i) => {
    if (row.trim() === '') return []
    const cells = row.split('\t')
    const clip = join(dirname(file), 'clips', cells[path])
    if (!cells[path] || !hasFile(clip)) throw fileError(`read, for line ${i + 2} of ${file},`, clip, { code: 'ENOENT' })
    const language = given ?? known(cells[locale] ?? '', 'ERR_INPUT', `${file}, line ${i + 2}, locale`)
    return [{ path: clip, transcript: notEmpty(cells[sentence] ?? '', file, i + 1), language }]
  })
}

function notEmpty(transcript: string, file: string, index: number): string {
  if (transcript.trim() !== '') return transcript
  throw new GlassformerError('ERR_INPUT', `${file}, line ${index + 1}: the transcript is empty`)
}

function known(language: string, code: 'ERR_OPTION' | 'ERR_INPUT', where: string): string {
  const found = speechLanguage(language)
  if (found !== undefined) return found
  throw new GlassformerError(code, `${where}: Whisper has no language '${language}'`)
}
