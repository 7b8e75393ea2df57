/**
 * Writes docs/quality.md from docs/quality.json: figures that were measured here, and figures that others have published.
 *
 *     node scripts/quality.mjs
 *     npx glassformer evaluate --suite ntrex --model NAME --json | node scripts/quality.mjs --add ntrex [NAME in the table]
 *
 * The second puts a measurement into docs/quality.json first, in place of an earlier one of the same model and test set.
 * `--check` writes nothing, and fails where docs/quality.md is not what the figures make.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { text as textOf } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const pathOf = (name) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url))
const DATA = pathOf('quality.json')
const PAGE = pathOf('quality.md')

const HEAD = `# Quality

Which model translates how well, by the figures there are. This page is made by \`node scripts/quality.mjs\` from [quality.json](quality.json). BLEU and chrF2 are
those of sacreBLEU, from 0 to 100; COMET is from 0 to 1. More is better in all. Figures of different test sets cannot be compared: news is
harder than everyday sentences, and several references give more BLEU than one.`

const CHOICE = `## Which one to take

| you want | take |
|---|---|
| to try, to test your program, to look inside; everyday French to English without a download | the embedded model, \`fr-en\` |
| real text as fast as can be, in 13 MB | a model of Firefox, \`tiny\` |
| better real text, in 40 MB | a model of Firefox, \`base-memory\` |
| a pair of languages that Firefox does not have | OPUS-MT for one pair, NLLB for many ([models](models.md)) |
| your own field | train one of these further ([fine-tune](fine-tune.md)) |

The embedded model has been trained on few pairs in little time. Do not take it for documents that matter.`

const MEASURE = `## To measure a model yourself

\`\`\`sh
npx glassformer evaluate --suite ntrex --model NAME
npx glassformer evaluate --suite ntrex --suite-folder NTREX --model NAME
\`\`\`

The first fetches two files of [NTREX-128](https://github.com/MicrosoftTranslator/NTREX) (CC BY-SA 4.0) into the cache, in the languages that the model says or
\`--source-language\` and \`--target-language\` do, and checks their SHA-256; \`GLASSFORMER_NTREX\` names a mirror of its folder \`NTREX-128\`. The second reads a copy that you have.
The English side of NTREX is the original: translations into English are of text that was translated before, which is plainer than what people write. With
\`--json\`, a measurement goes into this page: pipe it into \`node scripts/quality.mjs --add ntrex\`.`

export function pageOf({ sets, measured, published, sources }) {
  const parts = [HEAD, '## Measured here']
  parts.push('By `glassformer evaluate`, with four beams unless a line says otherwise.')
  for (const [name, says] of Object.entries(sets)) {
    const rows = measured.filter(({ set }) => set === name).sort((a, b) => b.bleu - a.bleu)
    if (rows.length === 0) continue
    parts.push(
      `**${says}:**`,
      table(
        ['model', 'BLEU', 'chrF2', 'measured'],
        rows.map(({ model, bleu, chrf, date }) => [model, bleu.toFixed(2), chrf.toFixed(2), date]),
      ),
    )
  }
  parts.push('## Published by others', `${sourcesText(sources)} An empty cell: no figure is given.`)
  parts.push(
    table(
      ['model', 'test set', 'BLEU', 'chrF2', 'COMET', 'MB, packed', 'source'],
      published.map(({ model, set, bleu, chrf, comet, megabytes, source }) => [
        model,
        set,
        bleu?.toFixed(1) ?? '',
        chrf?.toFixed(1) ?? '',
        comet?.toFixed(3) ?? '',
        megabytes === undefined ? '' : String(megabytes),
        `[${source}](${sources[source].address})`,
      ]),
    ),
  )
  return `${[...parts, CHOICE, MEASURE].join('\n\n')}\n`
}

const sourcesText = (sources) =>
  Object.entries(sources)
    .map(([name, { says, read }]) => `The source ${name} is ${says}, read on ${read}.`)
    .join(' ')

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

/** The figures with a measurement as `glassformer evaluate --json` prints it. */
export function withMeasured(data, { set, name, printed, date }) {
  if (!Object.hasOwn(data.sets, set))
    throw new Error(`docs/quality.json has no test set ${set}: name it under "sets" first`)
  const rounded = (score) => Math.round(100 * score) / 100
  const { model = name, bleu, chrf } = printed
  const entry = { model: name ?? model, set, bleu: rounded(bleu.score), chrf: rounded(chrf.score), date }
  const others = data.measured.filter((each) => each.model !== entry.model || each.set !== set)
  return { ...data, measured: [...others, entry] }
}

async function run([flag, set, name]) {
  let data = JSON.parse(readFileSync(DATA, 'utf8'))
  if (flag === '--add') {
    const printed = JSON.parse(await textOf(process.stdin))
    data = withMeasured(data, { set, name, printed, date: new Date().toISOString().slice(0, 10) })
    writeFileSync(DATA, `${JSON.stringify(data, null, 2)}\n`)
  }
  const page = pageOf(data)
  if (flag !== '--check') return writeFileSync(PAGE, page)
  if (readFileSync(PAGE, 'utf8') === page) return
  console.error('docs/quality.md is not what docs/quality.json makes: node scripts/quality.mjs')
  process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(process.argv.slice(2))
