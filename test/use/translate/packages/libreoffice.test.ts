import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Translator } from '#dist/index.js'
import { documentBytes, documents, formatOf } from './package.ts'

const has = (program: string) => spawnSync(program, ['--version']).status === 0
const hasOffice = has('soffice')

/** English texts of the documents, as pdftotext reads them from the pages. */
const said: Readonly<Record<string, readonly RegExp[]>> = {
  'rapport.docx': [/The museum of the city/, /He doesn't eat fish\./, /This cat is very old\./, /We're on page 1/],
  'rapport.odt': [/The museum of the city/, /Last name:\s+Marie Dupont/, /I'm in the box\./, /We're on page 1/],
  'prix.xlsx': [/The price/, /big house/, /trop cher/, /28/],
  'prix.ods': [/The price/, /big house/, /trop cher/, /28/],
  'visite.pptx': [/the big museum/, /at noon in the garden\./],
  'visite.odp': [/the big museum/, /but it's not raining\./],
}

describe.skipIf(!hasOffice)('LibreOffice opens translated documents', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-office-'))
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load()
  })
  afterAll(async () => {
    await translator.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Converts a file, and returns the path of the result. Messages of the program are errors. */
  const converted = (path: string, format: string): string => {
    const profile = `-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`
    const output = mkdtempSync(join(folder, 'out-'))
    const { stdout, stderr } = spawnSync(
      'soffice',
      [profile, '--headless', '--convert-to', format, '--outdir', output, path],
      {
        encoding: 'utf8',
        timeout: 120_000,
      },
    )
    expect(stdout).toContain(' using filter : ')
    expect(stderr.replace(/.*javaldx.*\n?/g, '')).not.toMatch(/error|warn|repair/i)
    return join(output, readdirSync(output)[0])
  }

  for (const name of documents.filter((each) => each in said))
    test(`${name} becomes pages with the English words`, { timeout: 180_000 }, async () => {
      const path = join(folder, name)
      writeFileSync(path, await translator.translateDocument(documentBytes(name), { format: formatOf(name) }))
      const pdf = converted(path, 'pdf')
      expect(readFileSync(pdf, 'latin1')).toMatch(/^%PDF-/)
      if (!has('pdftotext')) return
      const words = spawnSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' }).stdout
      for (const each of said[name]) expect(words).toMatch(each)
    })

  test('styles survive another round through LibreOffice', { timeout: 180_000 }, async () => {
    const path = join(folder, 'round.docx')
    writeFileSync(path, await translator.translateDocument(documentBytes('rapport.docx'), { format: 'docx' }))
    const html = readFileSync(converted(path, 'html'), 'utf8').replace(/\s+/g, ' ')
    expect(html).toMatch(/<b>cat<\/b>.{0,40} is sleeping on .{0,80}<a [^>]*href="http:\/\/example.org\/canape">/)
    expect(html).toMatch(/<i>(?:<[^>]*>)*last night(?:<[^>]*>)*<\/i>/)
  })
})

test.skipIf(!has('pandoc'))('pandoc reads a translated book', async () => {
  const translator = await Translator.load()
  const path = join(mkdtempSync(join(tmpdir(), 'glassformer-book-')), 'book.epub')
  writeFileSync(path, await translator.translateDocument(documentBytes('livre.epub'), { format: 'epub' }))
  await translator.close()
  const { stdout, stderr } = spawnSync('pandoc', [path, '-t', 'markdown', '--wrap=none'], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout).toMatch(/The \*\*black\*\* cat sleeps on/)
})
