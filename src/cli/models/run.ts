import { sizeText } from '../../base/values/number-text.ts'
import { type ListedModel, listModels, type ModelSource, removeModel } from '../../files/registry/index.ts'

/** The flags of `glassformer models`. */
export interface ModelsCommandOptions {
  from?: string
  to?: string
  source?: ModelSource
  installed?: true
  json?: true
}

/** `glassformer models`: a table, or a JSON object a line, on standard output. */
export async function printModels({ json, ...which }: ModelsCommandOptions): Promise<void> {
  const models = await listModels({ ...which, warn: (message) => console.error(`glassformer: ${message}`) })
  if (json) for (const model of models) console.log(JSON.stringify({ ...model, installed: model.path !== null }))
  else if (models.length) printTable([HEAD, ...models.map(rowOf)])
  else console.error('glassformer: there are none; glassformer models without flags lists all')
}

/** `glassformer models remove`. */
export function removeModels(name: string): void {
  for (const removed of removeModel(name)) console.log(`removed ${removed}`)
}

const HEAD = ['name', 'size', 'licence', 'COMET', 'chrF', 'BLEU', 'here']

const rowOf = ({ name, size, licence, quality, path, isReleased }: ListedModel) => [
  isReleased ? name : `${name} (not released)`,
  size === null ? '' : sizeText(size),
  licence ?? '',
  ...[quality.comet22, quality.chrf, quality.bleu].map((figure) => (figure === undefined ? '' : String(figure))),
  path === null ? '' : 'yes',
]

function printTable(rows: readonly string[][]): void {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
}
