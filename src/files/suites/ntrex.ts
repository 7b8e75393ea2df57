import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { GlassformerError, shown } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { replaceFile } from '../../formats/disk/replace-file.ts'
import { isOffline, mirrorIn, ownCache } from '../hub/environment.ts'
import { fetchSmall } from '../hub/small-file.ts'
import { COMMIT, ntrexFiles } from './ntrex-files.ts'

/** Bytes that no file of NTREX has. */
const MOST_BYTES = 4 * 2 ** 20

/**
 * The files of NTREX-128, news in 1,997 lines, in some languages: of `folder`, a copy of the repository, its folder NTREX-128, or any
 * with `ntrex128.fr` and the like; without a folder from the cache, into which they are fetched where they are missing.
 * @throws GlassformerError ERR_OPTION for a language that NTREX does not have, before anything is fetched; ERR_FILE, ERR_NETWORK, ERR_CHECKSUM
 */
export async function ntrexPaths(languages: readonly string[], folder?: string): Promise<string[]> {
  const files = languages.map((language) => ({ language, ...fileOf(language) }))
  if (folder !== undefined) return files.map(({ name, language }) => fileIn(folder, name, language))
  return Promise.all(files.map(cached))
}

interface NtrexFile {
  name: string
  sha256: string
}

async function cached({ name, sha256 }: NtrexFile): Promise<string> {
  const path = join(cacheOfSuites(), name)
  if (hasFile(path)) return path
  if (isOffline())
    throw new GlassformerError(
      'ERR_FILE',
      `${path} is not there, and HF_HUB_OFFLINE keeps NTREX from being fetched: unset that, or give --suite-folder`,
    )
  const bytes = await fetched(`${addressOf()}/${name}`)
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== sha256)
    throw new GlassformerError(
      'ERR_CHECKSUM',
      `${name} of NTREX has the SHA-256 ${found} where ${sha256} is right: fetch it again, or give --suite-folder`,
    )
  makeFolder(cacheOfSuites())
  replaceFile(path, [bytes])
  return path
}

function fileOf(language: string): NtrexFile {
  const code = language.toLowerCase()
  const short = code.split(/[-_]/)[0]
  const known = [code, short].find((each) => Object.hasOwn(ntrexFiles, each))
  if (known === undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      `NTREX has no language ${shown(language)}: name one as in --source-language fr --target-language en`,
    )
  const [middle, sha256] = ntrexFiles[known]
  return { name: `newstest2019-${middle}.txt`, sha256 }
}

function fileIn(folder: string, name: string, language: string): string {
  const places = [join(folder, name), join(folder, 'NTREX-128', name), join(folder, `ntrex128.${language}`)]
  const path = places.find(hasFile)
  if (path !== undefined) return path
  throw new GlassformerError(
    'ERR_FILE',
    `${folder} has no ${name}: give a folder of NTREX-128, or leave --suite-folder out`,
  )
}

/** The folder of the files in the cache. */
const cacheOfSuites = () => join(ownCache(), 'suites', 'ntrex')

/** The address of the files, which GLASSFORMER_NTREX replaces by a mirror's. @throws GlassformerError ERR_OPTION */
const addressOf = (): string =>
  mirrorIn('GLASSFORMER_NTREX')?.replace(/\/+$/, '') ??
  `https://raw.githubusercontent.com/MicrosoftTranslator/NTREX/${COMMIT}/NTREX-128`

async function fetched(address: string): Promise<Buffer> {
  const { bytes } = await fetchSmall(address, {
    most: MOST_BYTES,
    signal: new AbortController().signal,
    advice: 'give --suite-folder, or try again',
    tooLarge: (message) => new GlassformerError('ERR_CHECKSUM', `${message}: it is no file of NTREX`),
  })
  return present(bytes)
}
