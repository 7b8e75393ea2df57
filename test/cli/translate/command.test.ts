import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { Translator } from '#dist/index.js'
import { ended, glassformer, hasTerminals, isSlow, onTerminal, quoted, shellCommand, start } from '../command.ts'

const numbers = ['un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept']
const english = ['one', 'two', 'three', 'four', 'five', 'six', 'seven']

const LINES = isSlow ? 200 : 2000

describe('glassformer translate with texts', () => {
  test('prints the translation of each text on a line', async () => {
    const { code, stdout, stderr } = await glassformer(['translate', 'Je suis étudiant.', 'Merci.'])
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'I am a student.\nThank you.\n', stderr: '' })
  })

  test('--precision changes the precision in memory', async () => {
    const { code, stdout, stderr } = await glassformer([
      'translate',
      '--precision',
      'float32',
      'Je suis étudiant.',
      'Merci.',
    ])
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'I am a student.\nThank you.\n', stderr: '' })
  })

  test('suggests that the lines of a file were meant, with the commands for the lines and for the text', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'glassformer-meant-'))
    const file = join(folder, "it's in.txt")
    writeFileSync(file, 'Merci.\n')
    const { code, stdout, stderr } = await glassformer(['translate', 'Merci.', file])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`${file} is a file: did you mean its lines?`)
    expect(stderr).toContain(`  glassformer translate < '${file.replace("'", "'\\''")}'\n`)
    expect(stderr).toMatch(/the text itself by\n {2}echo '.*' \| glassformer translate\n/)
    expect((await glassformer(['translate', folder])).code).toBe(0) // a word may be the name of a folder
    rmSync(folder, { recursive: true })
  })

  test('does not wait for standard input', async () => {
    const child = start(['translate', 'Merci.']) // standard input stays open
    expect((await ended(child)).stdout).toBe('Thank you.\n')
  })

  test('--alternatives prints the text, and under it scores and translations, best first', async () => {
    const { stdout } = await glassformer(['translate', '--beams', '4', '--alternatives', '2', 'Je suis étudiant.'])
    const [source, first, second, ...rest] = stdout.split('\n')
    expect(source).toBe('Je suis étudiant.')
    expect(first).toMatch(/^ +-0\.\d+ {2}I am a student\.$/)
    expect(second).toMatch(/^ +-0\.\d+ {2}I'm a student\.$/)
    expect(rest).toEqual([''])
  })

  test('--json prints an object for each text', async () => {
    const { stdout } = await glassformer(['translate', '--json', '-a', '2', 'Je suis étudiant.', ''])
    const [first, second] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const fields = ['text', 'score', 'ids', 'tokenScores', 'finishReason']
    expect(Object.keys(first)).toEqual(['source', ...fields, 'alternatives'])
    for (const alternative of first.alternatives) expect(Object.keys(alternative)).toEqual(fields)
    expect(first.ids).toHaveLength(first.tokenScores.length)
    expect(first.finishReason).toBe('end')
    expect(first).toMatchObject({ source: 'Je suis étudiant.', text: 'I am a student.' })
    expect(first.alternatives.map(({ text }: { text: string }) => text)).toEqual(['I am a student.', "I'm a student."])
    expect(first.score).toBe(first.alternatives[0].score)
    const nothing = { text: '', score: 0, ids: [], tokenScores: [], finishReason: 'end' }
    expect(second).toEqual({ source: '', ...nothing, alternatives: [nothing] })
  })

  test('--max-tokens, --length-penalty and --split reach the search', async () => {
    const short = await glassformer(['translate', '--max-tokens', '3', '--json', 'Je suis étudiant.'])
    expect(JSON.parse(short.stdout).ids).toHaveLength(3)
    expect(JSON.parse(short.stdout).finishReason).toBe('length')
    const scores = ['0', '1'].map(async (alpha) => {
      const { stdout } = await glassformer(['translate', '--json', '--length-penalty', alpha, 'Je suis étudiant.'])
      return JSON.parse(stdout).score
    })
    const [sum, mean] = await Promise.all(scores)
    expect(sum).toBeLessThan(mean)
  })

  test('runs in JavaScript with GLASSFORMER_BACKEND or --backend', async () => {
    const runs = [
      glassformer(['translate', 'Merci.'], '', { GLASSFORMER_BACKEND: 'js' }),
      glassformer(['translate', '--backend', 'js', 'Merci.']),
    ]
    for (const { code, stdout, stderr } of await Promise.all(runs))
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'Thank you.\n', stderr: '' })
  })

  test('prints one line about the missing native backend and the remedy, and translates', async () => {
    const { code, stdout, stderr } = await glassformer(['translate', 'Merci.'], '', {
      GLASSFORMER_ADDON: '/nowhere.node',
      GLASSFORMER_BACKEND: '',
    })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Thank you.\n' })
    expect(stderr).toMatch(/^glassformer: .*\/nowhere\.node.*npx glassformer build\n$/)
  })
})

