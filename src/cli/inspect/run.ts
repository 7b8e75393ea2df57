import { spawn } from 'node:child_process'
import { replaceFile } from '../../formats/replace-file.ts'
import { resolveLoadOptions } from '../../translate/options.ts'
import { Translator } from '../../translate/translator.ts'
import { checkTakesTexts } from '../lines/text-translator.ts'
import { exportedPage } from './exported-page.ts'
import { inspectedModels } from './inspected-model.ts'
import type { InspectCommandOptions } from './options.ts'
import { serveInspector } from './server.ts'

/** `glassformer inspect`: serves the page until the process is stopped, or writes it into a file. */
export async function inspectText(text: string, command: InspectCommandOptions): Promise<void> {
  const { model: folder, compare, port = 0, open, export: file, backend, precision, threads } = command
  const load = resolveLoadOptions({ backend, precision, threads })
  const folders = compare === undefined ? [folder] : [folder, compare]
  const translators = await Promise.all(folders.map((each) => Translator.load(each, load)))
  for (const { model } of translators) checkTakesTexts(model.path, model.hasTokenizer)
  const models = inspectedModels(translators)
  if (file !== undefined) {
    const run = { model: models[0].name, source: text, beams: null, lengthPenalty: null, headsOff: [], forced: [] }
    const runs = [{ run, model: run.model, source: text, options: {} }]
    const html = await exportedPage({ runs, start: '' }, models, new AbortController().signal)
    replaceFile(file, [Buffer.from(html)])
    await Promise.all(translators.map((translator) => translator.close()))
    return
  }
  const { url } = await serveInspector({ models, source: text, port })
  console.log(`${models.map(({ name }) => name).join(' and ')}: ${url}  (Ctrl-C ends it)`)
  if (open) openInBrowser(url)
}

/** Where there is no browser, the address that is printed has to do. */
function openInBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => process.stderr.write(`glassformer: there is no ${command} to open the page with\n`))
  child.unref()
}
