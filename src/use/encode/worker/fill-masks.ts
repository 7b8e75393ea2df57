import { GlassformerError, shown } from '../../../base/errors.ts'
import { type Ask, idsOf } from './ask.ts'
import { softmax } from './softmax.ts'

/** The likeliest tokens in place of each mask of a text. */
export const askMasks: Ask = (part, item, task, done) => {
  if (task.task !== 'fill') throw new GlassformerError('ERR_INTERNAL', `${task.task} fills no masks`)
  const { tokenizer, model } = part
  const { mask } = model.tokenizer
  const maskId = mask === null ? undefined : tokenizer.idOf(mask)
  if (maskId === undefined) throw new GlassformerError('ERR_UNSUPPORTED', 'the tokenizer has no mask token')
  const ids = idsOf(part, item, task)
  const places = ids.ids.flatMap((id, i) => (id === maskId ? i : []))
  if (!places.length)
    throw new GlassformerError('ERR_INPUT', `the text has no mask: write ${mask} where a token is to be found`)
  const targets = task.targets?.map((target) => {
    const found = tokenizer.idOf(target) ?? tokenizer.idsOf(target)[0]
    if (found === undefined) throw new GlassformerError('ERR_INPUT', `the target ${shown(target)} has no token`)
    return found
  })
  return [
    {
      ...ids,
      head: places,
      done(_, logits) {
        const size = logits.length / places.length
        const masks = places.map((place, i) => {
          const scores = softmax(logits.subarray(i * size, (i + 1) * size))
          const candidates = targets ? [...new Set(targets)] : Array.from({ length: size }, (_, id) => id)
          const best = candidates.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, task.top)
          return best.map((id) => ({
            score: scores[id],
            id,
            token: tokenizer.decode([id], true),
            text: tokenizer.decode(
              ids.ids.map((own, at) => (at === place ? id : own)),
              places.length > 1,
            ),
          }))
        })
        done({ tokens: ids.ids.length, truncated: ids.truncated, masks })
      },
    },
  ]
}