describe('glassformer translate with lines', () => {
  test('keeps empty lines and \\r\\n, and ends a last line without an end', async () => {
    const { code, stdout } = await glassformer(['translate'], 'Merci.\r\n\r\n\nJe suis étudiant.')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Thank you.\r\n\r\n\nI am a student.\n' })
    const json = await glassformer(['translate', '--json'], 'Merci.\r\n\r\nMerci.\r\n')
    const objects = json.stdout.trimEnd().split('\n')
    expect(objects.map((line) => JSON.parse(line).source)).toEqual(['Merci.', '', 'Merci.'])
  })

  test('splits a line into its sentences, and keeps all white space', async () => {
    const { stdout } = await glassformer(
      ['translate', '--beams', '1'],
      '  Merci.  Je suis étudiant.\t\r\n \nOui.\rNon.\n',
    )
    expect(stdout).toBe('  Thank you.  I am a student.\t\r\n\nYes.\rNo.\n')
    const text = await glassformer(['translate', '--beams', '1', 'Merci.\n\n Je suis étudiant. Merci.'])
    expect(text.stdout).toBe('Thank you.\n\n I am a student. Thank you.\n')
  })

  test('an empty input has an empty output', async () => {
    expect(await glassformer(['translate'])).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('drops a byte order mark', async () => {
    const { stdout } = await glassformer(['translate', '--json'], '\uFEFFMerci.\n')
    expect(JSON.parse(stdout).source).toBe('Merci.')
  })

  test('joins characters that arrive in two parts', async () => {
    const child = start(['translate', '--json'])
    const bytes = Buffer.from('Je suis étudiant.\n')
    child.stdin!.write(bytes.subarray(0, 9)) // in the middle of é
    setTimeout(() => child.stdin!.end(bytes.subarray(9)), 100)
    expect(JSON.parse((await ended(child)).stdout).source).toBe('Je suis étudiant.')
  })

  test(`${LINES} lines come out in their order, with small batches too`, async () => {
    const lines = Array.from({ length: LINES }, (_, i) => (i % 5 === 3 ? '' : `J'ai ${numbers[i % 7]} chats.`))
    const args = ['translate', '--json', '--beams', '1', '--batch-tokens', '64', '--workers', '2']
    const { code, stdout } = await glassformer(args, lines.join('\n'))
    const objects = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(0)
    expect(objects.map(({ source }) => source)).toEqual(lines)
    objects.forEach(({ text }, i) => {
      if (lines[i]) expect(text.toLowerCase()).toMatch(i % 7 ? new RegExp(english[i % 7]) : /\ba\b|one/)
      else expect(text).toBe('')
    })
  })

  test('a line is translated before the next one arrives', async () => {
    const child = start(['translate'])
    const output = child.stdout!.setEncoding('utf8')[Symbol.asyncIterator]()
    child.stdin!.write('Merci.\n')
    expect((await output.next()).value).toBe('Thank you.\n')
    child.stdin!.end('Je suis étudiant.\n')
    expect((await output.next()).value).toBe('I am a student.\n')
  })

  test('a line that the model cannot take becomes an empty line, reported on standard error, and the rest is translated', async () => {
    const long = 'mot '.repeat(1000)
    const input = `Merci.\n${long}\nJe suis étudiant.\n`
    const text = await glassformer(['translate', '--split', 'never'], input)
    expect(text.code).toBe(1)
    expect(text.stdout).toBe('Thank you.\n\nI am a student.\n')
    expect(text.stderr).toMatch(/^glassformer: ERR_INPUT_TOO_LONG: line 2: .*\n$/)
    const json = await glassformer(['translate', '--split', 'never', '--json'], input)
    const [, failed] = json.stdout.split('\n').map((line) => line && JSON.parse(line))
    expect(failed).toMatchObject({ source: long, error: { code: 'ERR_INPUT_TOO_LONG' } })
  })

  test('a line that is not UTF-8 becomes an empty line too, without a translation of its valid parts', async () => {
    const input = Buffer.from('Merci.\nCaf\xe9.\nMerci.', 'latin1')
    const text = await glassformer(['translate'], input)
    expect({ code: text.code, stdout: text.stdout }).toEqual({ code: 1, stdout: 'Thank you.\n\nThank you.\n' })
    expect(text.stderr).toBe('glassformer: ERR_INPUT: line 2: it is not UTF-8; convert the input to UTF-8\n')
    const json = await glassformer(['translate', '--json'], input)
    expect(JSON.parse(json.stdout.split('\n')[1])).toMatchObject({ source: 'Caf\uFFFD.', error: { code: 'ERR_INPUT' } })
  })

  test('a failure ends it while the input is still open', async () => {
    const child = start(['translate', '--beams', '2', '--alternatives', '9'])
    child.stdin!.on('error', () => {})
    child.stdin!.write('Merci.\n')
    const { code, stderr } = await ended(child)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^glassformer: ERR_OPTION: [^\n]+\n$/)
  })

  test('a folder as standard input is ERR_FILE', async () => {
    const child = start(['translate'], { stdio: [openSync(tmpdir(), 'r'), 'pipe', 'pipe'] })
    const { code, stderr } = await ended(child)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^glassformer: ERR_FILE: .*folder/)
  })
})

