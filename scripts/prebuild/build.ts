/** Builds the addon of one target by zig, unless it exists and was built from these inputs. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { packageRoot as root, sealAddon } from '../native-build.mjs'
import { contentHash, objectsFolder, onAllCores, replaceFile, sha256, zigIn } from './compile.ts'
import { addonFlaw, isOfThisMachine, loadFlaw } from './flaw.ts'
import {
  compilerFlags,
  headerFolders,
  linkerFlags,
  type SourceFile,
  sourcesOf,
  type Target,
  targets,
  versionScript,
} from './targets.ts'
import { ZIG_VERSION } from './zig.ts'

const require = createRequire(import.meta.url)

const folderOf = (name: string) => join(root, 'prebuilds', name)
export const addonOf = (name: string) => join(folderOf(name), 'glassformer.node')
const stampOf = (name: string) => join(folderOf(name), 'inputs')

/** A hash of an addon's inputs. */
function inputsOf(target: Target): string {
  const scripts = { versions: 'versions', imports: 'imports' }
  const flags = [
    compilerFlags(target),
    linkerFlags(target, scripts),
    sourcesOf(target),
    versionScript,
    sealAddon.toString(),
  ]
  return sha256(JSON.stringify([ZIG_VERSION, flags, contentHash(['native', ...headerFolders()])]))
}

/** Whether the existing addon was built from these inputs. */
export function isCurrent(name: string): boolean {
  if (!existsSync(addonOf(name)) || !existsSync(stampOf(name))) return false
  const [inputs, made] = readFileSync(stampOf(name), 'utf8').trim().split('\n')
  const addon = readFileSync(addonOf(name))
  return inputs === inputsOf(targets[name]) && made === sha256(addon) && !addonFlaw(addon, targets[name])
}

/** The import library of Node.js for Windows: the names of Node-API, from lists without a final newline. */
async function importLibrary(run: ReturnType<typeof zigIn>, folder: string): Promise<string> {
  const lists = dirname(require.resolve('node-api-headers/package.json'))
  const [definitions, library] = [join(folder, 'node.def'), join(folder, 'libnode.a')]
  const texts = ['js_native_api', 'node_api'].map((name) =>
    readFileSync(join(lists, 'def', `${name}.def`), 'utf8').trim(),
  )
  const names = texts.flatMap((text) => text.split(/\r?\n/).filter((line) => !/^(NAME|EXPORTS)\b/.test(line)))
  writeFileSync(definitions, `NAME NODE.EXE\nEXPORTS\n${[...new Set(names)].join('\n')}\n`)
  await run(['dlltool', '-d', definitions, '-l', library, '-m', 'i386:x86-64'])
  return library
}

/** Compiles a file of the package in `folder` for a target. */
export const compileObject = (
  name: string,
  { source, flags = [], zig: other }: { source: string; flags?: string[]; zig?: string },
  { zig, object, folder = root }: { zig: string; object: string; folder?: string },
) =>
  zigIn(
    folder,
    zig,
  )(['c++', ...compilerFlags({ zig: other ?? targets[name].zig }), ...flags, '-c', source, '-o', object])

/**
 * Compiles and links; an earlier addon is kept until the new one is complete. Throws an Error with the compiler's
 * words.
 */
export async function buildTarget(name: string, zig: string): Promise<number> {
  const target = targets[name]
  const folder = objectsFolder(name)
  mkdirSync(folderOf(name), { recursive: true })
  const run = zigIn(root, zig)
  const inputs = inputsOf(target) // hashed now, before anything is compiled

  const sources = sourcesOf(target)
  const objectOf = ({ source, set }: SourceFile) => join(folder, `${set}-${source.replaceAll('/', '-')}.o`)
  await onAllCores(sources, (file) => compileObject(name, file, { zig, object: objectOf(file) }))

  const versions = join(folder, 'exports.map')
  writeFileSync(versions, versionScript)
  const imports = target.system === 'win32' ? await importLibrary(run, folder) : undefined
  // The names are unique to this process: even with other builds here, the checked file is the installed one.
  const linked = join(folder, `glassformer.${process.pid}.node`)
  rmSync(linked, { force: true })
  // In a fixed order, because the linker lays the objects out in order of arrival.
  const objects = sources.map(objectOf).sort()
  await run(['c++', ...linkerFlags(target, { versions, imports }), '-o', linked, ...objects])
  sealAddon(linked)

  const made = readFileSync(linked)
  const flaw = addonFlaw(made, target) ?? (isOfThisMachine(name) ? loadFlaw(linked) : undefined)
  rmSync(linked)
  if (flaw) throw new Error(`the addon of ${name} was linked, but ${flaw}`)
  replaceFile(addonOf(name), made)
  replaceFile(stampOf(name), `${inputs}\n${sha256(made)}\n`)
  return made.length
}
