import { GlassformerError } from '../../../base/errors.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'
import { METADATA } from './is-argos-package.ts'

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
export const tagOf = (code: string): string => tags[code] ?? code
