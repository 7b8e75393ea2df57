import { basename } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { readFolder } from '../../files/folders/load.ts'
import { ModelInspector } from '../../look/inspect/model-inspector.ts'
import { traceToJson } from '../../trace/data/json.ts'
import { ownNames } from '../../trace/edits/tensor-names.ts'
import { resolveLoadOptions } from '../../use/translate/calls/index.ts'
import { mostThreads } from '../../workers/index.ts'
import type { InspectedModel } from './inspected-model.ts'
import type { InspectCommandOptions } from './options.ts'

/** Stands between a source and its translation. */
const BETWEEN = '|||'

export const isAutoencoder = (folder: string): boolean => readFolder(modelFolder(folder)).config.latents !== undefined

/** An autoencoder on the page: the sentence is a source, |||, and the translation that it writes again. */
export function autoencoderModel(
  folder: string,
  { backend, precision, threads }: InspectCommandOptions,
): { model: InspectedModel; close(): void } {
  const load = resolveLoadOptions({ backend, precision, threads })
  const inspector = ModelInspector.load(folder, {
    backend: load.backend,
    precision: load.precision,
    threads: mostThreads(load.threads),
  })
  const model: InspectedModel = {
    name: basename(modelFolder(folder)),
    ownNames: ownNames(inspector.weights.config),
    async inspect(pair, options, signal) {
      const [source, target, ...more] = pair.split(BETWEEN).map((text) => text.trim())
      if (!target || more.length)
        throw new GlassformerError(
          'ERR_INPUT',
          `an autoencoder writes a given translation again: give a source, ${BETWEEN}, and its translation: "Je suis étudiant. ${BETWEEN} I am a student."`,
        )
      return traceToJson(inspector.inspect(source, { target, ...options, signal }))
    },
  }
  return { model, close: () => inspector.close() }
}
