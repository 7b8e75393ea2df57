/** Builds the WebAssembly modules by zig, unless they exist and were built from these inputs. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { packageRoot as root } from '../native-build.mjs'
import { contentHash, objectsFolder, onAllCores, replaceFile, sha256, zigIn } from './compile.ts'
import { wasmFlaw } from './flaw.ts'
import { compilerFlags, linkerFlags, modules, sourcesOf, type WasmSource } from './wasm.ts'
import { ZIG_VERSION } from './zig.ts'

export const wasmFolder = join(root, 'wasm')
const files = Object.keys(modules)
const pathOf = (file: string) => join(wasmFolder, file)
const stamp = join(wasmFolder, 'inputs')

/** A hash of the modules' inputs. */
const inputs = () =>
  sha256(
    JSON.stringify([
      ZIG_VERSION,
      modules,
      compilerFlags(),
      linkerFlags,
      sourcesOf(),
      sealed.toString(),
      contentHash(['native']),
    ]),
  )

/** Whether the existing modules were built from these inputs. */
export function isWasmCurrent(): boolean {
  if (![stamp, ...files.map(pathOf)].every((path) => existsSync(path))) return false
  const [made, ...sums] = readFileSync(stamp, 'utf8').trim().split('\n')
  return made === inputs() && files.every((file, i) => sums[i] === sha256(readFileSync(pathOf(file))))
}

/**
 * A module with an additional custom section at its end, which engines ignore: a checksum of everything before it, and
 * the mark by which src/engine/backend/native/elf.ts recognizes it.
 */
function sealed(module: Buffer): Buffer {
  const [name, mark, checksum] = [Buffer.from('seal'), Buffer.from('glassformer\n'), Buffer.alloc(4)]
  const size = 1 + name.length + checksum.length + mark.length
  const before = Buffer.concat([module, Buffer.from([0, size, name.length]), name])
  checksum.writeUInt32LE(crc32(before))
  return Buffer.concat([before, checksum, mark])
}

/** Compiles and links all modules; existing ones are kept until the new ones are complete. Returns their bytes. */
export async function buildWasm(zig: string): Promise<number> {
  const folder = objectsFolder('wasm')
  mkdirSync(wasmFolder, { recursive: true })
  const run = zigIn(root, zig)
  const made = inputs() // hashed now, before anything is compiled
  const { own, common } = sourcesOf()
  const objectOf = (file: string, { source }: WasmSource) => join(folder, `${file}-${source.replaceAll('/', '-')}.o`)
  const units: { file: string; source: WasmSource; cpu?: string }[] = [
    ...files.flatMap((file) => own.map((source) => ({ file, source, cpu: modules[file] }))),
    ...common.map((source) => ({ file: 'all', source })),
  ]
  await onAllCores(units, ({ file, source, cpu }) =>
    run(['c++', ...compilerFlags(cpu), ...source.flags, '-c', source.source, '-o', objectOf(file, source)]),
  )
  const built: { file: string; module: Buffer }[] = []
  for (const file of files) {
    const linked = join(folder, `${process.pid}-${file}`)
    const objects = [...own.map((source) => objectOf(file, source)), ...common.map((source) => objectOf('all', source))]
    await run(['c++', ...linkerFlags, '-o', linked, ...objects.sort()])
    const module = sealed(readFileSync(linked))
    rmSync(linked)
    const flaw = wasmFlaw(module, { isRelaxed: modules[file].includes('relaxed_simd') })
    if (flaw) throw new Error(`${file} was linked, but ${flaw}`)
    built.push({ file, module })
  }
  for (const { file, module } of built) replaceFile(pathOf(file), module)
  replaceFile(stamp, `${[made, ...built.map(({ module }) => sha256(module))].join('\n')}\n`)
  return built.reduce((bytes, { module }) => bytes + module.length, 0)
}
