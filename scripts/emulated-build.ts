/**
 * Builds build-emulated/glassformer.node, for tests: the addon with AMX and AVX-VNNI in plain code,
 * native/simd/emulated_*.h. Only sources affected by the define are compiled again; everything else is linked from
 * build/, with the commands in node-gyp's makefile.
 */

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildNative, packageRoot as root } from './native-build.mjs'

const DEFINE = 'GLASSFORMER_EMULATED'
const build = join(root, 'build')
const folder = join(root, 'build-emulated')
const addon = join(folder, 'glassformer.node')
const stampPath = join(folder, 'stamp')

/** What native/sources.json has of sources and instruction sets. */
interface Sources {
  core: string[]
  kernels: string[]
  isa: Record<string, { architecture?: string }>
}

/**
 * Sources affected by the define, each with the node-gyp target that compiles it: kernels of the architecture's
 * instruction sets, whose headers test it, and others that test it themselves.
 */
function changedSources(): { source: string; target: string }[] {
  const { core, kernels, isa }: Sources = JSON.parse(readFileSync(join(root, 'native/sources.json'), 'utf8'))
  const sets = Object.keys(isa).filter((set) => isa[set].architecture === process.arch)
  const asking = core.filter((path) => readFileSync(join(root, path), 'utf8').includes(DEFINE))
  return [
    ...kernels.flatMap((source) => sets.map((set) => ({ source, target: `kernels_${set}` }))),
    ...asking.map((source) => ({ source, target: 'glassformer' })),
  ]
}

/**
 * [output, command] of all commands that make has run in build/, with relative paths, for the addon and its objects.
 */
function keptCommands(): [string, string][] {
  const dependencies = join(build, 'Release/.deps')
  if (!existsSync(dependencies)) return []
  const files = readdirSync(dependencies, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.d'))
  return files.flatMap((path) => {
    const kept = /^cmd_(\S+) := (.*)$/m.exec(readFileSync(join(dependencies, path), 'utf8'))
    return kept ? [[kept[1], kept[2]] as [string, string]] : []
  })
}

/** The commands that compile the affected sources again, into `objects`, and the one that links `linked`. */
function emulatedCommands(objects: string, linked: string): { compile: string[]; link: string } | undefined {
  const kept = keptCommands()
  const addonObject = 'Release/obj.target/glassformer.node'
  let link = kept.find(([made]) => made === addonObject)?.[1].replace(`-o ${addonObject}`, `-o '${linked}'`)
  const compile: string[] = []
  for (const { source, target } of changedSources()) {
    const own = `Release/obj.target/${target}/${source.replace(/cc$/, 'o')}`
    const [made, command] = kept.find(([made]) => made === own) ?? []
    if (!link || !made || !command) return undefined
    const object = `'${join(objects, `${target}-${source.replaceAll('/', '-')}`)}.o'`
    compile.push(command.replaceAll(`-o ${made}`, `-o ${object}`).replace(/ -MMD -MF \S+/, ` -D${DEFINE}`))
    // Where the addon takes the object from a library, the linker finds ours first.
    const library = made.replace(/^(Release\/obj.target\/\w+)\/.*/, '$1.a')
    link = link.includes(` ${made} `) ? link.replace(made, object) : link.replace(library, `${object} ${library}`)
  }
  return link ? { compile, link } : undefined
}

function run(command: string): Promise<void> {
  return new Promise<void>((done, fail) => {
    const child = spawn('sh', ['-c', command], { cwd: build, stdio: ['ignore', 'ignore', 'pipe'] })
    let text = ''
    child.stderr.on('data', (chunk) => {
      text += chunk
    })
    child.on('error', fail)
    child.on('close', (status) => (status === 0 ? done() : fail(new Error(`${command}\n${text}`))))
  })
}

async function runAll(commands: readonly string[]): Promise<void> {
  const left = [...commands]
  const worker = async () => {
    for (let command = left.shift(); command; command = left.shift()) await run(command)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
}

/** A hash of the addon's inputs; undefined where its commands are unknown. */
function currentStamp(): string | undefined {
  const commands = emulatedCommands('objects', 'linked')
  if (!commands) return undefined
  const hash = createHash('sha256').update(JSON.stringify(commands))
  const files = readdirSync(join(root, 'native'), { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  )
  for (const path of files.map((file) => join(file.parentPath, file.name)).sort())
    hash.update(`\0${path}\0`).update(readFileSync(path))
  return hash.digest('hex')
}

const keptStamp = () => (existsSync(addon) && existsSync(stampPath) ? readFileSync(stampPath, 'utf8') : undefined)

/**
 * Builds the addon where it is missing, or was built from other sources or commands, after building build/. Returns the
 * reason where this machine cannot build it, and then removes an old one; undefined on success.
 */
export async function buildEmulated(): Promise<string | undefined> {
  const stamp = currentStamp()
  if (stamp && stamp === keptStamp()) return undefined
  rmSync(addon, { force: true })
  if (process.arch !== 'x64') return 'AMX and AVX-VNNI are emulated on x64 only'
  const built = await buildNative({ log: () => {} })
  if ('reason' in built) return built.reason

  mkdirSync(folder, { recursive: true })
  const objects = mkdtempSync(join(tmpdir(), 'glassformer-emulated-'))
  try {
    const linked = `${addon}.${process.pid}`
    const commands = emulatedCommands(objects, linked)
    if (!commands) return 'the makefile of build/ has not kept the commands that made the addon'
    await runAll(commands.compile)
    await run(commands.link)
    renameSync(linked, addon)
    writeFileSync(stampPath, currentStamp() ?? '')
    return undefined
  } finally {
    rmSync(objects, { recursive: true, force: true })
  }
}
