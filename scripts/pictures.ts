/**
 * Regenerates the pictures of README and docs/: `npm run pictures`, or `npm run pictures -- charts figures` for some
 * kinds. `--output FOLDER` writes them there instead of docs/pictures, and `--only NAME …` makes only these.
 */
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { charts } from './pictures/charts.ts'
import { curves } from './pictures/curves.ts'
import { figures } from './pictures/figures.ts'
import type { Kind } from './pictures/kind.ts'
import { pages } from './pictures/pages.ts'

/**
 * Kinds of pictures: the files of each, and the function that makes the requested ones in a folder. charts: from
 * bench/figures.json; figures: by `glassformer figure`; pages: the inspector's page in Chromium; curves: a training of
 * the number words, half a minute.
 */
export const kinds: Record<string, Kind> = { charts, figures, pages, curves }

/** Makes the pictures of these kinds, or those named in `only`. */
export async function makePictures(names: readonly string[], folder: string, only?: readonly string[]): Promise<void> {
  for (const name of names) {
    const { files, make } = kinds[name]
    const wanted = files.filter((file) => !only || only.includes(file))
    mkdirSync(folder, { recursive: true })
    if (wanted.length) await make(wanted, folder)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { output: { type: 'string' }, only: { type: 'string', multiple: true } },
  })
  const unknown = positionals.find((name) => !Object.hasOwn(kinds, name))
  if (unknown !== undefined) {
    console.error(`There are no pictures '${unknown}': there are ${Object.keys(kinds).join(', ')}.`)
    process.exit(1)
  }
  const folder = values.output ?? fileURLToPath(new URL('../docs/pictures', import.meta.url))
  await makePictures(positionals.length ? positionals : Object.keys(kinds), resolve(folder), values.only)
}
