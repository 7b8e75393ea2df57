/**
 * How often are translations of a model that browsers ship the same as Bergamot's, by the number of words, and on whose side is a reference
 * where they are not? The reference is the JavaScript backend in int8: its products are exact integers, and what lies between them is
 * computed in double precision.
 *
 *     node bench/dist/scripts/bergamot-lengths.js [--peers FOLDER] [--shared FOLDER] [--sentences N]
 *
 * The sentences are English ones of the Tatoeba test set, alone and joined by “, and”, one at a time.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { Command, Option } from 'commander'
import { Translator } from '#dist/use/translate/translator.js'
import { BergamotPeers } from '../harness/bergamot-peers.ts'
import { describeMachine } from '../harness/machine.ts'
import { natural } from '../harness/number-options.ts'

/** Bergamot's worker sets this factor, whatever the model says. */
const SEARCH = { maxLengthFactor: 2 }
const groups = [
  { from: 1, to: 4 },
  { from: 5, to: 6 },
  { from: 7, to: 9 },
  { from: 10, to: 14 },
  { from: 15, to: 19 },
  { from: 20, to: 24 },
  { from: 25, to: 40 },
]

const words = (text: string) => text.split(' ').length

/** Sentences, and two, three and four of them as one. */
function candidates(shared: string): string[] {
  const lines = gunzipSync(readFileSync(join(shared, 'data/tatoeba-fr-en.test.tsv.gz'))).toString('utf8')
  const texts = lines.split('\n').map((line) => line.split('\t')[1] ?? '')
  const single = [...new Set(texts.filter((text) => /^[A-Z][^.!?]*\.$/.test(text)))]
  const joined = (count: number) =>
    single.flatMap((_, i) => {
      const some = single.slice(i, i + count)
      if (i % count || some.length < count) return []
      return `${some.map((text, k) => (k ? text[0].toLowerCase() + text.slice(1) : text).slice(0, -1)).join(', and ')}.`
    })
  return [single, ...[2, 3, 4].map(joined)].flat()
}

const { peers, shared, sentences } = new Command('bergamot-lengths')
  .option('--peers <folder>', 'where bench/peers/bergamot.sh installs Bergamot', process.env.GLASSFORMER_BERGAMOT)
  .option(
    '--shared <folder>',
    'where data/ with the Tatoeba sentences is',
    process.env.GLASSFORMER_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url)),
  )
  .addOption(new Option('--sentences <n>', 'how many of each length').argParser(natural).default(300))
  .parse()
  .opts<{ peers?: string; shared: string; sentences: number }>()
const installed = BergamotPeers.installed(peers)
const bergamot = await installed.open()
const model = installed.model('en-pt')
const ours = await Translator.load(model, { workers: 1, threads: 1 })
const reference = await Translator.load(model, { workers: 1, threads: 1, backend: 'js', precision: 'int8' })
const { cpu, commit } = describeMachine()
console.log(`${bergamot.version}, English to Portuguese · commit ${commit} · ${cpu}`)
console.log(`ours: ${ours.backendInfo().backend}, ${ours.backendInfo().isa}, ${ours.backendInfo().precision}\n`)
console.log('| words | sentences | the same | where not: the reference is ours | it is Bergamot’s | it is neither |')
console.log('|---|---|---|---|---|---|')
const all = candidates(shared)
for (const { from, to } of groups) {
  const sources = all.filter((text) => words(text) >= from && words(text) <= to).slice(0, sentences)
  const { texts: theirs } = await bergamot.translate(model, sources)
  const texts = ours.translateSync(sources, SEARCH).map(({ text }) => text)
  const differing = sources.flatMap((_, i) => (texts[i] === theirs[i] ? [] : [i]))
  const exact = reference.translateSync(
    differing.map((i) => sources[i]),
    SEARCH,
  )
  const isOurs = differing.filter((i, k) => exact[k].text === texts[i]).length
  const isTheirs = differing.filter((i, k) => exact[k].text === theirs[i]).length
  const same = sources.length - differing.length
  const share = ((100 * same) / sources.length).toFixed(1)
  const counts = [isOurs, isTheirs, differing.length - isOurs - isTheirs]
  console.log(`| ${from} to ${to} | ${sources.length} | ${same} (${share} %) | ${counts.join(' | ')} |`)
}
bergamot.close()
await Promise.all([ours.close(), reference.close()])
