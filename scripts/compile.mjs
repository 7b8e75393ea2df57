/** Compiles src/ into dist/ and removes what earlier sources left there, so that dist/ is what src/ says and no more. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const compiled = /\.(d\.ts|js|js\.map)$/

function removeStale() {
  const dist = join(root, 'dist')
  if (!existsSync(dist)) return
  for (const path of readdirSync(dist, { recursive: true })) {
    const source = join(root, 'src', path.replace(compiled, '.ts'))
    if (compiled.test(path) && !existsSync(source)) rmSync(join(dist, path))
  }
}

/** Type-checks and compiles; `errors` is what the compiler said. */
export function compile() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], {
    cwd: root,
    encoding: 'utf8',
  })
  removeStale()
  return { ok: status === 0, errors: `${stdout}${stderr}`.trim() }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { ok, errors } = compile()
  if (errors) console.error(errors)
  process.exitCode = ok ? 0 : 1
}
