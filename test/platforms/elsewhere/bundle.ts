import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { rolldown } from 'rolldown'
import { root } from '../../repository/repository.ts'

const folder = join(root, 'node_modules/.cache/glassformer-tests/elsewhere')

/** test/engine/program/op-tests.ts looks on the disk for the tests of ops: in the bundle they are imported by name. */
const namesOpTests = {
  name: 'names the tests of ops',
  load(path: string) {
    if (!path.endsWith('op-tests.ts')) return null
    const files = readdirSync(join(root, 'test/ops')).filter((file) => file.endsWith('.ts'))
    const imports = files.map((file, i) => `import * as file${i} from '../../ops/${file}'`)
    const entries = files.map((_, i) => `...file${i}`)
    return {
      code: `${imports.join('\n')}\nexport const opTests = { ${entries.join(', ')} }\n`,
      moduleType: 'js' as const,
    }
  },
}

/** Tests name their golden files by their own place, which is not the bundle's. */
const keepsPlaces = {
  name: 'keeps the places of modules',
  transform(code: string, path: string) {
    if (!path.startsWith(join(root, 'test')) || !code.includes('import.meta.url')) return null
    const place = `new URL(${JSON.stringify(relative(folder, path).replaceAll('\\', '/'))}, import.meta.url).href`
    return { code: code.replaceAll('import.meta.url', place), moduleType: 'ts' as const }
  },
}

/** Bundles run.ts with all that it imports, for a Node.js of any platform: the path of the bundle, which lies within the package. */
export async function bundleTests(): Promise<string> {
  const bundle = await rolldown({
    input: join(root, 'test/platforms/elsewhere/run.ts'),
    platform: 'node',
    resolve: { alias: { vitest: join(root, 'test/platforms/elsewhere/vitest.ts') } },
    plugins: [namesOpTests, keepsPlaces],
  })
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' })
  return join(folder, 'run.mjs')
}
