/**
 * Tests that Jest runs, and vitest in its vmThreads and vmForks (test/repository/realms.test.ts): there a file has globals of its own, and
 * what a worker or Node sends is of other classes than those that the code sees.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runInNewContext, runInThisContext } from 'node:vm'
import {
  convertFolder,
  GlassformerError,
  openSafetensors,
  Translator,
  writeSafetensors,
} from '../../../dist/bundle/index.js'

const source = 'Je suis étudiant.'
const translation = 'I am a student.'
const scratch = mkdtempSync(join(tmpdir(), 'glassformer-realm-'))
const codeOf = (promise) =>
  promise.then(
    () => 'none',
    (error) => error instanceof GlassformerError && error.code,
  )
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('the realm is one of its own, else there is nothing to see here', () => {
  expect(runInThisContext('Float32Array')).not.toBe(Float32Array)
})

describe.each(['js', 'auto'])('%s', (backend) => {
  let translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { backend, workers: 1 })
  })
  afterAll(() => translator.close())

  test('translates on the calling thread, and in a worker piece by piece', async () => {
    expect(translator.translateSync(source, { beams: 1, attention: true }).text).toBe(translation)
    let text = ''
    for await (const piece of translator.stream(source, { beams: 1 })) text += piece.text
    expect(text).toBe(translation)
  })

  test.each([
    ['its own', () => new AbortController()],
    ["another realm's", () => new (runInNewContext('AbortController', { AbortController }))()],
  ])('takes the signal of %s controller', async (_, make) => {
    const controller = make()
    const translating = codeOf(translator.translate(Array(500).fill(source), { signal: controller.signal }))
    controller.abort(new Error('enough'))
    expect(await translating).toBe('ERR_ABORTED')
  })
})

test('reads and writes tensors of both realms', () => {
  const path = join(scratch, 'tensors.safetensors')
  const arrays = { own: Float32Array, other: runInNewContext('Float32Array') }
  const tensors = Object.entries(arrays).map(([name, type]) => ({
    name,
    shape: [2],
    dtype: 'F32',
    values: type.of(1, 2),
  }))
  writeSafetensors(path, tensors)
  const file = openSafetensors(path)
  for (const [name, type] of Object.entries(arrays)) {
    const into = new type(2)
    file.readFloats(name, into)
    expect([...into]).toEqual([1, 2])
  }
  file.close()
})

test.each(['js', 'auto'])('loads a folder in float32 that it has converted, by its URL, %s', async (backend) => {
  const folder = pathToFileURL(join(scratch, backend))
  convertFolder(new URL('../../golden/hub/marian-f16/model', import.meta.url), folder, 'float32')
  const translator = await Translator.load(folder, { backend })
  expect(translator.translateSync([3, 4, 5]).ids.length).toBeGreaterThan(0)
  await translator.close()
})
