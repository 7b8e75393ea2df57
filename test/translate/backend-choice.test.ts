import { describe, expect, it } from 'vitest'
import { backendInfo } from '#dist/index.js'
import { nativeReasons } from '../backends.ts'
import { runScript } from './script.ts'

const script = (options: string) => `
  process.on('warning', ({ code, message }) => console.log('warning', code, message))
  try {
    for (let i = 0; i < 2; i++) {
      const translator = await Translator.load(undefined, ${options})
      const { text } = await translator.translate('Oui.', { beams: 1 })
      const { backend, reasons } = translator.backendInfo()
      console.log(backend, reasons.length, text, translator.translateSync('Oui.', { beams: 1 }).text)
    }
  } catch ({ code, message }) {
    console.log(code, message)
  }`
const outputOf = async (options: object, env: NodeJS.ProcessEnv) => {
  const { code, stdout } = await runScript(script(JSON.stringify(options)), { GLASSFORMER_BACKEND: '', ...env })
  expect(code).toBe(0)
  return stdout.trim().split('\n')
}
const none = { GLASSFORMER_ADDON: '/nonexistent' }

describe('the backend', () => {
  it('is JavaScript, without a warning, where that is asked for', async () => {
    expect(await outputOf({ backend: 'js' }, none)).toEqual(['js 0 Yes. Yes.', 'js 0 Yes. Yes.'])
    expect(await outputOf({}, { GLASSFORMER_BACKEND: 'js' })).toEqual(['js 0 Yes. Yes.', 'js 0 Yes. Yes.'])
  })

  it('falls back to JavaScript with exactly one warning that tells why', async () => {
    const [warning, ...rest] = (await outputOf({}, none)).sort().reverse()
    expect(warning).toMatch(/^warning GLASSFORMER_JAVASCRIPT .*plain JavaScript.*\/nonexistent does not exist/)
    expect(rest).toEqual(['js 1 Yes. Yes.', 'js 1 Yes. Yes.'])
  })

  it('is an error where native is asked for and cannot be, with every reason', async () => {
    for (const [options, env] of [
      [{ backend: 'native' }, none],
      [{}, { ...none, GLASSFORMER_BACKEND: 'native' }],
    ])
      expect(await outputOf(options, env)).toEqual([
        expect.stringMatching(/^ERR_BACKEND .*\/nonexistent does not exist/),
      ])
  })

  it('named wrongly is an error that says where it was named', async () => {
    const [line] = await outputOf({}, { GLASSFORMER_BACKEND: 'gpu' })
    expect(line).toBe(`ERR_OPTION backend (GLASSFORMER_BACKEND) must be one of auto, native, js, not 'gpu'`)
  })

  it('is what the options say, not what the environment says', async () => {
    expect(await outputOf({ backend: 'js' }, { GLASSFORMER_BACKEND: 'native', ...none })).toHaveLength(2)
  })

  it.skipIf(nativeReasons.length)('is native where it can be', async () => {
    expect(await outputOf({}, {})).toEqual(['native 0 Yes. Yes.', 'native 0 Yes. Yes.'])
  })

  it('can be asked for without loading a model', () => {
    expect(backendInfo({ backend: 'js' })).toMatchObject({ backend: 'js', isa: 'javascript', reasons: [] })
    if (!nativeReasons.length)
      expect(backendInfo({ backend: 'native', threads: 1 })).toMatchObject({ backend: 'native', threads: 1 })
    expect(() => backendInfo({ backend: 'quantum' as 'js' })).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  })
})
