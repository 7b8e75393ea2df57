import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../files/formats/raw-safetensors.ts'
import { hasExtras, NO_EXTRAS } from '../whole.ts'
import { installed, run, TIMEOUT } from './installing.ts'
import { root } from './repository.ts'

const project = scratchFolder()

test(
  'Deno translates on the calling thread, and an honest error says that it cannot in worker threads',
  (context) => {
    context.skip(!hasExtras, NO_EXTRAS)
    const { modules, skipped } = installed({ deno: '2.9.6' })
    context.skip(skipped !== undefined, skipped)
    const [platform] = readdirSync(join(modules, '@deno'))
    mkdirSync(join(project, 'node_modules'))
    symlinkSync(root, join(project, 'node_modules/glassformer'))
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
    writeFileSync(
      join(project, 'main.mjs'),
      `import { Translator } from 'glassformer'
      const translator = await Translator.load()
      console.log(translator.translateSync('Je suis étudiant.').text)
      const { code, message } = await translator.translate('Merci.').catch((error) => error)
      console.log(code, message)
      await translator.close()`,
    )
    const deno = join(modules, '@deno', platform!, 'deno')
    const { stdout, stderr } = run(project, deno, ['run', '-A', '--node-modules-dir=manual', 'main.mjs'])
    expect(stdout, stderr).toMatch(/^I am a student\.\nERR_UNSUPPORTED Deno's worker threads .* translateSync\(\).*\n$/)
    expect(stderr).toBe('')
  },
  TIMEOUT,
)