describe('glassformer translate --ids', () => {
  const golden = new URL('../../golden/hub/marian-f16/', import.meta.url)
  const model = fileURLToPath(new URL('model', golden))
  const { input_ids } = JSON.parse(readFileSync(new URL('expected.json', golden), 'utf8'))
  const [first, second]: number[][] = input_ids
  const args = ['translate', '--model', model, '--ids', '--max-tokens', '8']

  test('takes ids and prints ids, for a model without a tokenizer', async () => {
    await using translator = await Translator.load(model, { backend: 'js' })
    const expected = await translator.translate([first, second], { maxTokens: 8 })
    const lines = expected.map(({ ids }) => `${ids.join(' ')}\n`)
    const texts = await glassformer([...args, first.join(' '), `[${second.join(', ')}]`])
    expect(texts).toEqual({ code: 0, stdout: lines.join(''), stderr: '' })
    const piped = await glassformer(args, `${first.join(',')}\r\n\n${second.join('\t')}\n`)
    expect(piped.stdout).toBe(`${lines[0].trimEnd()}\r\n\n${lines[1]}`)
    const json = await glassformer([...args, '--json', first.join(' ')])
    expect(JSON.parse(json.stdout)).toMatchObject({ source: first, ids: expected[0].ids, finishReason: 'length' })
  })

  test('reports a word that is not an id, and continues', async () => {
    const { code, stdout, stderr } = await glassformer(args, `Merci.\n1 -2\n99999999\n${first.join(' ')}\n`)
    expect({ code, lines: stdout.split('\n').map((line) => line !== '') }).toEqual({
      code: 1,
      lines: [false, false, false, true, false],
    })
    expect(stderr).toMatch(
      /ERR_INPUT: line 1: "Merci\." is no id: with --ids.*\n.*line 2: "-2" is no id.*\n.*line 3: id 99999999 is outside/,
    )
  })

  test('without it, the message says that there is such an option', async () => {
    const { code, stderr } = await glassformer(['translate', '--model', model, 'Merci.'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/ERR_OPTION: .* has no tokenizer.*--ids/)
  })

  test('is not for texts, which can be split', async () => {
    expect((await glassformer([...args, '--split', 'always', '1'])).code).toBe(2)
  })
})

describe('glassformer translate, interrupted', () => {
  const many = 'Je suis étudiant.\n'.repeat(5000)

  test('a closed pipe ends it quietly', async () => {
    const child = start(['translate', '--beams', '1'])
    child.stdin!.on('error', () => {})
    child.stdin!.end(many)
    child.stdout!.once('data', () => child.stdout!.destroy())
    const { code, stderr } = await ended(child)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('continues after standard error is closed', async () => {
    const child = start(['translate', '--beams', '1'])
    child.stdin!.end(Buffer.from(`${'\xff\n'.repeat(10)}Merci.\n`.repeat(200), 'latin1')) // more messages than a pipe holds
    child.stderr!.once('data', () => child.stderr!.destroy())
    const { code, stdout } = await ended(child)
    expect(code).toBe(1)
    expect(stdout).toBe(`${'\n'.repeat(10)}Thank you.\n`.repeat(200))
  })

  test.skipIf(!existsSync('/dev/full'))('a full disk ends it with one line', async () => {
    const child = start(['translate', 'Merci.'], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] })
    const { code, stderr } = await ended(child)
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'glassformer: ERR_FILE: cannot write standard output: the disk is full: make room on it\n',
    })
  })

  test.for([
    ['SIGINT', 130, 'native'],
    ['SIGTERM', 143, 'native'],
    ['SIGINT', 130, 'js'],
  ] as const)('%s ends it at once with status %i, without a message (%s)', async ([signal, status, backend]) => {
    const child = start(['translate', '--backend', backend === 'js' ? 'js' : 'auto'], {
      env: { NODE_NO_WARNINGS: '1' },
    })
    child.stdin!.on('error', () => {})
    const result = ended(child)
    child.stdin!.write('Merci.\n')
    await new Promise((resolve) => child.stdout!.once('data', resolve))
    child.stdin!.write(many.repeat(10)) // and it stays open
    await new Promise((resolve) => setTimeout(resolve, 300)) // workers are in the middle of a step
    child.kill(signal)
    const { code, stdout, stderr } = await result
    expect({ code, stderr }).toEqual({ code: status, stderr: '' })
    expect(stdout.split('\n').length).toBeLessThan(many.split('\n').length * 5)
  })
})

