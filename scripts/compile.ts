/**
 * Compiles src/ into dist/ and removes files of earlier sources, so that dist/ matches src/ exactly; then writes what
 * the package has besides: comments of settings, types, and bundles.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundlePages } from './bundle/pages.ts'
import { bundle } from './bundle.ts'
import { packageTypes } from './package-types.ts'
import { commentSettings } from './setting-comments.ts'

const root = resolve(fileURLToPath(import.meta.url), '../..')
const dist = join(root, 'dist')
const compiled = /\.(d\.ts|js|js\.map)$/

function removeStale(): void {
  if (!existsSync(dist)) return
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (/^(bundle|types)\b/.test(path) || !compiled.test(path)) continue
    const sources = ['.ts', '.tsx'].map((ending) => join(root, 'src', path.replace(compiled, ending)))
    if (!sources.some((source) => existsSync(source))) rmSync(join(dist, path))
  }
}

/** The headers for users' builds of the addon, and their license. */
const NODE_ADDON_API = ['napi.h', 'napi-inl.h', 'napi-inl.deprecated.h', 'LICENSE.md']

/** Copies what users build the addon from: a binding.gyp at the package's root would make package managers build. */
function copyForBuilds(): void {
  copyFileSync(join(root, 'binding.gyp'), join(dist, 'binding.gyp'))
  mkdirSync(join(dist, 'node-addon-api'), { recursive: true })
  for (const name of NODE_ADDON_API)
    copyFileSync(join(root, 'node_modules/node-addon-api', name), join(dist, 'node-addon-api', name))
}

/** The entries with types: folders of dist/ with an index, and the index of dist/ itself. */
const TYPED = [
  '.',
  'look/inspect',
  'learn/train',
  'use/pipelines',
  'service/queue',
  'service/serve',
  'use/encode',
  'use/transcribe',
  'use/read',
  'use/web',
  'use/web/encoder',
  'use/web/speech',
]

/** Type-checks, compiles and bundles; `errors` are the compiler's messages. */
export async function compile(): Promise<{ ok: boolean; errors: string }> {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], {
    cwd: root,
    encoding: 'utf8',
  })
  removeStale()
  if (status === 0) {
    copyForBuilds()
    await commentSettings(dist)
    packageTypes(
      dist,
      TYPED.map((folder) => join(folder, 'index')),
    )
    await bundle(root)
    await bundlePages(root)
  }
  return { ok: status === 0, errors: `${stdout}${stderr}`.trim() }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { ok, errors } = await compile()
  if (errors) console.error(errors)
  process.exitCode = ok ? 0 : 1
}
