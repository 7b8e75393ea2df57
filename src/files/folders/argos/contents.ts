import { GlassformerError } from '../../../base/errors.ts'
import { tokenizerFile } from '../../../formats/disk/file-limit.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'
import { readCtranslate2Folder } from '../ctranslate2/folder.ts'
import { CODES_FILE, vocabularyContents } from '../ctranslate2/tokenizer.ts'
import type { FolderContents } from '../layout/loaded-model.ts'

/** The file that describes a package. */
export const METADATA = 'metadata.json'

/** The languages of a package. */
export interface ArgosMetadata {
  /** Codes of languages, as Argos Translate has them: 'pb' is Brazilian Portuguese, 'zt' traditional Chinese. */
  from: string
  to: string
  /** The token with which translations begin; '' where there is none. */
  targetPrefix: string
  /** The numbers of its version: [1, 10] for '1.10'. */
  version: readonly number[]
}

/** @throws GlassformerError ERR_MODEL_FORMAT; ERR_UNSUPPORTED for a package that translates nothing */
export function readMetadata(folder: Folder): ArgosMetadata {
  const fields = new JsonFields(folder.json(METADATA), folder.at(METADATA))
  const type = fields.text('type', 'translate')
  if (type !== 'translate')
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${folder.at(METADATA)}: type is '${type.slice(0, 40)}', and packages of type 'translate' are read here`,
    )
  return {
    from: code(fields, 'from_code'),
    to: code(fields, 'to_code'),
    targetPrefix: fields.text('target_prefix', ''),
    version: fields.text('package_version', '').split(/\D+/).map(Number),
  }
}

function code(fields: JsonFields, name: string): string {
  const found = fields.text(name)
  return /^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$/.test(found) ? found : fields.fail(name, 'the code of a language')
}

/** Argos Translate's codes that differ from BCP 47. */
const tags: Readonly<Record<string, string>> = { pb: 'pt-BR', zt: 'zh-Hant' }

/** The BCP 47 tag of a code. */
const tagOf = (code: string): string => tags[code] ?? code

/** A package, and the folder of its model. */
export interface ArgosPackage {
  package: Folder
  model: Folder
}

/** Reads the folders of a package. @throws GlassformerError as `readArgosPackage` */
export function readArgosFolders({ package: own, model }: ArgosPackage): FolderContents {
  const { from, to, targetPrefix } = readMetadata(own)
  const cutter = cutterOf(own, { from, to })
  const contents = readCtranslate2Folder(model, (beside) => ({
    tokenizer: { ...vocabularyContents(beside), ...cutter },
    generation: {
      beams: 4,
      lengthPenalty: 0.2,
      replaceUnknown: true,
      ...(targetPrefix !== '' && { forcedFirst: prefixId(targetPrefix, beside.vocabularies.target, own) }),
    },
  }))
  const { storedForm = '' } = contents
  return {
    ...contents,
    sourceLocale: tagOf(from),
    languages: { source: from, target: to },
    trainedOn: 'sentences',
    storedForm: `a package of Argos Translate, ${storedForm}`,
  }
}

function cutterOf(folder: Folder, { from, to }: Pick<ArgosMetadata, 'from' | 'to'>) {
  const file = ['sentencepiece.model', 'source.spm'].find((name) => folder.has(name))
  if (file !== undefined) return { pieces: folder.bytes(file, tokenizerFile), underscores: true }
  if (folder.has(CODES_FILE))
    return { codes: folder.text(CODES_FILE, tokenizerFile), sourceLanguage: from, targetLanguage: to }
  throw new GlassformerError('ERR_FILE', `${folder.at('sentencepiece.model')} is missing: the package has no tokenizer`)
}

function prefixId(token: string, target: readonly string[], folder: Folder): number {
  const id = target.indexOf(token)
  if (id >= 0) return id
  throw new GlassformerError(
    'ERR_MODEL_FORMAT',
    `${folder.at(METADATA)}: target_prefix ${JSON.stringify(token.slice(0, 60))} is no token of the model`,
  )
}

/** The folder in an archive with these names that holds a package. @throws GlassformerError ERR_MODEL_FORMAT */
export function packageIn(names: readonly string[], path: string): string {
  const tops = names.flatMap((name) => /^([^/]+)\/metadata\.json$/.exec(name)?.[1] ?? [])
  if (tops.length === 1) return tops[0]
  throw new GlassformerError(
    'ERR_MODEL_FORMAT',
    `${path}: a package has one folder with a ${METADATA} in it, and this has ${tops.length}`,
  )
}
