import { GlassformerError } from '../../base/errors.ts'
import type { Source } from '../../use/translate/translation/translation.ts'

/**
 * The ids that a text lists, '12 7 0', '12,7,0' or '[12, 7, 0]'; a text without ids is an empty source.
 * @throws GlassformerError ERR_INPUT naming the first word that is not an id
 */
export function idsOf(text: string): Source {
  const list = text.replace(/^\s*\[(.*)\]\s*$/s, '$1')
  const ids = list.split(/[\s,]+/).filter((word) => word !== '')
  for (const id of ids)
    if (!/^\d+$/.test(id) || !Number.isSafeInteger(Number(id)))
      throw new GlassformerError(
        'ERR_INPUT',
        `${JSON.stringify(id.slice(0, 40))} is no id: with --ids, give whole numbers, separated by spaces or commas`,
      )
  return ids.length ? ids.map(Number) : ''
}
