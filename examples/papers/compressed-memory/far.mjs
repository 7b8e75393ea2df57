/**
 * The worth of far words: a model's mean loss on the tokens of texts, by where the text has had the same token last: fewer than REACH tokens before
 * (near), further back (far), or nowhere (new).
 *
 *     node far.mjs TEXTS REACH MODEL…
 */
import { TextGenerator } from 'glassformer'
import { argumentsFor, linesOf } from '../arguments.mjs'

const [file, reach, ...models] = argumentsFor('node far.mjs TEXTS REACH MODEL…', 3)
const texts = linesOf(file).join('\n').split(/\n\s*\n/)
for (const model of models) {
  const generator = await TextGenerator.load(model, { workers: 1, threads: 1 })
  const { maxLength } = generator.model.config
  const sums = { near: [0, 0], far: [0, 0], new: [0, 0], all: [0, 0] }
  for (const text of texts) {
    const ids = generator.tokenizer.encode(text, { special: false })
    // Texts are cut as in training.
    for (let begin = 0; begin < ids.length; begin += maxLength - 1) {
      const scored = await generator.score(ids.slice(begin, begin + maxLength - 1))
      const last = new Map()
      scored.ids.forEach((id, i) => {
        const kind = !last.has(id) ? 'new' : i - last.get(id) < Number(reach) ? 'near' : 'far'
        for (const name of [kind, 'all']) {
          sums[name][0] -= scored.tokenScores[i]
          sums[name][1]++
        }
        last.set(id, i)
      })
    }
  }
  const parts = Object.entries(sums).map(([kind, [loss, count]]) => `${kind} ${(loss / count).toFixed(3)} (${count})`)
  console.log(`${model}: ${parts.join(', ')}`)
  await generator.close()
}
