import { fileURLToPath } from 'node:url'
import { inlineHashes } from '../../base/package/inline-hashes.ts'
import { packageFolder } from '../../base/package/package-folder.ts'
import { readText } from '../../formats/disk/read-file.ts'

/** The JSON data in the page's HTML; src/look/page/state/page-data.ts reads it. */
export interface PageData {
  models: readonly string[]
  /** The steps of the training where the models are checkpoints of one training; else null. */
  steps: readonly number[] | null
  source: string
  /** The address that is shown where the URL has none: 'attention?layer=1', or '' for the first view. */
  start: string
  /** Traces as JSON, each with its request; null where a server answers requests. */
  exported: readonly { run: object; trace: string }[] | null
}

/** Maximum size of the page, about a hundred times its present size. */
const FILE = { what: 'the page', most: 1 << 24, code: 'ERR_FILE' } as const

/** The page with its data, and a content security policy that allows only its own script and style. */
export interface PageFile {
  html: string
  policy: string
}

/** The files are read once, so that a build that runs meanwhile cannot mix two versions of the page. */
let template: string | undefined
let worker: string | undefined

/** @throws GlassformerError ERR_FILE where the package is incomplete */
export function pageFile(data: PageData): PageFile {
  template ??= readText(fileURLToPath(new URL('dist/bundle/page.html', packageFolder())), FILE)
  const { style, script } = inlineHashes(template)
  // An exported file may be given the model, which a worker of the page fetches and runs.
  const connect = data.exported ? ' worker-src blob:; connect-src http: https:;' : " connect-src 'self';"
  const policy = `default-src 'none'; script-src ${script}; style-src ${style}; img-src data:;${connect} base-uri 'none'; form-action 'none'`
  // Escapes '<' in the JSON data, so that no text of a user can end the element that contains it.
  const code = data.exported ? `<script type="text/plain" id="page-worker">${workerCode()}</script>\n` : ''
  const html = template
    .replace('<!-- policy -->', () => `<meta http-equiv="Content-Security-Policy" content="${policy}">`)
    .replace('<script type="application/json"', (tag) => code + tag)
    .replace('id="page-data">', () => `id="page-data">${dataText(data).replaceAll('<', '\\u003c')}`)
  return { html, policy }
}

/** The code of the worker in which a page runs a model, escaped so that nothing in it ends the element around it. */
function workerCode(): string {
  worker ??= readText(fileURLToPath(new URL('dist/bundle/web-worker.js', packageFolder())), FILE)
    .replaceAll('</script', '<\\/script')
    .replaceAll('<script', '<\\script')
    .replaceAll('<!--', '<\\!--')
  return worker
}

function dataText({ exported, ...others }: PageData): string {
  const traces = exported?.map(({ run, trace }) => `{"run":${JSON.stringify(run)},"trace":${trace}}`)
  return `${JSON.stringify(others).slice(0, -1)},"exported":${traces ? `[${traces.join()}]` : null}}`
}
