import { describe, expect, it } from 'vitest'
import { backendInfo } from '#dist/index.js'
import { nativeReasons, wasmBackends } from '../../backends.ts'
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
const outputOf = async (options: object, env: NodeJS.ProcessEnv, flags: string[] = []) => {
  const { code, stdout } = await runScript(script(JSON.stringify(options)), { GLASSFORMER_BACKEND: '', ...env }, flags)
  expect(code).toBe(0)
  return stdout.trim().split('\n')
}
const none = { GLASSFORMER_ADDON: '/nonexistent' }

describe('the backend', () => {
  it('is JavaScript, without a warning, if that is asked for', async () => {
    expect(await outputOf({ backend: 'js' }, none)).toEqual(['js 0 Yes. Yes.', 'js 0 Yes. Yes.'])
    expect(await outputOf({}, { GLASSFORMER_BACKEND: 'js' })).toEqual(['js 0 Yes. Yes.', 'js 0 Yes. Yes.'])
  })

  it.skipIf(!wasmBackends.length)(
    'falls back to WebAssembly with exactly one warning that gives the reason',
    async () => {
      const lines = await outputOf({}, none)
      const warnings = lines.filter((line) => line.startsWith('warning'))
      const rest = lines.filter((line) => !warnings.includes(line))
      expect(warnings).toHaveLength(1)
      expect(warnings[0]).toMatch(/^warning GLASSFORMER_WEBASSEMBLY .*WebAssembly.*\/nonexistent does not exist/)
      expect(rest).toEqual(['wasm 1 Yes. Yes.', 'wasm 1 Yes. Yes.'])
    },
  )

  it('falls back to JavaScript if WebAssembly is forbidden, with one warning that gives the reason', async () => {
    const [warning, ...rest] = (await outputOf({}, none, ['--no-expose-wasm'])).sort().reverse()
    expect(warning).toMatch(
      /^warning GLASSFORMER_JAVASCRIPT .*plain JavaScript.*\/nonexistent does not exist; WebAssembly is forbidden here/,
    )
    expect(rest).toEqual(['js 2 Yes. Yes.', 'js 2 Yes. Yes.'])
  })

  it('is an error with the reason if WebAssembly is asked for and not available', async () => {
    expect(await outputOf({ backend: 'wasm' }, {}, ['--no-expose-wasm'])).toEqual([
      'ERR_BACKEND WebAssembly cannot be loaded: WebAssembly is forbidden here, as by node --jitless',
    ])
  })

  it.skipIf(!wasmBackends.length)('is WebAssembly, without a warning, if that is asked for', async () => {
    expect(await outputOf({ backend: 'wasm' }, none)).toEqual(['wasm 0 Yes. Yes.', 'wasm 0 Yes. Yes.'])
  })

  it('is an error with every reason if native is asked for and not available', async () => {
    for (const [options, env] of [
      [{ backend: 'native' }, none],
      [{}, { ...none, GLASSFORMER_BACKEND: 'native' }],
    ])
      expect(await outputOf(options, env)).toEqual([
        expect.stringMatching(/^ERR_BACKEND .*\/nonexistent does not exist/),
      ])
  })

  it('with a wrong name is an error that says where the name was given', async () => {
    const [line] = await outputOf({}, { GLASSFORMER_BACKEND: 'gpu' })
    expect(line).toBe(`ERR_OPTION backend (GLASSFORMER_BACKEND) must be one of auto, native, wasm, js, not 'gpu'`)
  })

  it('follows the options, not the environment', async () => {
    expect(await outputOf({ backend: 'js' }, { GLASSFORMER_BACKEND: 'native', ...none })).toHaveLength(2)
  })

  it.skipIf(nativeReasons.length)('is native if that is available', async () => {
    expect(await outputOf({}, {})).toEqual(['native 0 Yes. Yes.', 'native 0 Yes. Yes.'])
  })

  it('can be asked for without loading a model', () => {
    expect(backendInfo({ backend: 'js' })).toMatchObject({ backend: 'js', isa: 'javascript', reasons: [] })
    if (!nativeReasons.length)
      expect(backendInfo({ backend: 'native', threads: 1 })).toMatchObject({ backend: 'native', threads: 1 })
    expect(() => backendInfo({ backend: 'quantum' as 'js' })).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  })
})
