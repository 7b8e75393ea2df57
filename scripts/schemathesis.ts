/**
 * Tests a server of this clone against its OpenAPI description by schemathesis (Python), which is installed once into
 * node_modules/.cache: no answer may be an internal error, or one that the description does not have. `npm run script scripts/schemathesis.ts [examples]`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const VERSION = '4.32.*'
const root = resolve(import.meta.dirname, '..')
const folder = join(root, 'node_modules/.cache/schemathesis')
const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin')

function run(command: string, args: string[]): number | null {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (error) throw error
  return status
}

if (!existsSync(join(bin, 'schemathesis'))) {
  const failed =
    run('python3', ['-m', 'venv', folder]) || run(join(bin, 'pip'), ['install', '--quiet', `schemathesis==${VERSION}`])
  if (failed) process.exit(failed)
}

const [examples = '30'] = process.argv.slice(2)
const { serve } = await import('../dist/service/serve/index.js')
// Texts are short and token limits low, because the test is about the interface, not the model.
const server = await serve({ port: 0, log: 'error', characters: 2000, maxTokens: 8, beams: 4, timeout: 30 })
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
]
const args = [
  'run',
  `${server.url}/openapi.json`,
  '--checks',
  checks.join(','),
  '--max-examples',
  examples,
  '--workers',
  '2',
]
const child = spawn(join(bin, 'schemathesis'), args, { stdio: 'inherit', cwd: folder }) // for its cache
child.on('close', async (code) => {
  await server.close()
  process.exit(code ?? 1)
})
