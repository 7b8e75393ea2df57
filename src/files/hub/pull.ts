import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import { GlassformerError, shown } from '../../base/errors.ts'
import { LARGEST_HEADER } from '../../base/limits.ts'
import { entryOf } from '../../base/present.ts'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read, settings } from '../../base/schema/settings.ts'
import { abortSignal, flag, text } from '../../base/schema/types.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import { readIndex } from '../../formats/tensors/model-tensors.ts'
import { weightFiles } from '../../formats/tensors/safetensors-header.ts'
import { CachedRepository, type CachePlace, cachedModel } from './cache.ts'
import { download } from './download.ts'
import { cacheFolder, endpointOf, isOffline, stallTime, tokenOf } from './environment.ts'
import { checkModelName, checkRevision } from './model-name.ts'
import { withMirror } from './passing-fault.ts'
import { type PullProgress, reporting } from './progress.ts'
import { type RemoteFile, type RemoteModel, remoteFile } from './remote-file.ts'

/** The files of a model to download: the first is the one that every model has. */
const CONFIGURATION = 'config.json'

/** Settings and tokenizers, where a model has them. */
const companions = [
  ...['generation_config.json', 'preprocessor_config.json', 'processor_config.json', 'tokenizer_config.json'],
  ...['special_tokens_map.json', 'added_tokens.json'],
  ...['tokenizer.json', 'vocab.json', 'target_vocab.json', 'merges.txt', 'vocab.txt'],
  ...['source.spm', 'target.spm', 'spiece.model', 'sentencepiece.bpe.model', 'sentencepiece.model', 'spm_128k.model'],
  ...['LICENSE', 'shortlist.safetensors'],
]

/**
 * The file with a model's weights, or their index: the first one that exists in the order of reading.
 * @throws GlassformerError ERR_UNSUPPORTED where there is none
 */
