import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ended, glassformer, start } from '../command.ts'

describe('glassformer inspect', () => {
  test('serves the page on this machine, answers its requests, and ends by Ctrl-C', async () => {
    const child = start(['inspect', 'Merci.'])
    const end = ended(child)
    const url = await new Promise<string>((resolve, reject) => {
      let printed = ''
      child.stdout!.on('data', (text) => {
        printed += text
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(printed)
        if (found) resolve(found[0])
      })
      child.on('close', () => reject(new Error(printed)))
    })
    expect(await (await fetch(url)).text()).toContain('"source":"Merci."')
    const { models } = (await (await fetch(`${url}api/models`)).json()) as { models: { name: string }[] }
    expect(models).toEqual([{ name: 'fr-en' }])
    const ask = (options: object) =>
      fetch(`${url}api/inspect`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'fr-en', source: 'Merci.', options }),
      })
    const trace = await (await ask({ steps: 2, tensors: ['encoder.0.selfAttention.weights'] })).json()
    expect(trace).toMatchObject({ format: 'glassformer-trace', source: { text: 'Merci.' } })
    const refused = await ask({ tensors: ['encoder.9.selfAttention.weights'] })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: { code: 'ERR_OPTION' } })
    child.kill('SIGINT')
    expect(await end).toMatchObject({ code: 130, stderr: '' })
  })

  test('--export writes one file with the traces, in which HTML stays text', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'glassformer-inspect-'))
    const file = join(folder, 'inside.html')
    expect(await glassformer(['inspect', '<b>Merci.</b>', '--export', file])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })
    const html = readFileSync(file, 'utf8')
    const [, data] = /id="page-data">(.*?)<\/script>/s.exec(html)!
    const { models, exported } = JSON.parse(data)
    expect(models).toEqual(['fr-en'])
    expect(exported[0].run).toMatchObject({ model: 'fr-en', source: '<b>Merci.</b>' })
    expect(exported[0].trace.tensors['decoder.1.crossAttention.query'].shape[1]).toBe(256)
    expect(html).not.toContain('<b>Merci.')
    rmSync(folder, { recursive: true })
  })

  test.for<{ args: string[]; code: number; says: string }>([
    { args: ['--port', '65536'], code: 2, says: 'from 0 to 65535' },
    { args: ['--port', 'x'], code: 2, says: '--port' },
    { args: ['--export', 'a.html', '--port', '1'], code: 2, says: 'cannot be used with' },
    { args: ['--model', '/nowhere'], code: 1, says: 'ERR_FILE' },
    { args: ['--compare', '/nowhere'], code: 1, says: 'ERR_FILE' },
    { args: ['--export', '/nowhere/a.html'], code: 1, says: 'ERR_FILE' },
  ])('says what is wrong: $args', async ({ args, code, says }) => {
    const ended = await glassformer(['inspect', 'Merci.', ...args])
    expect(ended).toMatchObject({ code, stdout: '' })
    expect(ended.stderr).toContain(says)
  })
})
