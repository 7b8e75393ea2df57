import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { embeddedFolder, modelFolder } from '#dist/files/folders/layout/model-folder.js'
import { convertFolder, Translator, writeGlassformerFolder } from '#dist/index.js'
import { train } from '#dist/learn/train/index.js'
import { ended, start } from '../../cli/command.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { golden } from './edited-folder.ts'

const scratch = scratchFolder()
/** The command in a folder where no model is. */
const elsewhere = (...args: string[]) => ended(start(args, { cwd: scratch }))
writeFileSync(join(scratch, 'pairs.tsv'), 'Merci.\tThank you.\nOui.\tYes.\nNon.\tNo.\nBonjour.\tHello.\n'.repeat(4))

test("'en-fr' is the model of the other direction, wherever a clone has it", async () => {
  const { code, stdout } = await elsewhere('translate', '--model', 'en-fr', 'Where is the station?')
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Où est la gare ?\n' })
})

describe("'fr-en', the embedded model's name", () => {
  test('is what translate, info, listing and evaluate take as --model', async () => {
    expect((await elsewhere('translate', '--model', 'fr-en', 'Merci.')).stdout).toBe('Thank you.\n')
    expect(JSON.parse((await elsewhere('info', '--model', 'fr-en', '--json')).stdout).model.path).toBe(embeddedFolder())
    expect((await elsewhere('listing', '--model', 'fr-en')).stdout).toContain('linear')
    const evaluated = await elsewhere('evaluate', '--model', 'fr-en', '--test', 'pairs.tsv', '--beams', '1')
    expect(evaluated).toMatchObject({ code: 0, stdout: expect.stringContaining('fr-en') })
  })

  test('is what quantize and convertFolder take, also where what is made has the name', async () => {
    const { code, stdout } = await elsewhere('quantize', 'fr-en', '--to', 'float16', '--output', 'made/fr-en')
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^fr-en: int8, 10\.\d MB\nmade\/fr-en: float16, 19\.\d MB/),
    })
    convertFolder('fr-en', pathToFileURL(join(scratch, 'converted')), 'int8')
    expect(readFileSync(join(scratch, 'converted/vocab.json'))).toEqual(
      readFileSync(join(embeddedFolder(), 'vocab.json')),
    )
  })

  test('is what --from and --teacher take, and stays so in the settings of the run, which goes on from any folder', async () => {
    const short = ['--steps', '1', '--held-out', '0', '--output', join(scratch, 'run')]
    const { code, stderr } = await elsewhere('train', '--from', 'fr-en', '--tsv', 'pairs.tsv', ...short)
    expect(code, stderr).toBe(0)
    const settings = JSON.parse(readFileSync(join(scratch, 'run/settings.json'), 'utf8'))
    expect(settings.from).toBe('fr-en')
    mkdirSync(join(scratch, 'other'))
    const again = await ended(start(['train', ...short, '--steps', '2'], { cwd: join(scratch, 'other') }))
    expect(again.code, again.stderr).toBe(0)
    const tiny = ['--preset', 'tiny', '--steps', '1', '--held-out', '0', '--output', 'student']
    const taught = await elsewhere('train', '--teacher', 'fr-en', '--tsv', 'pairs.tsv', ...tiny)
    expect(taught.code, taught.stderr).toBe(0)
  })

  test('gives way to a folder of this name, and is what is loaded without any', async () => {
    const own = join(scratch, 'own')
    cpSync(golden('marian-f16'), join(own, 'fr-en'), { recursive: true })
    const there = (...args: string[]) => ended(start([...args, '--json'], { cwd: own }))
    expect(JSON.parse((await there('info', '--model', 'fr-en')).stdout).model.path).toBe(join(own, 'fr-en'))
    expect(JSON.parse((await there('info')).stdout).model.path).toBe(embeddedFolder())
  })

  test('of load is the same model', async () => {
    await using translator = await Translator.load('fr-en')
    expect(translator.model).toMatchObject({ name: 'fr-en', path: embeddedFolder() })
  })
})

describe('a file: URL', () => {
  const url = pathToFileURL(golden('marian-f16'))

  test('is what load takes, with and without a slash at its end', async () => {
    for (const given of [url, new URL(`${url}/`)]) {
      await using translator = await Translator.load(given, { backend: 'js' })
      expect(translator.model.hasTokenizer).toBe(false)
    }
  })

  test('is where convertFolder and writeGlassformerFolder write', async () => {
    const folder = pathToFileURL(`${scratch}/a folder of 100 %`)
    convertFolder(url, folder, 'float32')
    expect(modelFolder(folder)).toBe(`${scratch}/a folder of 100 %`)
    await using translator = await Translator.load(folder, { backend: 'js' })
    expect(translator.model.storedAs).toBe('float32')
    const option = { code: 'ERR_OPTION', message: expect.stringContaining("option 'weights'") }
    expect(() => writeGlassformerFolder(folder, { weights: {}, dtype: 'float32' } as never)).toThrow(
      expect.objectContaining(option),
    )
    await expect(train({} as never, folder)).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })

  test.each([
    [new URL('https://example.org/model'), /must be a path or a URL of a file, not 'https:.*: .*scheme/],
    [new URL('file:///a%2fb'), /must be a path or a URL of a file/],
    [{ href: 1 }, /must be a path, not \{ href: 1 \}/],
    [null, /must be a path, not null/],
    [Proxy.revocable({}, {}).proxy, /must be a path/],
  ])('is no %s', async (given, message) => {
    await expect(Translator.load(given as never)).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(message),
    })
  })
})
