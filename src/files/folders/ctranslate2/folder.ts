import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import { type GenerationOptions, generationDefaults } from '../../../engine/decode/settings/options.ts'
import type { Shortlist } from '../../../engine/decode/step/index.ts'
import { checkConfig, type ModelConfig, type SpecialIds } from '../../../engine/model/config/config.ts'
import type { Parameter } from '../../../engine/weights/parameters.ts'
import { tokenizerFile } from '../../../formats/disk/file-limit.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { toHuggingFace } from '../generation/generation-json.ts'
import type { UnsupportedSetting } from '../generation/unsupported-setting.ts'
import type { FolderContents } from '../layout/loaded-model.ts'
import { sharedColumn } from '../layout/shortlist-file.ts'
import type { StoredNames } from '../tensors/fill-weights.ts'
import type { TokenizerContents } from '../tokenizers/tokenizer-files.ts'
import { ofCtranslate2 } from './attributes.ts'
import { ctranslate2Config } from './config.ts'
import { MODEL_FILE } from './files.ts'
import { type VariablePart, weightNames, weightsIn } from './names.ts'
import { checkParts, checkSpecification } from './refused.ts'
import { type Ctranslate2Settings, readCtranslate2Settings } from './settings.ts'
import { Ctranslate2Tensors } from './tensors.ts'
import { type BesideTokenizer, findTokenizer } from './tokenizer.ts'
import { Ctranslate2Variables } from './variables.ts'
import { readVocabularies, type Vocabularies } from './vocabularies.ts'
import { whisperContents } from './whisper.ts'

const FILE = 'vmap.txt'

/**
 * The table of likely translations: lines of source tokens, a tab, and target tokens. The targets of the empty source are always among the
 * candidates, and so are the tokens with a meaning. Targets of several source tokens in a row stand with the first of these.
 * @throws GlassformerError ERR_TOKENIZER_FORMAT for a line without a tab
 */
function readCtranslate2Shortlist(
  folder: Folder,
  { source, target }: Vocabularies,
  { ids }: ModelConfig,
): Shortlist | null {
  if (!folder.has(FILE)) return null
  const [sourceIds, targetIds] = [source, target].map((tokens) => new Map(tokens.map((token, id) => [token, id])))
  const always = new Set([ids.end, ids.start, ids.unknown].filter((id) => id !== null))
  const likely: Set<number>[] = Array.from(source, () => new Set())
  folder
    .text(FILE, tokenizerFile)
    .split('\n')
    .forEach((line, i) => {
      if (line === '') return
      const [from, into, ...rest] = line.split('\t')
      if (into === undefined || rest.length)
        throw new GlassformerError(
          'ERR_TOKENIZER_FORMAT',
          `${folder.at(FILE)}: line ${i + 1} is not source tokens, a tab, and target tokens`,
        )
      const first = from.split(' ')[0]
      const list = from === '' ? always : likely[sourceIds.get(first) ?? -1]
      for (const token of into.trim().split(' ')) {
        const id = targetIds.get(token)
        if (id !== undefined) list?.add(id)
      }
    })
  const offsets = new Int32Array(source.length + 1)
  likely.forEach((set, id) => {
    offsets[id + 1] = offsets[id] + set.size
  })
  return {
    frequent: sharedColumn(Int32Array.from(always)),
    offsets: sharedColumn(offsets),
    targets: sharedColumn(Int32Array.from(likely.flatMap((set) => [...set]))),
  }
}

/** Texts of more tokens are split into sentences; models have mostly been trained on single ones. */
const SPLIT_TOKENS = 100

/** CTranslate2's own limit of a translation, in tokens. */
const MOST_TOKENS = 256

/**
 * Reads a folder that a converter of CTranslate2 has written: `model.bin`, `config.json`, vocabularies, and what was copied beside them.
 * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED
 */
export function readCtranslate2Folder(folder: Folder, beside: Beside = besideModel(folder)): FolderContents {
  const file = folder.open(MODEL_FILE)
  try {
    const variables = new Ctranslate2Variables(file)
    checkSpecification(variables)
    if (variables.spec !== 'WhisperSpec') return contentsOf(folder, variables, beside)
    const names = weightNames(variables)
    return {
      ...whisperContents(folder, variables),
      ...weightsOf(folder, variables, names),
      readShortlist: () => null,
    }
  } finally {
    file.close()
  }
}

/** The files beside a model in its folder: its tokenizer, and the settings of its search. */
export type Beside = (model: BesideTokenizer) => {
  tokenizer: TokenizerContents
  /** The path of the tokenizer where it is not in the folder. */
  tokenizerPath?: string
  generation?: Partial<GenerationOptions>
}

/** The files that converters copy into the folder itself. */
const besideModel =
  (folder: Folder): Beside =>
  (model) => ({ tokenizer: findTokenizer(folder, model) })

