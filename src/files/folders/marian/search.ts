import { basename } from 'node:path'
import { optionsFrom } from '../../../base/schema/place.ts'
import { type GenerationOptions, generationDefaults, resolveOptions } from '../../../engine/decode/settings/options.ts'
import type { SpecialIds } from '../../../engine/model/config/config.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import type { UnsupportedSetting } from '../generation/unsupported-setting.ts'

const SKIP_COST = 'skip-cost'

/**
 * The search described by the settings of a Marian model (`config.*.yml`, `*.decoder.yml`). Missing settings have
 * Marian's defaults, except that a model without any settings is searched greedily, as in browsers. `skip-cost` has no
 * effect with one beam, whose scores are returned anyway; with several beams it is not supported.
 * @throws GlassformerError ERR_MODEL_FORMAT
 */
export function marianSearch(
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
