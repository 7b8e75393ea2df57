import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { glassformer } from '../command.ts'

const scratch = scratchFolder()
const at = (...path: string[]) => join(scratch, ...path)

function write(path: string, content: string | Buffer): string {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), content)
  return at(path)
}

const read = (...path: string[]) => readFileSync(at(...path), 'utf8')
const translate = (...args: string[]) => glassformer(['translate', ...args])

describe('glassformer translate --output', () => {
  test('translates a file, with its markup, byte order mark and line ends', async () => {
    const page = write('page.html', '\ufeff<p>Bonjour <b>mon ami</b>.</p>\r\n<!-- Bonjour -->\r\n')
    const { code, stdout, stderr } = await translate(page, '-o', at('new', 'page.en.html'))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toBe(
      `glassformer: making the folder ${at('new')}\nglassformer: written: ${at('new', 'page.en.html')}\n`,
    )
    expect(read('new/page.en.html')).toBe('\ufeff<p>Hello <b>my friend</b>.</p>\r\n<!-- Bonjour -->\r\n')
  })

  test('translates a folder with all its contents', async () => {
    const logo = Buffer.from([0, 255, 1, 254])
    write('site/index.html', '<p>Bonjour</p>')
    write('site/a/b/strings.json', '{"hello": "Bonjour {name} !"}')
    write('site/a/film.srt', '1\n00:00:01,000 --> 00:00:02,000\nMerci beaucoup\n')
    write('site/a/messages.po', 'msgid "Merci"\nmsgstr ""\n')
    write('site/notes.txt', 'Bonjour\n\n  Merci\n')
    write('site/logo.png', logo)
    write('site/bad.xml', '<a>\n<b></a>')
    write('site/latin.md', Buffer.from('# \xff', 'latin1'))
    write('site/.git/config', 'un')
    write('site/node_modules/x.md', 'un')
    symlinkSync(at('site'), at('site/loop'))
    const { code, stderr } = await translate(at('site'), '--output', at('site', 'en'))
    expect(code).toBe(1)
    expect(stderr.split('\n')).toEqual([
      `glassformer: ERR_INPUT: ${at('site/bad.xml')}: line 2: no </b> closes <b>, as XML asks`,
      `glassformer: ERR_INPUT: ${at('site/latin.md')}: byte 2 is not UTF-8; save the document as UTF-8`,
      `5 files translated, 1 copied, 2 failed: ${at('site/en')}`,
      '',
    ])
    const found = readdirSync(at('site/en'), { recursive: true, encoding: 'utf8' })
    expect(found.filter((path) => statSync(at('site/en', path)).isFile()).sort()).toEqual([
      ...['a/b/strings.json', 'a/film.srt', 'a/messages.po', 'index.html', 'logo.png', 'notes.txt'],
    ])
    expect(read('site/en/index.html')).toBe('<p>Hello</p>')
    expect(read('site/en/a/b/strings.json')).toMatch(/^\{"hello": "Hello \{name\} ?!"\}$/)
    expect(read('site/en/a/film.srt')).toBe('1\n00:00:01,000 --> 00:00:02,000\nThank you very much\n')
    expect(read('site/en/a/messages.po')).toBe('# machine translation\nmsgid "Merci"\nmsgstr "Thank you"\n')
    expect(read('site/en/notes.txt')).toBe('Hello\n\n  Thank you\n')
    expect(readFileSync(at('site/en/logo.png'))).toEqual(logo)
  })

  test('--report says how many texts stay, and why', async () => {
    const json = write('report/a.json', '{"a": "Bonjour", "b": "src/main", "c": "12"}')
    const { code } = await translate(json, '-o', at('report', 'en.json'), '--report', at('report', 'report.jsonl'))
    expect(code).toBe(0)
    expect(JSON.parse(read('report/report.jsonl'))).toEqual({
      ...{
        document: json,
        texts: 1,
        left: { code: 1, wordless: 1, translated: 0 },
        cut: [],
        compared: [],
        checks: [],
        refused: 0,
      },
    })
    const alone = await translate('Bonjour', '--report', at('report', 'x'))
    expect(alone).toMatchObject({ code: 1, stderr: expect.stringContaining('ERR_OPTION') })
  })

  test('takes several files, and the given format', async () => {
    const [first, second] = [write('several/LISEZMOI', '# Bonjour\n'), write('several/b.txt', '*Merci*\n')]
    const { code, stderr } = await translate(first, second, '--format', 'markdown', '-o', at('several/en'))
    expect([code, stderr]).toEqual([0, `2 files translated, 0 copied, 0 failed: ${at('several/en')}\n`])
    expect([read('several/en/LISEZMOI'), read('several/en/b.txt')]).toEqual(['# Hello\n', '*Thank you*\n'])
  })

  test('cuts a sentence that is too long, as the API does, and reports it', async () => {
    const page = write('cut.html', `<p>Bonjour</p>\n<p>${'Il pleut, '.repeat(400)}et Tom dort.</p>`)
    const { code } = await translate(page, '-o', at('cut.en.html'), '--report', at('cut.jsonl'))
    expect(code).toBe(0)
    expect(read('cut.en.html')).not.toContain('Il pleut')
    const { cut, refused } = JSON.parse(read('cut.jsonl'))
    expect(cut).toMatchObject([{ begins: expect.stringMatching(/^Il pleut, /) }])
    expect(refused).toBe(0)
  })

  test('keeps a text that the model cannot take, reports it, and continues', async () => {
    const long = 'mot '.repeat(2000).trim()
    const page = write('long.html', `<p>Bonjour</p>\n<p>${long}</p>\n<p>Merci</p>`)
    const { code, stderr } = await translate(page, '--split', 'never', '-o', at('long.en.html'))
    expect(code).toBe(1)
    expect(stderr).toMatch(/^glassformer: ERR_INPUT_TOO_LONG: .*long\.html: line 2: a source of \d+ tokens/)
    expect(read('long.en.html')).toBe(`<p>Hello</p>\n<p>${long}</p>\n<p>Thank you</p>`)
  })

  test('refuses to overwrite an input, and a file without a format', async () => {
    const page = write('same/a.html', '<p>Bonjour</p>')
    symlinkSync(page, at('same/link.html'))
    write('same/b/a.html', '')
    const refused = async (...args: string[]) => {
      const { code, stderr } = await translate(...args)
      return [code, stderr]
    }
    expect(await refused(page, '-o', at('same/link.html'))).toEqual([
      1,
      expect.stringMatching(/ERR_OPTION: .* is an input too/),
    ])
    expect(await refused(at('same'), '-o', at('same'))).toEqual([
      1,
      expect.stringMatching(/ERR_OPTION: .* is an input too/),
    ])
    expect(await refused(page, at('same/b/a.html'), '-o', at('x'))).toEqual([
      1,
      expect.stringMatching(/would both become/),
    ])
    expect(await refused(write('same/c.bin', 'a'), '-o', at('x'))).toEqual([
      1,
      expect.stringMatching(/c\.bin: its name says no format/),
    ])
    expect(await refused(at('none.html'), '-o', at('x'))).toEqual([1, expect.stringMatching(/ERR_FILE: .*none\.html/)])
    expect(await refused(page, '-o', at('x'), '--json')).toEqual([
      2,
      expect.stringMatching(/cannot be used with option '--json'/),
    ])
    expect(read('same/a.html')).toBe('<p>Bonjour</p>')
  })
})

test('--format takes standard input as one document, and arguments as documents', async () => {
  const { code, stdout } = await glassformer(['translate', '--format', 'html'], '<p>\nBonjour\n<p>Merci')
  expect([code, stdout]).toEqual([0, '<p>\nHello\n<p>Thank you'])
  const { stdout: argument } = await translate('--format', 'html', '<p>Bonjour</p>')
  expect(argument).toBe('<p>Hello</p>\n')
})
