/**
 * How often do WebAssembly and JavaScript translate as the native backend does, by the number of words?
 *
 *     node bench/dist/scripts/agreement.js [--model FOLDER] [--shared FOLDER] [--sentences N] [--beams N] [--backends NAME…]
 *
 * The sentences are French ones of the Tatoeba test set, in the precision in which the folder is stored.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { Command, Option } from 'commander'
import { Translator } from '#dist/use/translate/translator.js'
import { describeMachine } from '../harness/machine.ts'
import { natural } from '../harness/number-options.ts'

const groups = [
  { from: 1, to: 5 },
  { from: 6, to: 9 },
  { from: 10, to: 40 },
]
const words = (text: string) => text.split(' ').length

const { model, shared, sentences, beams, backends } = new Command('agreement')
  .option('--model <folder>', 'default: the embedded one')
  .option(
    '--shared <folder>',
    'where data/ with the Tatoeba sentences is',
    process.env.GLASSFORMER_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url)),
  )
  .addOption(new Option('--sentences <n>', 'how many').argParser(natural).default(1000))
  .addOption(new Option('--beams <n>', 'hypotheses of each').argParser(natural).default(1))
  .addOption(new Option('--backends <name...>', 'beside native').choices(['wasm', 'js']).default(['wasm', 'js']))
  .parse()
  .opts<{ model?: string; shared: string; sentences: number; beams: number; backends: ('wasm' | 'js')[] }>()

const lines = gunzipSync(readFileSync(join(shared, 'data/tatoeba-fr-en.test.tsv.gz'))).toString('utf8')
const sources = [
  ...new Set(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0]),
  ),
].slice(0, sentences)

async function translated(backend: 'native' | 'wasm' | 'js'): Promise<{ texts: string[]; by: string }> {
  const translator = await Translator.load(model, { backend })
  const { isa, precision } = translator.backendInfo()
  const translations = await translator.translate(sources, { beams })
  await translator.close()
  return { texts: translations.map(({ text }) => text), by: [...new Set([backend, isa, precision])].join(', ') }
}

const { cpu, commit, node } = describeMachine()
const native = await translated('native')
console.log(`${model ?? 'the embedded model'}, beams: ${beams} · commit ${commit} · ${cpu} · Node ${node}`)
console.log(`beside ${native.by}\n`)
console.log(`| backend | all | ${groups.map(({ from, to }) => `${from} to ${to} words`).join(' | ')} |`)
console.log('|---|---|---|---|---|')
for (const backend of backends) {
  const { texts, by } = await translated(backend)
  const differing = (isMeant: (count: number) => boolean) => {
    const of = sources.flatMap((source, i) => (isMeant(words(source)) ? [i] : []))
    return `${of.filter((i) => texts[i] !== native.texts[i]).length} of ${of.length} differ`
  }
  const cells = [
    () => true,
    ...groups.map(
      ({ from, to }) =>
        (count: number) =>
          count >= from && count <= to,
    ),
  ]
  console.log(`| ${by} | ${cells.map(differing).join(' | ')} |`)
}