function contentsOf(folder: Folder, variables: Ctranslate2Variables, beside: Beside): FolderContents {
  const settings = readCtranslate2Settings(folder, variables)
  const vocabularies = readVocabularies(folder, settings.unknown)
  const names = weightNames(variables)
  checkParts(variables, (name) => weightsIn(name, variables).length > 0)
  const ids = specialIds(settings, vocabularies, ofCtranslate2(variables).startsFromZero(), folder)
  const config = ctranslate2Config(variables, { ids, epsilon: settings.epsilon })
  checkConfig(config, variables.path)
  checkSizes(config, vocabularies, folder)
  const { generation: own, ...tokenizer } = beside({ settings, vocabularies, config })
  const generation = { ...searchOf(config), ...own }
  return {
    config,
    generation,
    settings: toHuggingFace(config, generation),
    unsupported: settings.start === null ? [startOfCaller] : [],
    ...tokenizer,
    sourceLocale: undefined,
    splitTokens: SPLIT_TOKENS,
    trainedOn: 'texts',
    augmented: false,
    ...weightsOf(folder, variables, names),
    readShortlist: () => readCtranslate2Shortlist(folder, vocabularies, config),
  }
}

/** The weights of a folder, and the form of their file. */
const weightsOf = (
  folder: Folder,
  variables: Ctranslate2Variables,
  names: ReadonlyMap<string, VariablePart>,
): Pick<FolderContents, 'hasConfigJson' | 'storedForm' | 'names' | 'openTensors'> => ({
  hasConfigJson: false,
  storedForm: formOf(variables, names),
  names: (weights, stored) => storedNames(weights, stored),
  openTensors: () => new Ctranslate2Tensors(folder.open(MODEL_FILE), weightNames),
})

/** Setting that folders of mBART's first models lack: the decoder's first token is the language of the translation. */
const startOfCaller: UnsupportedSetting = { name: 'decoder_start_token', value: null, file: 'config.json' }

/** Biases that a model lacks where others have them are zeros. */
const storedNames = (_: readonly Parameter[], stored: ReadonlySet<string>): StoredNames => ({
  of: ({ name }) => (!stored.has(name) && mayBeZeros(name) ? null : name),
  extras: new Map(),
  copies: new Map(),
})

const mayBeZeros = (name: string) =>
  (name.endsWith('.bias') && !/Norm\.bias$|\.norm\.bias$/.test(name)) || name.endsWith('.relativeValues.weight')

function specialIds(
  settings: Ctranslate2Settings,
  { source, target }: Vocabularies,
  startsFromZero: boolean,
  folder: Folder,
): SpecialIds {
  const idIn = (tokens: readonly string[], token: string) => {
    const id = tokens.indexOf(token)
    if (id >= 0) return id
    throw new GlassformerError(
      'ERR_TOKENIZER_FORMAT',
      `${folder.path}: a vocabulary lacks the token ${JSON.stringify(token)}, which the model needs`,
    )
  }
  const end = idIn(target, settings.eos)
  const padding = target.indexOf('<pad>')
  const sourceEnd = settings.addEos ? idIn(source, settings.eos) : ('none' as const)
  return {
    end,
    start: startsFromZero ? null : idIn(target, settings.start ?? settings.eos),
    padding: padding < 0 ? null : padding,
    unknown: idIn(target, settings.unknown),
    ...(settings.addBos && { sourceStart: idIn(source, settings.bos) }),
    ...(sourceEnd !== end && { sourceEnd }),
  }
}

/** A vocabulary of another model, or one that was cut short, has another number of tokens. */
function checkSizes(
  { sourceVocabulary, targetVocabulary }: ModelConfig,
  { source, target }: Vocabularies,
  folder: Folder,
) {
  for (const [side, tokens, ids] of [
    ['source', source, sourceVocabulary],
    ['target', target, targetVocabulary],
  ] as const)
    if (tokens.length !== ids)
      throw new GlassformerError(
        'ERR_TOKENIZER_FORMAT',
        `${folder.path}: the vocabulary of the ${side} has ${tokens.length} tokens, and ${MODEL_FILE} ${ids} ids: it is damaged, or that of another model`,
      )
}

/** How CTranslate2 searches where its caller says nothing. */
const searchOf = ({ maxLength }: ModelConfig): GenerationOptions => ({
  ...generationDefaults,
  beams: 2,
  earlyStopping: true,
  minTokens: 1,
  renormalize: true,
  maxTokens: Math.min(MOST_TOKENS, Math.max(1, maxLength - 1)),
  loops: 'keep',
})

/** In words: the form of the file, and how most of its values are stored. */
function formOf(
  { version, spec, revision, named }: Ctranslate2Variables,
  names: ReadonlyMap<string, VariablePart>,
): string {
  const bytes = new Map<string, number>()
  for (const { variable } of names.values()) {
    const { dtype, bytes: size } = entryOf(named, variable)
    bytes.set(dtype, (bytes.get(dtype) ?? 0) + size)
  }
  const [most, ...others] = [...bytes].sort(([, a], [, b]) => b - a).map(([dtype]) => dtype)
  const values = others.length && most === 'int8' ? `${most} and ${others[0]}` : most
  return `CTranslate2, version ${version}${spec ? `, ${spec} ${revision}` : ''}, ${values}`
}