describe.skipIf(!hasTerminals)('the progress on a terminal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-progress-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const french = join(folder, 'french.txt')
  writeFileSync(french, 'Je suis étudiant.\n'.repeat(40))
  const [input, output] = [french, join(folder, 'english.txt')].map(quoted)

  test('of a file: a bar, percentage, rate and time left; it is gone at the end', () => {
    const { stdout, status } = onTerminal(`${shellCommand('translate')} < ${input} > ${output}`)
    expect(status).toBe(0)
    expect(stdout).toMatch(/█{16} 100 % · 0 s left · 40 lines · [\d,]+ lines?\/s/)
    expect(stdout.endsWith('\x1b[2K')).toBe(true)
  })

  test('of a pipe: the rate alone', () => {
    const { stdout } = onTerminal(`cat ${input} | ${shellCommand('translate')} > /dev/null`)
    expect(stdout).toMatch(/40 lines · [\d,]+ lines?\/s/)
    expect(stdout).not.toContain('%')
  })

  test('not where the lines go to the same terminal, except with --progress', () => {
    const plain = onTerminal(`${shellCommand('translate')} < ${input}`)
    expect(plain.stdout.replaceAll('\r', '')).toBe('I am a student.\n'.repeat(40))
    const asked = onTerminal(`${shellCommand('translate', '--progress')} < ${input} | cat > /dev/null`)
    expect(asked.stdout).toContain('40 lines')
    const refused = onTerminal(`${shellCommand('translate', '--no-progress')} < ${input} > /dev/null`)
    expect(refused.stdout).toBe('')
  })
})
