/**
 * Regenerates the tables of settings in docs/ from the schemas, and that of transformers' classes from the families:
 * `npm run docs`. A table is between `<!-- table: NAME PATH -->`, with the name of a schema and the prefix of its
 * settings, or `<!-- classes -->`, and `<!-- end -->`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { tableOf } from '../dist/base/schema/docs.js'
import { generationSettings } from '../dist/engine/decode/settings/options.js'
import { attentionSettings } from '../dist/engine/model/config/attention-settings.js'
import { idSettings, normSettings, soundSettings } from '../dist/engine/model/config/config.js'
import { feedForwardSettings } from '../dist/engine/model/config/feed-forward-settings.js'
import { positionSettings } from '../dist/engine/model/config/kinds.js'
import { latentsSettings } from '../dist/engine/model/config/latents-settings.js'
import { classesTable } from '../dist/files/folders/families/class-table.js'
import { folderToWriteSettings } from '../dist/files/folders/glassformer.js'
import { writtenSettings, writtenStackSettings } from '../dist/files/folders/layout/glassformer-config.js'
import { tokenizerSettings } from '../dist/files/folders/tokenizers/tokenizer-entry.js'
import { bleuSettings } from '../dist/learn/evaluate/bleu-options.js'
import { chrfSettings } from '../dist/learn/evaluate/chrf.js'
import { augmentSettings } from '../dist/learn/train/augment/settings.js'
import { modelSettings, vocabularySettings } from '../dist/learn/train/settings/new-model-settings.js'
import {
  adamSettings,
  corpusSettings,
  dataSettings,
  loraSettings,
  mixSettings,
  teacherSettings,
  trainingSettings,
  validationSettings,
} from '../dist/learn/train/settings/settings.js'
import { trainOptions } from '../dist/learn/train/settings/train-options.js'
import { servedModelSettings } from '../dist/service/serve/models/given-models.js'
import { listenSettings, serviceSettings } from '../dist/service/serve/service/settings.js'
import { attributionSettings } from '../dist/trace/attribution/settings.js'
import { figureSettings } from '../dist/trace/figure/options.js'
import { traceSettings } from '../dist/trace/options.js'
import { originSettings } from '../dist/trace/origins/settings.js'
import { sweepSettings } from '../dist/trace/sweep/settings.js'
import { autoencoderSettings } from '../dist/use/latents/index.js'
import { liveSettings, transcribeSettings } from '../dist/use/transcribe/options.js'
import { loadSettings, textSettings } from '../dist/use/translate/options/options.js'
import { webSettings } from '../dist/use/web/loading/load-options.js'
import { schedulingSettings } from '../dist/workers/requests/scheduling.js'

const root = new URL('..', import.meta.url)

/** The schemas of which docs have tables, by the names that docs give them. */
const schemas = {
  autoencoderSettings,
  latentsSettings,
  generationSettings,
  loadSettings,
  textSettings,
  schedulingSettings,
  webSettings,
  traceSettings,
  attributionSettings,
  originSettings,
  sweepSettings,
  figureSettings,
  corpusSettings,
  dataSettings,
  loraSettings,
  mixSettings,
  vocabularySettings,
  modelSettings,
  trainingSettings,
  adamSettings,
  teacherSettings,
  validationSettings,
  augmentSettings,
  trainOptions,
  bleuSettings,
  chrfSettings,
  writtenSettings,
  writtenStackSettings,
  attentionSettings,
  feedForwardSettings,
  normSettings,
  soundSettings,
  transcribeSettings,
  liveSettings,
  positionSettings,
  idSettings,
  tokenizerSettings,
  folderToWriteSettings,
  serviceSettings,
  listenSettings,
  servedModelSettings,
}

/** The schema that a page of docs names: `corpusSettings.tsv` is a schema within an object of schemas. */
const schemaOf = (name: string) =>
  name.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], schemas) as
    | Parameters<typeof tableOf>[0]
    | undefined

const table = /<!-- table: (\S+) ?(\S*) -->\n[\s\S]*?<!-- end -->/g

/** The table of transformers' classes, from the families. */
const classes = /<!-- classes -->\n[\s\S]*?<!-- end -->/

/**
 * A page of docs with its tables generated from the schemas and the families. `toDocs` is the way from the page to docs/,
 * from which links in the words of schemas lead. @throws Error where the page names an unknown schema
 */
export function withTables(text: string, toDocs = ''): string {
  const withClasses = text.replace(classes, () => `<!-- classes -->\n\n${classesTable()}\n\n<!-- end -->`)
  return withClasses.replaceAll(table, (_, name, path) => {
    const schema = schemaOf(name)
    if (!schema) throw new Error(`docs name the schema ${name}, which there is not`)
    return `<!-- table: ${name}${path && ` ${path}`} -->\n\n${linkedFrom(toDocs, tableOf(schema, path))}\n\n<!-- end -->`
  })
}

const linkedFrom = (toDocs: string, words: string) => words.replaceAll(/\]\((?!https?:|#)/g, `](${toDocs}`)

/** The way from a page with tables to docs/. */
export const wayToDocs = (page: URL) => (page.pathname.includes('/docs/api/') ? '../' : '')

/** The pages with tables. */
export const pages = (): URL[] =>
  [...readdirSync(new URL('docs/', root)).filter((name) => name.endsWith('.md')), 'api/settings.md'].map(
    (name) => new URL(`docs/${name}`, root),
  )

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  for (const page of pages()) {
    const text = readFileSync(page, 'utf8')
    const written = withTables(text, wayToDocs(page))
    if (written !== text) {
      writeFileSync(page, written)
      console.log(`written anew: ${fileURLToPath(page)}`)
    }
  }