function weightsAmong(has: (file: string) => boolean, model: string): string {
  const file = weightFiles.find(has)
  if (file !== undefined) return file
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${model} has no weights that can be read: none of ${weightFiles.join(', ')}; choose a model that has, or convert it in Python with save_pretrained`,
  )
}

/**
 * The files that an index names; none for other files.
 * @throws GlassformerError ERR_MODEL_FORMAT for a name that leads out of the folder
 */
function shardsOf(folder: string, file: string): string[] {
  const ending = /(\.\w+)\.index\.json$/.exec(file)?.[1]
  if (ending === undefined) return []
  const index = join(folder, file)
  return [...new Set(readIndex(readJsonObject(index, { most: LARGEST_HEADER }), index, ending).values())]
}

/** Options of the download of a model. */
export interface PullOptions extends Given<typeof pullSettings> {}

/** The settings of a download. */
export const pullSettings = settings({
  revision: { type: text, default: 'main', says: 'a branch, a tag or a commit' },
  cache: {
    type: text,
    optional: true,
    otherwise: 'what HF_HUB_CACHE or HF_HOME say, else ~/.cache/huggingface/hub',
    says: 'the folder of the cache',
  },
  endpoint: {
    type: text,
    optional: true,
    otherwise: 'what HF_ENDPOINT says, else https://huggingface.co',
    says: "the hub's address",
  },
  progress: {
    type: {
      expected: 'a function',
      accepts: (value): value is (event: PullProgress) => void => typeof value === 'function',
    },
    optional: true,
    says: 'receives events for each file: its beginning, its progress, its end',
  },
  signal: {
    type: abortSignal,
    optional: true,
    says: 'stops the download; received bytes are kept, and the next pull resumes there',
  },
  weights: {
    type: flag,
    default: true,
    says: 'whether weights are downloaded; without them the folder has a configuration and the files of a tokenizer',
  },
})

/**
 * Downloads a model of the Hugging Face hub into the cache that Python uses too, and returns the path of its folder
 * there. Only files that are needed and not there yet are downloaded, and an interrupted download resumes where it
 * stopped. Sizes and SHA-256 are checked.
 * @throws GlassformerError ERR_HUB, ERR_NETWORK, ERR_CHECKSUM, ERR_FILE, ERR_MODEL_FORMAT, ERR_UNSUPPORTED, ERR_OPTION, ERR_ABORTED
 */
export async function pull(model: string, options: PullOptions = {}): Promise<string> {
  const { cache = cacheFolder(), endpoint, progress, signal, ...how } = read(pullSettings, options, inOptions)
  const { revision, weights } = how
  checkModelName(model)
  checkRevision(revision)
  if (isOffline()) return offline(model, { cache, revision, weights })
  return stoppable(model, signal, async (stopped) => {
    const connection = { token: tokenOf(), stallTime: stallTime(), signal: stopped }
    const remote = { endpoint: endpointOf(endpoint), name: model, revision, connection }
    try {
      return await pulled(remote, { cache, weights, progress })
    } catch (error) {
      throw withMirror(error, 'HF_ENDPOINT')
    }
  })
}

/**
 * Runs the download of a model until `signal` is aborted. Its requests take the signal that `work` is given.
 * @throws GlassformerError ERR_ABORTED
 */
export async function stoppable<T>(
  model: string,
  signal: AbortSignal | undefined,
  work: (stopped: AbortSignal) => Promise<T>,
): Promise<T> {
  const stopped = new AbortController()
  setMaxListeners(0, stopped.signal) // every request adds a listener
  const stop = () => stopped.abort()
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)
  try {
    stopped.signal.throwIfAborted()
    return await work(stopped.signal)
  } catch (cause) {
    if (!stopped.signal.aborted) throw cause
    throw new GlassformerError('ERR_ABORTED', `the download of ${model} was stopped`, { cause: signal?.reason })
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

function offline(model: string, { cache, revision, weights }: Required<CachePlace>): string {
  const folder = cachedModel(model, { cache, revision, weights })
  if (folder !== null) return folder
  throw new GlassformerError(
    'ERR_FILE',
    `${model} at '${revision}' is not in the cache ${cache}, and HF_HUB_OFFLINE keeps it from being downloaded: unset that, and pull it`,
  )
}

type Pulled = Pick<PullOptions, 'progress'> & Required<Pick<PullOptions, 'cache' | 'weights'>>

async function pulled(model: RemoteModel, { cache, weights, progress }: Pulled): Promise<string> {
  model.connection.signal.throwIfAborted()
  const configuration = await remoteFile(model, CONFIGURATION)
  if (!configuration)
    throw new GlassformerError(
      'ERR_HUB',
      `${model.name} at '${model.revision}' has no ${CONFIGURATION}: there is no such model or revision, or it is no Transformer; check both`,
    )
  const { commit } = configuration
  const repository = new CachedRepository(model.name, cache)
  repository.prepare(commit)
  const folder = repository.snapshot(commit)
  const found = await filesOf(model, weights ? [...companions, ...weightFiles] : companions, commit)
  const first = weights ? weightsAmong((name) => found.has(name), model.name) : null
  const files = [configuration, ...[...found.values()].filter(({ name }) => !weightFiles.includes(name))]
  if (first !== null) files.push(entryOf(found, first))
  const bring = async (list: readonly RemoteFile[]) => {
    for (const { name, size } of list)
      progress?.({ status: 'initiate', name: model.name, file: name, total: size ?? 0 })
    for (const file of list) {
      const report = reporting(model.name, file, progress)
      await download(file, model, repository, cache, report.reached)
      repository.link(commit, file.name, file.etag)
      report.done()
    }
  }
  await bring(files)
  const shards = first === null ? [] : shardsOf(folder, first)
  const theirs = await filesOf(model, shards, commit)
  const missing = shards.find((name) => !theirs.has(name))
  if (missing !== undefined)
    throw new GlassformerError(
      'ERR_HUB',
      `${model.name}: ${first} names ${shown(missing)}, which the hub does not have`,
    )
  await bring([...theirs.values()])
  repository.refer(model.revision, commit)
  return folder
}

/** The hub's descriptions of all existing files, all from one commit, because a branch may move meanwhile. */
async function filesOf(model: RemoteModel, names: readonly string[], commit: string): Promise<Map<string, RemoteFile>> {
  const files = await Promise.all(
    names.map(async (name) => {
      const file = await remoteFile(model, name)
      return file && file.commit !== commit ? remoteFile({ ...model, revision: commit }, name) : file
    }),
  )
  return new Map(files.flatMap((file) => (file ? [[file.name, file]] : [])))
}
