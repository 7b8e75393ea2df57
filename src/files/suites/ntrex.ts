import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { GlassformerError, shown } from '../../base/errors.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { replaceFile } from '../../formats/disk/replace-file.ts'
import { isOffline, stallTime } from '../hub/environment.ts'
import { PassingFault, retrying } from '../hub/passing-fault.ts'
import { ask, encodingOf, faultOf } from '../hub/request.ts'
import { COMMIT, ntrexFiles } from './ntrex-files.ts'

/** Bytes that no file of NTREX has. */
const MOST_BYTES = 4 * 2 ** 20

type Environment = Readonly<Record<string, string | undefined>>

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

/** The folder of test sets in the cache: `suites` in GLASSFORMER_CACHE, or in glassformer in the folder of caches. */
function cacheOfSuites({ GLASSFORMER_CACHE: named, XDG_CACHE_HOME: caches }: Environment = process.env): string {
  const cache = named && named !== 'off' ? named : join(caches || join(homedir(), '.cache'), 'glassformer')
  return join(cache, 'suites', 'ntrex')
}

/** The address of the files, which GLASSFORMER_NTREX replaces by a mirror's. @throws GlassformerError ERR_OPTION */
function addressOf({ GLASSFORMER_NTREX: mirror }: Environment = process.env): string {
  if (!mirror) return `https://raw.githubusercontent.com/MicrosoftTranslator/NTREX/${COMMIT}/NTREX-128`
  if (/^https?:\/\//i.test(mirror) && URL.canParse(mirror)) return mirror.replace(/\/+$/, '')
  throw new GlassformerError(
    'ERR_OPTION',
    `GLASSFORMER_NTREX is ${shown(mirror)}: set it to an address that begins with https:// or http://`,
  )
}

function fetched(address: string): Promise<Buffer> {
  const connection = { token: null, stallTime: stallTime(), signal: new AbortController().signal }
  const { host } = new URL(address)
  return retrying(connection.signal, async () => {
    const { status, headers, body } = await ask('GET', address, connection)
    try {
      if (status >= 500 || status === 429) throw new PassingFault(`${host} answers ${status} for ${address}`)
      if (status !== 200 || encodingOf(headers) !== null)
        throw new GlassformerError(
          'ERR_NETWORK',
          `${host} answers ${status} for ${address}: give --suite-folder, or try again`,
        )
      const parts: Buffer[] = []
      let size = 0
      for await (const part of body as AsyncIterable<Buffer>) {
        size += part.length
        if (size > MOST_BYTES)
          throw new GlassformerError(
            'ERR_CHECKSUM',
            `${address} sends more than ${MOST_BYTES} bytes: it is no file of NTREX`,
          )
        parts.push(part)
      }
      return Buffer.concat(parts)
    } catch (cause) {
      throw faultOf(cause, host)
    } finally {
      body.destroy()
    }
  })
}
