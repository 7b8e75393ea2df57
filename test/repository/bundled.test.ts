import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { root } from './repository.ts'

const scratch = scratchFolder()
writeFileSync(join(scratch, 'package.json'), '{ "name": "a-server" }')

/** What a server says that has the package in its bundle; `define` is done to the sources. */
async function errorOf(name: string, define: Record<string, string>): Promise<string> {
  const input = join(root, 'dist/bundle/index.js')
  const bundled = await rolldown({ input, external: [/^node:/, 'cli-progress'], transform: { define } })
  await bundled.write({ dir: join(scratch, name), entryFileNames: 'server.mjs' })
  await bundled.close()
  return spawnSync(process.execPath, [join(scratch, name, 'server.mjs')], { encoding: 'utf8' }).stderr
}

test.each([
  ['as it is', {}],
  ['as CommonJS, where modules have no address', { 'import.meta.url': 'undefined' }],
])('the package in a bundle, %s, says to leave it out', async (name, define) => {
  expect(await errorOf(name, define)).toMatch(
    /^GlassformerError: .* leave it out of the bundle \(esbuild: --external:glassformer\)/m,
  )
})
