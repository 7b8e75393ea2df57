/** The folders of the packages that a release publishes, each as npm packs it. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageRoot as root } from '../native-build.mjs'
import { addonOf } from '../prebuild/build.ts'
import { isWasmCurrent, wasmFolder } from '../prebuild/build-wasm.ts'
import { LICENSES } from '../prebuild/licenses.ts'
import { targets } from '../prebuild/targets.ts'
import { licenseTexts } from './license-texts.ts'
import { addonComponents, bundledComponents, type Component, sbom, wasmComponents } from './sbom.ts'

export const SCOPE = '@glassformer'
const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
export const { version } = own

/** Models of ours that are packages of their own; the package depends on those with `isNeeded`. */
const models: Record<string, { description: string; isNeeded: boolean; license?: string }> = {
  'fr-en': { description: 'The French → English model of Glassformer.', isNeeded: true },
  'en-fr': { description: 'The English → French model of Glassformer.', isNeeded: false },
  'silero-vad-v6': {
    description: 'The weights of Silero VAD, with which Glassformer tells speech.',
    isNeeded: true,
    license: 'MIT',
  },
}

/** The files that the package carries itself. Its docs are in the repository; sources of the addon are in the self-contained tarball too. */
const CARRIED = [...['dist/bundle', 'dist/types'], ...['README.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE']]

const common = ({
  name,
  description,
  license = own.license,
}: {
  name: string
  description: string
  license?: string
}) => ({
  name: `${SCOPE}/${name}`,
  version,
  description,
  homepage: own.homepage,
  bugs: own.bugs,
  repository: own.repository,
  license,
})

const writeJson = (path: string, value: unknown) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)

/** Copies files of the clone into a new folder. */
function copied(folder: string, paths: readonly string[], from = root): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    cpSync(join(from, path), join(folder, path), { recursive: true })
  }
}

/** Adds the licenses of what is bundled, and the list of it. */
function addComponents(folder: string, manifest: Parameters<typeof sbom>[0], components: readonly Component[]): void {
  const texts = licenseTexts(components)
  if (texts) writeFileSync(join(folder, LICENSES), texts)
  writeJson(join(folder, 'sbom.cdx.json'), sbom(manifest, components))
}

/** A package of a release. */
interface Staged {
  name: string
  folder: string
}

/** Makes the folders in `output`; returns them in the order in which they are to be published. */
export function stagePackages(output: string, platforms: readonly string[]): Staged[] {
  return [
    ...platforms.map((name) => stagePlatform(join(output, name), name)),
    ...Object.keys(models).map((name) => stageModel(join(output, name), name)),
    stageMain(join(output, own.name), platforms),
  ]
}

function stagePlatform(folder: string, name: string): Staged {
  const { system, arch } = targets[name]
  const libc = system === 'linux' ? { libc: [name.endsWith('-musl') ? 'musl' : 'glibc'] } : {}
  const description = `The native addon of Glassformer for ${name}.`
  const manifest = { ...common({ name, description }), os: [system], cpu: [arch], ...libc, files: FILES_OF_ADDON }
  copied(folder, ['LICENSE'])
  copyFileSync(addonOf(name), join(folder, 'glassformer.node'))
  writeFileSync(
    join(folder, 'README.md'),
    `# ${manifest.name}\n\n${description} The package \`${own.name}\` installs it.\n`,
  )
  writeJson(join(folder, 'package.json'), manifest)
  addComponents(folder, manifest, addonComponents(targets[name]))
  return { name: manifest.name, folder }
}

const FILES_OF_ADDON = ['glassformer.node', LICENSES, 'sbom.cdx.json']

function stageModel(folder: string, name: string): Staged {
  const { description, license } = models[name]
  const manifest = common({ name, description, license })
  copied(folder, ['.'], join(root, 'models', name))
  if (!existsSync(join(folder, 'LICENSE'))) copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  writeJson(join(folder, 'package.json'), manifest)
  addComponents(folder, manifest, [])
  return { name: manifest.name, folder }
}

function stageMain(folder: string, platforms: readonly string[]): Staged {
  copied(folder, CARRIED)
  if (isWasmCurrent())
    for (const file of ['glassformer.wasm', 'glassformer-relaxed.wasm', LICENSES]) {
      mkdirSync(join(folder, 'wasm'), { recursive: true })
      copyFileSync(join(wasmFolder, file), join(folder, 'wasm', file))
    }
  const { devDependencies, scripts, overrides, imports, files, ...manifest } = own
  const exactly = (names: readonly string[]) => Object.fromEntries(names.map((name) => [`${SCOPE}/${name}`, version]))
  Object.assign(manifest, {
    dependencies: exactly(Object.keys(models).filter((name) => models[name].isNeeded)),
    optionalDependencies: exactly(platforms),
  })
  writeJson(join(folder, 'package.json'), manifest)
  // dist/bundle/ and wasm/ have the licenses already.
  const ofWasm = existsSync(join(folder, 'wasm')) ? wasmComponents() : []
  writeJson(join(folder, 'sbom.cdx.json'), sbom(manifest, [...bundledComponents(), ...ofWasm]))
  return { name: own.name, folder }
}
