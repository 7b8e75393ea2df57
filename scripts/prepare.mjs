// Runs after an installation from a folder or from git, which have no dist/: it is built where the compiler is there.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const isThere = (path) => existsSync(join(root, path))

if (!isThere('dist/bundle/index.js')) {
  if (isThere('node_modules/typescript')) {
    const { status } = spawnSync('npm', ['run', 'build'], { cwd: root, stdio: 'inherit', shell: true })
    process.exitCode = status ?? 1
  } else console.error(`glassformer: ${root} is not built and cannot be used yet: run npm ci and npm run setup in it`)
}
