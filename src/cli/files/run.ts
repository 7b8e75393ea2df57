import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { GlassformerError, messageOf } from '../../base/errors.ts'
import { ownModel, ownPath, SCOPE } from '../../base/package/own-packages.ts'
import { packageVersion } from '../../base/package/package-folder.ts'
import { sizeText } from '../../base/values/number-text.ts'
import { addonCandidates, platformName, prebuiltAddon } from '../../engine/backend/native/platform.ts'

interface FilesOptions {
  platform?: string
  model: 'fr-en' | 'en-fr' | 'none'
  sea?: string
  json?: true
}

/** The files of threads; what they load is found in them. */
const THREADS = ['worker-entry.cjs', 'parsing-thread.cjs', 'memory-thread.cjs', 'wasm-thread.cjs']
const PAGES = ['page.html', 'server-page.html', 'web-worker.js']

/**
 * Copies what a bundle needs of this package into `<folder>/glassformer`, which is made anew.
 * @throws GlassformerError ERR_FILE where a file is missing here, or cannot be written; ERR_OPTION for a configuration
 * that is no JSON object
 */
export function runFiles(folder: string, { platform = platformName(), model, sea, json }: FilesOptions): void {
  const target = join(folder, 'glassformer')
  const sources = new Map<string, string>([['package.json', ownPath('package.json')]])
  for (const name of [...codeOf(THREADS), ...PAGES]) sources.set(`dist/bundle/${name}`, ownPath('dist/bundle', name))
  sources.set(`prebuilds/${platform}/glassformer.node`, addonFor(platform))
  if (existsSync(ownPath('wasm'))) sources.set('wasm', ownPath('wasm'))
  for (const name of model === 'none' ? ['silero-vad-v6'] : ['silero-vad-v6', model])
    sources.set(`models/${name}`, modelOf(name))
  try {
    rmSync(target, { recursive: true, force: true })
    for (const [path, source] of sources) {
      mkdirSync(dirname(join(target, path)), { recursive: true })
      cpSync(source, join(target, path), { recursive: true, dereference: true })
    }
  } catch (cause) {
    throw new GlassformerError('ERR_FILE', `the files cannot be copied to ${target}: ${messageOf(cause)}`, { cause })
  }
  const paths = filesIn(target)
  const bytes = paths.reduce((sum, path) => sum + statSync(join(target, path)).size, 0)
  if (sea !== undefined) enterAssets(sea, target, paths)
  if (json) return console.log(JSON.stringify({ folder: target, files: paths, bytes, platform }))
  console.log(`${target}: ${paths.length} files, ${sizeText(bytes)}, for ${platform}`)
  if (sea !== undefined) console.log(`${sea}: ${paths.length + 1} assets`)
}

/** Files of dist/bundle/, and all others there that they load. */
function codeOf(names: readonly string[]): string[] {
  const found = new Set<string>()
  const add = (name: string): void => {
    if (found.has(name)) return
    found.add(name)
    const code = readFileSync(ownPath('dist/bundle', name), 'utf8')
    for (const [, other] of code.matchAll(/(?:require|import|from)\s*\(?\s*["'`]\.\/([\w.-]+\.c?js)["'`]/g)) add(other)
  }
  names.forEach(add)
  return [...found]
}

/** The path of an addon for a platform: the prebuilt one, which needs no library beside it, else one that has been built here. */
function addonFor(platform: string): string {
  const prebuilt = prebuiltAddon(platform)
  const candidates = [prebuilt, ...(platform === platformName() ? addonCandidates() : [])]
  for (const candidate of candidates) if ('path' in candidate && existsSync(candidate.path)) return candidate.path
  throw new GlassformerError(
    'ERR_FILE',
    `there is no addon for ${platform} here${'reason' in prebuilt ? ` (${prebuilt.reason})` : ''}: ` +
      `npm install --force ${SCOPE}/${platform}@${packageVersion()}, or --platform for another one`,
  )
}

function modelOf(name: string): string {
  const folder = ownModel(name)
  if (folder) return folder
  throw new GlassformerError('ERR_FILE', `the model ${name} is not installed: npm install ${SCOPE}/${name}`)
}

/** The files in a folder, as paths with slashes. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).replaceAll(sep, '/'))
    .sort()

/** Enters the files as assets into a configuration of Node.js' single executables; src/base/package/package-folder.ts reads them. */
function enterAssets(config: string, target: string, paths: readonly string[]): void {
  const list = join(target, 'files.json')
  let settings: Record<string, unknown>
  try {
    settings = JSON.parse(readFileSync(config, 'utf8'))
    if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) throw new Error('no object')
  } catch (cause) {
    throw new GlassformerError('ERR_OPTION', `${config} is no configuration in JSON: ${messageOf(cause)}`, { cause })
  }
  const assets: Record<string, string> = Object.fromEntries(
    Object.entries((settings.assets ?? {}) as Record<string, string>).filter(
      ([key]) => !key.startsWith('glassformer/'),
    ),
  )
  for (const path of [...paths, basename(list)]) assets[`glassformer/${path}`] = join(target, path)
  try {
    writeFileSync(list, JSON.stringify(paths))
    writeFileSync(config, `${JSON.stringify({ ...settings, assets }, null, 2)}\n`)
  } catch (cause) {
    throw new GlassformerError('ERR_FILE', `${config} cannot be written: ${messageOf(cause)}`, { cause })
  }
}
