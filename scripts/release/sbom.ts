/** A list of what packages contain of others, in the format CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageRoot as root } from '../native-build.mjs'
import type { Target } from '../prebuild/targets.ts'
import { findZig, ZIG_VERSION } from '../prebuild/zig.ts'

/** A work of others. `file` is its license's text, where there is one. */
export interface Component {
  name: string
  version: string
  license: string
  purl: string
  file?: string
  author?: string
}

/** The package that has the components. */
interface Manifest {
  name: string
  version: string
  license: string
  description: string
}

const licenseFile = (folder: string) => {
  const name = readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each))
  return name ? join(folder, name) : undefined
}

/** A component of an npm package in a folder. */
function packageIn(folder: string): Component {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const [encoded] = [name.replace('@', '%40')]
  return {
    name,
    version,
    license,
    purl: `pkg:npm/${encoded}@${version}`,
    file: licenseFile(folder),
    author: author?.name ?? author,
  }
}

/** The npm packages with code in dist/bundle/, and the headers for users' builds; scripts/compile.ts lists the former. */
export function bundledComponents(): Component[] {
  const folders: string[] = JSON.parse(readFileSync(join(root, 'dist/bundled-packages.json'), 'utf8'))
  return [...new Set([...folders, 'node_modules/preact', 'node_modules/node-addon-api'])]
    .sort()
    .map((folder) => packageIn(join(root, folder)))
}

const LLVM = 'Apache-2.0 WITH LLVM-exception'

/** zig where it is here, found once. */
let found: ReturnType<typeof findZig> | undefined

/** A library of zig, which links it into what it builds. */
function library(name: string, path: string, license: string): Component {
  found ??= findZig({ mayInstall: false })
  const { zig } = found
  const file = zig && join(dirname(zig), path)
  const version = `zig-${ZIG_VERSION}`
  return {
    name,
    version,
    license,
    purl: `pkg:generic/${name}@${version}`,
    file: file && existsSync(file) ? file : undefined,
  }
}

/** The parts of everything that zig has built: LLVM's C++ library, and zig's own part of a compiler's runtime. */
const everywhere = () => [
  library('libcxx', 'lib/libcxx/LICENSE.TXT', LLVM),
  library('libcxxabi', 'lib/libcxxabi/LICENSE.TXT', LLVM),
  library('zig-compiler-rt', 'LICENSE', 'MIT'),
]

/** The works of others in an addon of a target. */
export const addonComponents = ({ system, zig }: Target): Component[] => [
  packageIn(join(root, 'node_modules/node-addon-api')),
  packageIn(join(root, 'node_modules/node-api-headers')),
  ...everywhere(),
  ...(system === 'darwin' ? [] : [library('libunwind', 'lib/libunwind/LICENSE.TXT', LLVM)]),
  ...(zig.endsWith('musl') ? [library('musl', 'lib/libc/musl/COPYRIGHT', 'MIT')] : []),
  ...(system === 'win32' ? [library('mingw-w64', 'lib/libc/mingw/COPYING', 'ZPL-2.1')] : []),
]

/** The works of others in the WebAssembly modules. */
export const wasmComponents = (): Component[] => [
  ...everywhere(),
  library('wasi-libc', 'lib/libc/wasi/LICENSE', `${LLVM} OR Apache-2.0 OR MIT`),
]

/** The number is a hash of the content, so that the same release has the same file. */
function serialNumber(content: unknown): string {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A license as the format has it: an identifier, or an expression of several. */
const licensesOf = (license: string | undefined) =>
  license === undefined ? [] : /[ ()]/.test(license) ? [{ expression: license }] : [{ license: { id: license } }]

/** The list for a package with these components. */
export function sbom({ name, version, license, description }: Manifest, components: readonly Component[]) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  const entry = (each: Component) => ({
    type: 'library',
    'bom-ref': each.purl,
    name: each.name,
    version: each.version,
    licenses: licensesOf(each.license),
    purl: each.purl,
  })
  const unique = [...new Map(components.map((each) => [each.purl, entry(each)])).values()]
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: serialNumber([purl, unique]),
    version: 1,
    metadata: {
      component: { type: 'library', 'bom-ref': purl, name, version, description, licenses: licensesOf(license), purl },
    },
    components: unique,
    dependencies: [
      { ref: purl, dependsOn: unique.map((each) => each.purl) },
      ...unique.map((each) => ({ ref: each.purl })),
    ],
  }
}
