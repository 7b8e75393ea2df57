/**
 * Examples of the docs with their outputs. A block below the comment `run` prints what its own comments say: in JavaScript those after
 * `console.log(…)`, in a shell those after commands. Or a block without a language follows at once, which is the output. Spaces and line breaks do
 * not count.
 */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { run } from './installing.ts'
import { readText, root } from './repository.ts'

interface Example {
  name: string
  language: 'js' | 'ts' | 'sh'
  code: string
  /** The block after it. */
  output?: string
}

const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
)

const examples = pages.flatMap((page) =>
  Array.from(
    readText(page).matchAll(/^<!-- run -->\n+```(js|ts|sh)\n(.*?)^```$(?:\n\n```\n(.*?)^```$)?/gms),
    (match, i): Example => {
      const [, language, code, output] = match
      return { name: `${page}, example ${i + 1}`, language: language as Example['language'], code, output }
    },
  ),
)

/** The output that an example documents. */
function said({ language, code, output }: Example): string[] {
  if (output !== undefined) return [output]
  const pattern = language !== 'sh' ? /^.*console\.log\(.*\) *\/\/ (.*)$/gm : /^[^#\n]+ # (.*)$/gm
  return Array.from(code.matchAll(pattern), ([, output]) => output)
}

/** A program with the translator that it does not load itself. */
const program = (code: string) =>
  /\btranslator\b/.test(code) && !/\btranslator = /.test(code)
    ? `import { Translator } from 'glassformer'\nconst translator = await Translator.load()\n${code}`
    : code

const unspaced = (text: string) => text.replaceAll(/\s+/g, '')

function printed({ language, code }: Example): string {
  if (language !== 'sh') {
    const { outputText } = ts.transpileModule(program(code), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    })
    const { stdout, stderr } = run(root, process.execPath, ['--input-type=module', '-e', outputText])
    return stdout + stderr
  }
  const bin = join(scratchFolder(), 'bin')
  mkdirSync(bin)
  const command = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'dist/bundle/glassformer.js')}" "$@"\n`
  for (const [name, script] of [
    ['glassformer', command],
    ['npx', '#!/bin/sh\nexec "$@"\n'],
  ]) {
    writeFileSync(join(bin, name), script)
    chmodSync(join(bin, name), 0o755)
  }
  const { stdout, stderr } = run(bin, 'sh', ['-ec', code], { PATH: `${bin}${delimiter}${process.env.PATH}` })
  return stdout + stderr
}

test.each(examples)('$name prints what it says', (example) => {
  const outputs = said(example)
  expect(outputs, 'no line says what it prints').not.toEqual([])
  expect(unspaced(printed(example)), example.code).toBe(unspaced(outputs.join('')))
})
