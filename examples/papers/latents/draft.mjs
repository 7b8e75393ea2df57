/**
 * A latent translation as the draft of a direct one: what it saves, and that it changes nothing.
 *
 *     node draft.mjs AUTOENCODER PRIOR DIRECT valid.tsv [sentences]
 */
import { Autoencoder, Translator } from '../../../dist/index.js'
import { argumentsFor, linesOf } from '../arguments.mjs'

const usage = 'node draft.mjs AUTOENCODER PRIOR DIRECT valid.tsv [sentences]'
const [folder, priorFolder, directFolder, table, count = '200'] = argumentsFor(usage, 4)
const sources = linesOf(table).slice(0, Number(count)).map((line) => line.split('\t')[0])
const one = { workers: 1, threads: 1, precision: 'float32' }
const asIs = { beams: 1, split: 'never', protect: false, numbers: false, copyUnknown: false, readCapitals: false }
const autoencoder = Autoencoder.load(folder)
const prior = await Translator.load(priorFolder, one)
const direct = await Translator.load(directFolder, one)

let same = 0
for (const source of sources) {
  const { text: codes } = await prior.translate(source, asIs)
  const [draft] = autoencoder.decode([{ source, codes }])
  const drafted = await direct.translate(source, { ...asIs, draft })
  const plain = await direct.translate(source, asIs)
  if (drafted.text === plain.text && drafted.tokenScores.join() === plain.tokenScores.join()) same++
}
const { draftedTokens, acceptedTokens } = direct.statistics()
console.log(`${same} of ${sources.length} translations are the same with the draft`)
console.log(`${acceptedTokens} of ${draftedTokens} drafted tokens were accepted`)
await prior.close()
await direct.close()
autoencoder.close()
