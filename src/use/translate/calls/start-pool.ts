import { existsSync } from 'node:fs'
import { GlassformerError } from '../../../base/errors.ts'
import { threadFile } from '../../../base/package/package-folder.ts'
import type { BackendInfo } from '../../../engine/backend/interface/backend.ts'
import { fallbacks, toBuildNative } from '../../../engine/program/chosen-backend.ts'
import { modelFolder } from '../../../files/folders/layout/model-folder.ts'
import { pull } from '../../../files/registry/lazy-pull.ts'
import { Pool, type PoolWorkers } from '../../../workers/pool/pool.ts'
import type { SharedModel } from '../../../workers/threads/messages.ts'
import { onSameThread, threadStarter } from '../../../workers/threads/same-thread.ts'
import type { LoadOptions, ResolvedLoadOptions } from '../options/options.ts'
import { resolveLoadOptions } from '../options/resolve-load-options.ts'

/** Parts of a translator: its pool has started, and the first worker has loaded the model. */
export interface Started {
  pool: Pool
  info: BackendInfo
  shared: SharedModel
  options: ResolvedLoadOptions
}

/** The file of worker threads. */
const workerEntry = (): URL => threadFile('../../worker/worker-entry', import.meta.url)

/** Has the work done on the calling thread. */
export const onCallingThread = (): Partial<PoolWorkers> => ({ start: onSameThread(workerEntry()) })

/** `workers` are prepared for translations, in threads of their own, by default. @throws GlassformerError as `Translator.load` */
export async function startPool(
  model: string | URL | undefined,
  options: LoadOptions,
  workers: Partial<PoolWorkers> = {},
): Promise<Started> {
  const resolved = resolveLoadOptions(options)
  const folder = options.download ? await downloadedFolder(model) : modelFolder(model)
  const {
    pool,
    info,
    model: shared,
  } = await Pool.load(folder, resolved, {
    kind: 'translate',
    start: threadStarter(workerEntry()),
    ...workers,
  })
  if (info.reasons.length) warnOnce(info)
  return { pool, info, shared, options: resolved }
}

/** The folder of a model, which is downloaded where its name is not on this machine. @throws GlassformerError as `pull` */
export async function downloadedFolder(model: string | URL | undefined): Promise<string> {
  const folder = modelFolder(model)
  if (typeof model !== 'string' || existsSync(folder)) return folder
  return pull(model)
}

/** Starts the pool of a translator. @throws GlassformerError as `startPool`; ERR_UNSUPPORTED for a model that hears or sees */
export async function startTranslating(
  model: string | URL | undefined,
  options: LoadOptions,
  workers?: Partial<PoolWorkers>,
): Promise<Started> {
  const started = await startPool(model, options, workers)
  const { config, path } = started.shared
  if (!config.sound && !config.picture) return started
  await started.pool.close()
  const [what, by] = config.sound
    ? ['speech', 'Transcriber.load of glassformer/speech']
    : ['pictures', 'Reader.load of glassformer/reader']
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${path} is a model of ${what}, which translates no texts: load it by ${by}`,
  )
}

let warned = false
function warnOnce({ backend, reasons }: BackendInfo): void {
  if (warned) return
  warned = true
  const where = backend === 'wasm' ? 'wasm' : 'js'
  const code = where === 'wasm' ? 'GLASSFORMER_WEBASSEMBLY' : 'GLASSFORMER_JAVASCRIPT'
  process.emitWarning(`Glassformer runs in ${fallbacks[where]}: ${reasons.join('; ')}. ${toBuildNative}`, { code })
}
