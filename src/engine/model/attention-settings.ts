import { groupOf } from '../../base/schema/groups.ts'
import { settings, type Values } from '../../base/schema/settings.ts'
import { integer, type Type } from '../../base/schema/types.ts'
import { MOST_CLIP } from './positions/position-kind.ts'

/** Which tokens of its own side a token of a stack attends to. */
export const attentionSettings = settings({
  local: {
    type: integer(1, MOST_CLIP),
    says: 'a token sees the tokens of its sentence that are fewer than so many away, itself included; in a decoder those are the last so many',
  },
})

/** Which tokens of its own side a token of a stack attends to. */
export interface AttentionSettings extends Values<typeof attentionSettings> {}

/** These settings as an object; on the command line, the number of `local` alone. */
export const attentionType: Type<AttentionSettings> = {
  ...groupOf(attentionSettings),
  parse: (text) => (/^\d+$/.test(text) ? { local: Number(text) } : undefined),
}
