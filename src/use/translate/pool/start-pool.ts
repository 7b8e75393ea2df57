import { GlassformerError } from '../../../base/errors.ts'
import type { BackendInfo } from '../../../engine/backend/interface/backend.ts'
import { fallbacks, toBuildNative } from '../../../engine/program/chosen-backend.ts'
import { modelFolder } from '../../../files/folders/layout/model-folder.ts'
import { resolveLoadOptions } from '../calls/resolve-load-options.ts'
import type { LoadOptions, ResolvedLoadOptions } from '../options.ts'
import type { SharedModel } from './messages.ts'
import { Pool } from './pool.ts'
import type { StartWorkerThread } from './worker-thread.ts'

/** Parts of a translator: its pool has started, and the first worker has loaded the model. */
export interface Started {
  pool: Pool
  info: BackendInfo
  shared: SharedModel
  options: ResolvedLoadOptions
}

/** @throws GlassformerError as `Translator.load` */
export async function startPool(
  model: string | URL | undefined,
  options: LoadOptions,
  start?: StartWorkerThread,
): Promise<Started> {
  const folder = modelFolder(model)
  const resolved = resolveLoadOptions(options)
  const { pool, info, model: shared } = await Pool.load(folder, resolved, start)
  if (info.reasons.length) warnOnce(info)
  return { pool, info, shared, options: resolved }
}

/** Starts the pool of a translator. @throws GlassformerError as `startPool`; ERR_UNSUPPORTED for a model that hears */
export async function startTranslating(
  model: string | URL | undefined,
  options: LoadOptions,
  start?: StartWorkerThread,
): Promise<Started> {
  const started = await startPool(model, options, start)
  if (!started.shared.config.sound) return started
  await started.pool.close()
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${started.shared.path} is a model of speech, which translates no texts: load it by Transcriber.load of glassformer/speech`,
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
