/** The folders of the packages that a release publishes, each as npm packs it. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageRoot as root } from '../native-build.mjs'
import { addonOf } from '../prebuild/build.mjs'
import { isWasmCurrent, wasmFolder } from '../prebuild/build-wasm.mjs'
import { LICENSES } from '../prebuild/licenses.mjs'
import { targets } from '../prebuild/targets.mjs'
import { licenseTexts } from './license-texts.mjs'
import { addonComponents, bundledComponents, sbom, wasmComponents } from './sbom.mjs'

export const SCOPE = '@glassformer'
const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
export const { version } = own

/** Models of ours that are packages of their own; the package depends on those with `isNeeded`. */
const models = {
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

const common = ({ name, description, license = own.license }) => ({
  name: `${SCOPE}/${name}`,
  version,
  description,
  homepage: own.homepage,
  bugs: own.bugs,
  repository: own.repository,
  license,
})

const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)

/** Copies files of the clone into a new folder. */
function copied(folder, paths, from = root) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    cpSync(join(from, path), join(folder, path), { recursive: true })
  }
}

/** Adds the licenses of what is bundled, and the list of it. */
function addComponents(folder, manifest, components) {
  const texts = licenseTexts(components)
  if (texts) writeFileSync(join(folder, LICENSES), texts)
  writeJson(join(folder, 'sbom.cdx.json'), sbom(manifest, components))
}

/** Makes the folders in `output`; returns them in the order in which they are to be published. */
export function stagePackages(output, platforms) {
  return [
    ...platforms.map((name) => stagePlatform(join(output, name), name)),
    ...Object.keys(models).map((name) => stageModel(join(output, name), name)),
    stageMain(join(output, own.name), platforms),
  ]
}

function stagePlatform(folder, name) {
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

function stageModel(folder, name) {
  const { description, license } = models[name]
  const manifest = common({ name, description, license })
  copied(folder, ['.'], join(root, 'models', name))
  if (!existsSync(join(folder, 'LICENSE'))) copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  writeJson(join(folder, 'package.json'), manifest)
  addComponents(folder, manifest, [])
  return { name: manifest.name, folder }
}

function stageMain(folder, platforms) {
  copied(folder, CARRIED)
  if (isWasmCurrent())
    for (const file of ['glassformer.wasm', 'glassformer-relaxed.wasm', LICENSES]) {
      mkdirSync(join(folder, 'wasm'), { recursive: true })
      copyFileSync(join(wasmFolder, file), join(folder, 'wasm', file))
    }
  const { devDependencies, scripts, overrides, imports, files, ...manifest } = own
  const exactly = (names) => Object.fromEntries(names.map((name) => [`${SCOPE}/${name}`, version]))
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
