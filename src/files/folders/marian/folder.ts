import { basename } from 'node:path'
import { didYouMean } from '../../../base/did-you-mean.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { optionsFrom } from '../../../base/schema/place.ts'
import { type GenerationOptions, generationDefaults, resolveOptions } from '../../../engine/decode/settings/options.ts'
import type { Shortlist } from '../../../engine/decode/step/index.ts'
import { checkConfig, type ModelConfig, type SpecialIds } from '../../../engine/model/config/config.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { parseFlatYaml } from '../../../formats/marian/flat-yaml.ts'
import { OPTIONS_ITEM } from '../../../formats/marian/marian-item.ts'
import { readMarianShortlist } from '../../../formats/marian/marian-shortlist.ts'
import { toHuggingFace } from '../generation/generation-json.ts'
import type { UnsupportedSetting } from '../generation/unsupported-setting.ts'
import type { FolderContents } from '../layout/loaded-model.ts'
import { checkShortlistIds, sharedColumn } from '../layout/shortlist-file.ts'
import { findMarianFiles, type MarianFiles, readMarianSettings } from './files.ts'
import { marianNames } from './names.ts'
import { marianConfig } from './options.ts'
import { MarianTensors } from './tensors.ts'
import { readMarianVocabularies } from './vocabularies.ts'

const SKIP_COST = 'skip-cost'

/**
 * The search described by the settings of a Marian model (`config.*.yml`, `*.decoder.yml`). Missing settings have
 * Marian's defaults, except that a model without any settings is searched greedily, as in browsers. `skip-cost` has no
 * effect with one beam, whose scores are returned anyway; with several beams it is not supported.
 * @throws GlassformerError ERR_MODEL_FORMAT
 */
function marianSearch(
  settings: ReadonlyMap<string, unknown> | null,
  { where, ids, shortlist }: { where: string; ids: SpecialIds; shortlist: boolean },
): { generation: GenerationOptions; unsupported: UnsupportedSetting[] } {
  const fields = new JsonFields(Object.fromEntries(settings ?? []) as JsonObject, where)
  const [beams, alpha] = settings === null ? [1, 1] : [12, 0]
  const suppress = ids.unknown !== null && !fields.flag('allow-unk', false) ? [ids.unknown] : []
  const generation = resolveOptions(
    {
      beams: fields.positiveInteger('beam-size', beams),
      lengthPenalty: normalize(fields, alpha),
      wordPenalty: fields.number('word-penalty', 0),
      maxLengthFactor: fields.number('max-length-factor', 3),
      earlyStopping: true,
      suppress,
      shortlist,
      loops: 'keep',
    },
    generationDefaults,
    optionsFrom(where),
  )
  const skipsCost = fields.flag(SKIP_COST, false)
  return { generation, unsupported: skipsCost ? [{ name: SKIP_COST, value: true, file: basename(where) }] : [] }
}

/** α of the length penalty; older files only say whether there is one. */
function normalize(fields: JsonFields, byDefault: number): number {
  const value = fields.value('normalize')
  return typeof value === 'boolean' ? Number(value) : fields.number('normalize', byDefault)
}

/**
 * Reads a folder with a model in one of Marian's own formats, as browsers and `marian-decoder` load it: the model
 * (`.npz`, `.bin`), which contains its options, vocabularies, search settings and a shortlist.
 * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED
 */
export function readMarianFolder(folder: string): FolderContents {
  const files = findMarianFiles(folder)
  const options = optionsOf(files.model)
  const { tokenizer, ids, sizes } = readMarianVocabularies(files.vocabularies)
  const config = marianConfig(options, ids, `${files.model}: ${OPTIONS_ITEM}`)
  checkConfig(config, files.model)
  checkSizes(config, sizes, files)
  const settings = files.settings === null ? null : readMarianSettings(files.settings)
  const { generation, unsupported } = marianSearch(settings, {
    where: files.settings ?? folder,
    ids,
    shortlist: files.shortlist !== null,
  })
  return {
    config,
    generation,
    settings: toHuggingFace(config, generation),
    unsupported,
    tokenizer,
    sourceLocale: languageIn(files.model),
    splitTokens: SPLIT_TOKENS,
    trainedOn: 'sentences',
    augmented: false,
    hasConfigJson: false,
    names: marianNames(config),
    openTensors: () => new MarianTensors(files.model),
    readShortlist: () => (files.shortlist === null ? null : shortlistOf(files.shortlist, config)),
  }
}

/** Bergamot splits sentences of more tokens. */
const SPLIT_TOKENS = 128

/** The options inside the model file. */
function optionsOf(path: string): ReadonlyMap<string, unknown> {
  const tensors = new MarianTensors(path)
  try {
    const text = tensors.options()
    if (text !== null) return parseFlatYaml(text, `${path}: ${OPTIONS_ITEM}`)
    const near = didYouMean(OPTIONS_ITEM, [...tensors.tensors.keys()])
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${path} has no ${OPTIONS_ITEM}, the options with which Marian has trained it${near}: this is no model of Marian, or one from before 2018`,
    )
  } finally {
    tensors.close()
  }
}

/** Refuses a vocabulary with another number of ids: it is truncated, or belongs to another model. */
function checkSizes(config: ModelConfig, sizes: readonly [number, number], { vocabularies, model }: MarianFiles): void {
  for (const [i, ids] of [config.sourceVocabulary, config.targetVocabulary].entries())
    if (sizes[i] !== ids)
      throw new GlassformerError(
        'ERR_TOKENIZER_FORMAT',
        `${vocabularies[i]} has ${sizes[i]} pieces, and ${basename(model)} ${ids} ids (dim-vocabs): it is damaged, or the vocabulary of another model`,
      )
}

/** The source language in the names of Firefox's files (`model.enpt.intgemm.alphas.bin`). */
const languageIn = (path: string): string | undefined => /\.([a-z]{2})[a-z]{2}\./.exec(basename(path))?.[1]

/** Marian pads lists, because intgemm computes eight outputs at a time. */
const MULTIPLE = 8

function shortlistOf(path: string, config: ModelConfig): Shortlist {
  const { first, offsets, targets } = readMarianShortlist(path)
  const frequent = Int32Array.from({ length: Math.min(first, config.targetVocabulary) }, (_, id) => id)
  const shortlist = {
    frequent: sharedColumn(frequent),
    offsets: sharedColumn(offsets),
    targets: sharedColumn(targets),
    multipleOf: MULTIPLE,
  }
  checkShortlistIds(shortlist, config, path)
  return shortlist
}
