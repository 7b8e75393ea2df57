import { basename } from 'node:path'
import { GlassformerError, shown } from '../../../base/errors.ts'
import { inMemory } from '../../../base/schema/place.ts'
import { read } from '../../../base/schema/settings.ts'
import { playedWeights } from '../../../engine/weights/parameters.ts'
import { placeWeights } from '../../../engine/weights/placement.ts'
import type { Precision } from '../../../engine/weights/precision.ts'
import { modelFolder } from '../../../files/folders/layout/model-folder.ts'
import { readFolder } from '../../../files/folders/load.ts'
import { encodingFor } from '../../../files/folders/tensors/dominant-dtype.ts'
import { PoolTranslator } from '../../../use/translate/calls/index.ts'
import type { LoadOptions } from '../../../use/translate/options/options.ts'
import { type GivenModel, type GivenModels, servedModelSettings } from './given-models.ts'
import { languagesOf } from './model-languages.ts'
import { ServedModel } from './served-model.ts'
import { SpeechModel } from './speech-models.ts'

const isTranslator = (value: unknown): value is PoolTranslator => value instanceof PoolTranslator

const NAME = /^[\w.-]+(?:\/[\w.-]+){0,2}$/

/** The models of a server by what they do. */
export interface OpenedModels {
  translators: ServedModel[]
  speech: SpeechModel[]
}

/**
 * Examines the models without loading them. `load` are the default options for loading.
 * @throws GlassformerError as `Translator.load`, ERR_OPTION
 */
export function openModels(given: GivenModels, load: LoadOptions = {}): OpenedModels {
  const entries = Array.isArray(given)
    ? given.map((each: string): [string, GivenModel] => namedIn(each))
    : Object.entries(given as Readonly<Record<string, GivenModel>>)
  const list = entries.map(([name, model]) => openModel(name, model, load))
  const twice = list.find(({ name }, i) => list.findIndex((other) => other.name === name) < i)
  if (twice)
    throw new GlassformerError(
      'ERR_OPTION',
      `two models are called ${twice.name}: give one another name, as in name=folder`,
    )
  return {
    translators: list.filter((model) => model instanceof ServedModel),
    speech: list.filter((model) => model instanceof SpeechModel),
  }
}

/** The name and folder in a text: `name=folder`, or the folder alone, which then is the name too. */
export function namedIn(given: string): [string, string] {
  const at = given.indexOf('=')
  if (at > 0 && NAME.test(given.slice(0, at))) return [given.slice(0, at), given.slice(at + 1)]
  return [NAME.test(given) && !given.startsWith('.') ? given : basename(modelFolder(given)), given]
}

function openModel(name: string, given: GivenModel, byDefault: LoadOptions): ServedModel | SpeechModel {
  if (!NAME.test(name))
    throw new GlassformerError(
      'ERR_OPTION',
      `${shown(name)} is no name for a model: it may have letters, digits, '.', '_', '-', and two '/'`,
    )
  if (isTranslator(given)) {
    const { path } = given.model
    return new ServedModel({ name, folder: path, languages: languagesOf(path, {}), memory: 0, translator: given })
  }
  const { folder: asked, source, target, ...load } = readModel(name, given, byDefault)
  const folder = modelFolder(asked)
  if (readFolder(folder).config.sound) return new SpeechModel({ name, folder, load: speechLoad(load) })
  return new ServedModel({
    name,
    folder,
    languages: languagesOf(folder, { source, target, tokenizer: load.tokenizer }),
    memory: memoryOf(folder, load.precision ?? 'auto'),
    load,
  })
}

/** The given settings of a model; the default of its folder is its name. */
function readModel(name: string, given: Exclude<GivenModel, PoolTranslator>, load: LoadOptions) {
  const own = typeof given === 'string' ? { folder: given } : given
  return read(servedModelSettings, { ...load, folder: name, ...own }, inMemory(`the model ${name}`, 'ERR_OPTION'))
}

/** The options of loading that speech has too: a cache of texts it has not. */
const speechLoad = ({ cacheBytes: _, ...load }: LoadOptions): LoadOptions => load

/** Bytes of a folder's weights in memory in a precision, computed before they are loaded. */
function memoryOf(folder: string, precision: Precision): number {
  const { config, openTensors } = readFolder(folder)
  const source = openTensors()
  try {
    return 4 * placeWeights(playedWeights(config), encodingFor({ precision, panels: false }, source)).size
  } finally {
    source.close()
  }
}
