/**
 * How many times as fast as another engine, as a picture: what `npm run bench -- --only ctranslate2 --json cells.json` has written
 * (or `--only transformers-js`), as SVG on standard output.
 *
 *     node bench/dist/picture.js cells.json > docs/pictures/beside-ctranslate2.svg
 */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { escaped } from '#dist/train/report/escaped.js'
import type { Cell } from './measure.ts'

const WIDTH = 860
const LEFT = 170
const RIGHT = 40
const HEAD = 96
const LINE = 26
const FOOT = 40

const STYLE = `
.beside { --paper: #ffffff; --ink: #1f2328; --quiet: #59636e; --grid: #e4e8ec; --float32: #0969da; --int8: #bc4c00;
  font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
@media (prefers-color-scheme: dark) {
  .beside { --paper: #0d1117; --ink: #e6edf3; --quiet: #9198a1; --grid: #262c34; --float32: #58a6ff; --int8: #f0883e; } }
.beside text { fill: var(--quiet); font-variant-numeric: tabular-nums; }
.beside .title { fill: var(--ink); font-weight: 600; font-size: 15px; }
.beside .model { fill: var(--ink); font-weight: 600; }
.beside .paper { fill: var(--paper); }
.beside .grid { stroke: var(--grid); } .beside .same { stroke: var(--quiet); }
.beside .float32 { --colour: var(--float32); } .beside .int8 { --colour: var(--int8); }
.beside circle { stroke: var(--colour); stroke-width: 2; } .beside .t1 { fill: var(--paper); } .beside .t2 { fill: var(--colour); }`

const whole = (value: number) => Number(value.toPrecision(3)).toLocaleString('en')

/** A cell beside that of the peer. */
interface Mark {
  ours: Cell
  theirs: Cell
}

/** Of the first engine that there is. */
function marksOf(all: readonly Cell[]): Mark[] {
  const engine = all.find(({ bench }) => bench === 'ctranslate2' || bench === 'transformers-js')?.bench
  const cells = all.filter(({ bench }) => bench === engine)
  return cells
    .filter(({ ratio }) => ratio !== null)
    .map((ours) => ({ ours, theirs: cells.find((cell) => cell.case === ours.case && cell.ratio === null)! }))
}

function picture(marks: readonly Mark[]): string {
  const powers = marks.map(({ ours }) => Math.log2(ours.ratio!))
  const [least, most] = [Math.floor(Math.min(0, ...powers)), Math.ceil(Math.max(1, ...powers))]
  const x = (ratio: number) => LEFT + ((Math.log2(ratio) - least) / (most - least)) * (WIDTH - LEFT - RIGHT)
  const lineOf = ({ ours: { model, batch, beam } }: Mark) => `${model}\n${batch} × ${beam}`
  const lines = [...new Set(marks.map(lineOf))]
  const models = [...new Set(marks.map(({ ours }) => ours.model!))]
  // Half a line between models.
  const y = (line: string) => HEAD + LINE * (lines.indexOf(line) + 0.5 * (1 + models.indexOf(line.split('\n')[0])))
  const bottom = y(lines.at(-1)!) + LINE
  const height = bottom + FOOT
  const { ours, theirs } = marks[0]
  const parts: string[] = []
  for (let power = least; power <= most; power++) {
    const ratio = 2 ** power
    const at = x(ratio).toFixed(1)
    parts.push(`<path class="${ratio === 1 ? 'same' : 'grid'}" d="M${at} ${HEAD}V${bottom}"/>`)
    parts.push(`<text x="${at}" y="${bottom + 20}" text-anchor="middle">${ratio}×</text>`)
  }
  for (const line of lines) {
    const [model, way] = line.split('\n')
    const middle = y(line) + 4.5
    if (lines.find((other) => other.startsWith(`${model}\n`)) === line)
      parts.push(`<text class="model" x="20" y="${middle}">${escaped(model)}</text>`)
    parts.push(`<text x="${LEFT - 20}" y="${middle}" text-anchor="end">${way}</text>`)
    parts.push(`<path class="grid" d="M${LEFT} ${y(line)}H${WIDTH - RIGHT}"/>`)
  }
  for (const mark of marks) {
    const { ours, theirs } = mark
    const told = `${ours.case}: ${whole(ours.tokensPerSecond!)} and ${whole(theirs.tokensPerSecond!)} tokens/s, ${ours.ratio!.toFixed(2)}×`
    parts.push(dot(ours, x(ours.ratio!), y(lineOf(mark)), `<title>${escaped(told)}</title>`))
  }
  const kinds = [...new Map(marks.map(({ ours }) => [`${ours.precision} ${ours.threads}`, ours])).values()]
  kinds.forEach((kind, i) => {
    const left = LEFT + 6 + 170 * i
    const name = `${kind.precision}, ${kind.threads} thread${kind.threads === 1 ? '' : 's'}`
    parts.push(dot(kind, left, 66), `<text x="${left + 14}" y="70.5">${name}</text>`)
  })
  const title = `Tokens a second, as a multiple of those of ${theirs.backend.replace(/^\w+/, ours.peer!)}`
  return `<svg xmlns="http://www.w3.org/2000/svg" class="beside" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>${STYLE}
</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
<text class="title" x="20" y="30">${escaped(title)}</text>
<text x="${LEFT - 20}" y="70.5" text-anchor="end">sentences × beam</text>
${parts.join('\n')}
</svg>
`
}

const dot = ({ precision, threads }: Cell, x: number, y: number, title = '') =>
  `<circle class="${precision} t${threads}" cx="${x.toFixed(1)}" cy="${y}" r="5">${title}</circle>`

new Command('picture')
  .description('Draws how many times as fast as another engine translations are.')
  .argument('<cells>', 'what bench --only ctranslate2 --json has written')
  .action((file: string, _, command: Command) => {
    const marks = marksOf(JSON.parse(readFileSync(file, 'utf8')))
    if (!marks.length) command.error(`error: ${file} has no cell of bench --only ctranslate2 or transformers-js`)
    process.stdout.write(picture(marks))
  })
  .parse()
