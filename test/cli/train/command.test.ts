import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { finishedTraining } from '#dist/cli/train/finished-training.js'
import { readMetrics } from '#dist/learn/train/report/metrics.js'
import { readSettings } from '#dist/learn/train/settings/stored-settings.js'
import { english, french } from '../../../examples/number-words/numbers.mjs'
import { ended, glassformer, quoted, start } from '../command.ts'

/** Commands that are to be copied have its name in quotes. */
const folder = mkdtempSync(join(tmpdir(), "glassformer's training "))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const numbers = Array.from({ length: 300 }, (_, n) => n)
const tsv = file(
  'pairs.tsv',
  `${numbers.map((n) => `${french(n)}\t${english(n)}\n`).join('')}no tab here\nzéro\tzero\nun \t\n`,
)
const source = file('pairs.fr', numbers.map((n) => `${french(n)}\n`).join(''))
const target = file('pairs.en', numbers.map((n) => `${english(n)}\n`).join(''))
const small = {
  data: { train: { path: tsv }, heldOut: 20 },
  vocabulary: { size: 80 },
  model: { dModel: 16, encoderLayers: 1, decoderLayers: 1, heads: 2, dFeedForward: 32 },
  training: { steps: 12, batchTokens: 400, saveEvery: 5 },
  validation: { every: 6, sentences: 10 },
}
const settings = file('settings.json', JSON.stringify(small))
const quick = ['--backend', 'js', '--log-every', '4']
const output = (name: string) => join(folder, name)
const weightsOf = (name: string) => readFileSync(join(output(name), 'model', 'model.safetensors'))
const stepsOf = (name: string) => readMetrics(output(name)).flatMap((line) => (line.kind === 'step' ? [line.step] : []))

/** Starts a training and sends it a signal once it has written a line of a step. */
async function interrupted(args: readonly string[], signals: readonly NodeJS.Signals[]) {
  const child = start(args)
  let heard = 0
  child.stderr!.on('data', (chunk: Buffer) => {
    const text = String(chunk)
    if ((heard === 0 && /^step \d/m.test(text)) || (heard > 0 && text.includes('stopping')))
      if (heard < signals.length) child.kill(signals[heard++])
  })
  const result = await ended(child)
  return { ...result, signal: child.signalCode }
}

// One after the other: what the first has trained, later ones go on with.
describe('glassformer train', { shuffle: false }, () => {
  test('makes a translator from settings, shows the progress, and prints the next commands', async () => {
    const { code, stdout, stderr } = await glassformer(['train', settings, '--output', output('whole'), ...quick])
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('lines without a pair, passed over: 1 of 303; line 301 has no TAB')
    const kept = '302 pairs, 300 of them kept (1 with an empty side, 1 there before), 20 to measure with'
    expect(stderr.split('\n')).toContain(kept)
    expect(stderr).toMatch(/^[\d,]+ parameters, vocabulary \d+; js javascript, float32, 1 thread$/m)
    const line =
      /^step 8\/12 · loss \d\.\d+ · perplexity [\d.]+ · \d+ s left · [\d,]+ tokens?\/s · learning rate \S+ · padding avoided \d+ %$/m
    expect(stderr).toMatch(line)
    expect(stderr).toMatch(/^step 6 · unseen: loss \d\.\d+ · BLEU [\d.]+ · chrF [\d.]+ · the best so far$/m)
    expect(stdout).toMatch(/^done: 12 steps\nunseen {2}loss \d\.\d+ · BLEU/)
    expect(stdout).not.toContain('own layout')

    const model = join(output('whole'), 'model')
    expect(stdout).toContain(`\n  glassformer translate --model ${quoted(model)} '`)
    const translated = await glassformer(['translate', '--model', model, '--backend', 'js', 'cent deux'])
    expect(translated.code, translated.stderr).toBe(0)

    expect(stepsOf('whole')).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
    expect(readFileSync(join(output('whole'), 'report.html'), 'utf8')).toContain('done, 12 steps')
    expect(existsSync(join(output('whole'), 'curves.svg'))).toBe(true)
  })

  test('takes the settings of a new model as options, reports a folder that only Glassformer can load, and resumes with them', async () => {
    const model = [
      '--punctuation',
      'kept',
      '--positions',
      'relative',
      '--clip',
      '4',
      '--norm',
      'pre',
      '--tying',
      'none',
    ]
    const options = [...model, '--initialization', 'normal', '--steps', '2', '--output', output('own'), ...quick]
    const { code, stdout, stderr } = await glassformer(['train', settings, ...options])
    expect(code, stderr).toBe(0)
    expect(stdout).toContain(`model   ${join(output('own'), 'model')} (in Glassformer's own layout)\n`)
    const written = JSON.parse(readFileSync(join(output('own'), 'model', 'config.json'), 'utf8'))
    expect(written).toMatchObject({
      positions: { kind: 'relative', clip: 4 },
      norm: { order: 'pre' },
      sharedEmbedding: false,
      tiedOutput: false,
    })
    const { vocabulary } = JSON.parse(readFileSync(join(output('own'), 'settings.json'), 'utf8'))
    expect(vocabulary.punctuation).toBe('kept')
    const longer = await glassformer(['train', '--output', output('own'), '--steps', '3', ...quick])
    expect(longer.code, longer.stderr).toBe(0)
    expect(longer.stderr).toContain('changed: training.steps is 3 (it was 2)')
    const other = await glassformer(['train', '--output', output('own'), '--steps', '4', '--tying', 'all', ...quick])
    expect(other.code).toBe(1)
    expect(other.stderr).toContain('model.tying was "none" and is "all"')
    expect(other.stderr).not.toContain('changed:')
    const post = await glassformer(['train', '--output', output('own'), '--steps', '4', '--norm', 'post', ...quick])
    expect(post.stderr).toContain('model.norm was "pre" and is "post"')
  })

  test.each([
    [
      ['--positions', 'sinusoid'],
      /'sinusoid' is invalid. Allowed choices are interleaved, halves, timingSignal, learned/,
    ],
    [['--tying', 'both'], /Allowed choices are all, embeddings, output, none/],
    [['--initialization', 'zero'], /Allowed choices are glorot, normal/],
    [['--norm', 'between'], /Allowed choices are post, postFinal, pre/],
    [['--punctuation', 'none'], /Allowed choices are plain, kept/],
    [['--clip', '0'], /It must be an integer from 1 to 32767\./],
    [['--seed', '1.5'], /It must be an integer of at least 0\./],
    [['--learning-rate', 'Infinity'], /It must be a finite number\./],
    [['--learning-rate', '0'], /It must be above 0\./],
  ])('refuses %j as wrong usage', async (options, message) => {
    const { code, stderr } = await glassformer(['train', settings, ...options, '--output', output('wrong')])
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })

  test('prints the options for a finished training, and trains it for longer', async () => {
    const again = await glassformer(['train', '--output', output('whole'), ...quick])
    expect(again).toMatchObject({ code: 0, stderr: '' })
    expect(again.stdout).toContain('is a finished training of 12 steps')
    expect(again.stdout).toContain(`glassformer train --output ${quoted(output('whole'))} --steps 24`)

    const longer = await glassformer(['train', '--output', output('whole'), '--steps', '14', ...quick])
    expect(longer.code, longer.stderr).toBe(0)
    expect(longer.stderr).toContain('changed: training.steps is 14 (it was 12)')
    expect(longer.stderr).toContain('going on from step 12')
    expect(longer.stdout).toContain('done: 14 steps')
    expect(stepsOf('whole')).toEqual(Array.from({ length: 14 }, (_, i) => i + 1))
  })

  test('reports that another backend computed the steps before', async () => {
    cpSync(output('whole'), output('elsewhere'), { recursive: true })
    const longer = async (steps: string) =>
      (await glassformer(['train', '--output', output('elsewhere'), '--steps', steps, ...quick])).stderr
    expect(await longer('15')).not.toContain('played by')
    const metrics = join(output('elsewhere'), 'metrics.jsonl')
    const lines = readFileSync(metrics, 'utf8').replaceAll('"precision":"float32"', '"precision":"bfloat16"')
    writeFileSync(metrics, lines.replaceAll('"js javascript"', '"native amx"'))
    expect(await longer('16')).toMatch(/^changed: played by js javascript, float32 \(it was native amx, bfloat16\): /m)
  })

  test('refuses options that come too late for a finished training, with the remedy', async () => {
    const refused = async (...options: string[]) => {
      const { code, stdout, stderr } = await glassformer(['train', '--output', output('whole'), ...options, ...quick])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      return stderr
    }
    expect(await refused('--learning-rate', '5e-4')).toBe(
      `glassformer: ERR_OPTION: ${output('whole')} is a finished training of 14 steps, and nothing would come of these changes: ` +
        'training.learningRate is 0.0005 (it was 0.001); train it for longer (--steps 28, say), or give another --output\n',
    )
    expect(await refused('--steps', '13')).toContain('training.steps is 13 (it was 14)')
    expect(await refused('--tying', 'none')).toContain('model.tying is "none" (it was "all")')
  })

  test('is finished only where the model is of the last step: a training for longer may have been ended within it', () => {
    const config = readSettings(output('whole'))!
    expect(finishedTraining(output('whole'), config)).toEqual({ step: 14, longer: ['--steps', '28'] })
    cpSync(output('whole'), output('ended'), { recursive: true })
    const metrics = join(output('ended'), 'metrics.jsonl')
    const lines = readFileSync(metrics, 'utf8')
    writeFileSync(metrics, lines.replace(/"done"}\n$/, '"stopped"}\n'))
    expect(finishedTraining(output('ended'), config)).toBeNull()
    writeFileSync(metrics, lines.replace(/\{"kind":"end".*\n$/, ''))
    expect(finishedTraining(output('ended'), config)).toBeNull()
  })

  test('resumes a training whose patience has run out only with more patience', async () => {
    const late = file('late.json', JSON.stringify({ ...small, validation: { every: 1, sentences: 1 } }))
    const options = ['--patience', '1', '--learning-rate', '3', '--steps', '100', '-o', output('patient'), ...quick]
    const first = await glassformer(['train', late, ...options])
    const [, steps] = /^done after (\d+) steps: no validation was better/.exec(first.stdout)!
    const finished = await glassformer(['train', '-o', output('patient'), ...quick])
    expect(finished.stdout).toContain(`glassformer train --output ${quoted(output('patient'))} --patience 2\n`)
    const longer = await glassformer(['train', '-o', output('patient'), '--steps', '200', ...quick])
    expect(longer.code).toBe(1)
    expect(longer.stderr).toContain('training.steps is 200 (it was 100); train it for longer (--patience 2, say)')
    const patient = await glassformer(['train', '-o', output('patient'), '--patience', '2', ...quick])
    expect(patient.stderr).toContain(`going on from step ${steps}`)
  })

  describe('a signal', () => {
    const options = ['--steps', '60', '--save-every', '50', '--validate-every', '30', ...quick]
    beforeAll(async () => {
      await glassformer(['train', settings, '--output', output('straight'), ...options])
    })

    test.each([
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const)('%s saves after the step, and the resumed training ends with the same bits', async (signal, status) => {
      const args = ['train', settings, '--output', output(signal), ...options]
      const stopped = await interrupted(args, [signal])
      expect(stopped.code, stopped.stderr).toBe(status)
      const [, step] = /^stopped at step (\d+) of 60, saved/.exec(stopped.stdout)!
      expect(Number(step)).toBeLessThan(60)
      expect(existsSync(join(output(signal), 'model'))).toBe(false)
      expect(readFileSync(join(output(signal), 'report.html'), 'utf8')).toContain(`stopped, ${step} steps`)

      const rest = await glassformer(['train', '--output', output(signal), ...quick])
      expect(rest.code, rest.stderr).toBe(0)
      expect(rest.stderr).toContain(`going on from step ${step}`)
      expect(stepsOf(signal)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
      expect(weightsOf(signal).equals(weightsOf('straight'))).toBe(true)
    })
  })

  test('a second Ctrl-C ends at once, here within a validation', async () => {
    const slow = file('slow.json', JSON.stringify({ ...small, validation: { every: 1, sentences: 300, beams: 4 } }))
    const files = ['--validation', tsv, '--output', output('twice')]
    const stopped = await interrupted(
      ['train', slow, ...files, '--backend', 'js', '--log-every', '1'],
      ['SIGINT', 'SIGINT'],
    )
    expect(stopped).toMatchObject({ code: null, signal: 'SIGINT', stdout: '' })
    expect(stopped.stderr).toMatch(/stopping after this step; once more to stop at once\n$/)
  })

  test('takes two text files, and pairs to measure with, in place of those of the settings', async () => {
    const files = ['--source', source, '--target', target, '--validation', tsv]
    const { code, stdout, stderr } = await glassformer([
      'train',
      settings,
      ...files,
      '--steps',
      '2',
      '-o',
      output('two'),
      ...quick,
    ])
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('300 pairs, 300 of them kept, 300 to measure with')
    expect(stdout).toContain('done: 2 steps')
  })

  test.each([
    ['nothing to train on', [], /ERR_OPTION: nothing to train on: give --tsv/, 1],
    ['one file of two', ['--source', source], /give both --source and --target/, 2],
    ['two corpora', ['--tsv', tsv, '--jsonl', tsv], /give --tsv or --jsonl: not both/, 2],
    ['two lengths', ['--tsv', tsv, '--steps', '5', '--epochs', '2'], /give --steps or --epochs: not both/, 2],
    ['an unknown preset', ['--preset', 'huge'], /Allowed choices are tiny, small, base/, 2],
    ['a file that is missing', ['--tsv', output('none.tsv'), '--backend', 'js'], /ERR_FILE: cannot .*none\.tsv/, 1],
    [
      'dropout of everything',
      ['--tsv', tsv, '--dropout', '1'],
      /'--dropout <x>' .* It must be at least 0 and below 1/,
      2,
    ],
  ])('refuses %s', async (name, options, message, status) => {
    const { code, stdout, stderr } = await glassformer(['train', '--output', output(`refused ${name}`), ...options])
    expect({ code, stdout }).toEqual({ code: status, stdout: '' })
    expect(stderr).toMatch(message)
  })

  test('a mistake before the first step leaves no files', async () => {
    const [begin, slip] = [
      ['train', '--output', output('misspelled'), ...quick],
      ['--tsv', output('none.tsv')],
    ]
    expect((await glassformer([...begin, ...slip, '--preset', 'base', '--steps', '5000'])).code).toBe(1)
    const sizes = ['--vocabulary-size', '80', '--batch-tokens', '400', '--held-out', '0']
    const { code, stderr } = await glassformer([...begin, '--tsv', tsv, ...sizes, '--preset', 'tiny', '--steps', '1'])
    expect(code, stderr).toBe(0)
    expect(stderr).not.toContain('changed:')
    const { model, training } = JSON.parse(readFileSync(join(output('misspelled'), 'settings.json'), 'utf8'))
    expect(model.dModel).toBe(128)
    expect(training).toMatchObject({ schedule: 'inverseSquareRoot', warmup: 1 })
    const other = await glassformer([...begin, '--tsv', tsv, '--from', join(output('whole'), 'model')])
    expect(other.code).toBe(1)
    expect(other.stderr).toMatch(
      /ERR_OPTION: .*misspelled holds a training that was begun without --from: give another --output/,
    )
    const run = await glassformer(['translate', '--model', output('misspelled'), 'cent'])
    expect(run.stderr).toMatch(/ERR_FILE: .*misspelled is the folder of a training: give its model, .*misspelled.model/)
  })

  test('trains the model of a folder further, with its vocabulary', async () => {
    const from = join(output('whole'), 'model')
    const options = ['--tsv', tsv, '--held-out', '20', '--batch-tokens', '400', '--steps', '3']
    const { code, stdout, stderr } = await glassformer([
      'train',
      '--from',
      from,
      ...options,
      '-o',
      output('more'),
      ...quick,
    ])
    expect(code, stderr).toBe(0)
    expect(stderr).not.toContain('training the vocabulary')
    expect(stdout).toContain('done: 3 steps')
    const vocabulary = (folder: string) => readFileSync(join(folder, 'vocab.json'), 'utf8')
    expect(vocabulary(join(output('more'), 'model'))).toBe(vocabulary(from))
  })

  test('trains on segmented text', async () => {
    const cut = (text: string) => text.replaceAll('-', '@@ -')
    const segmented = file('segmented.tsv', numbers.map((n) => `${cut(french(n))}\t${cut(english(n))}\n`).join(''))
    const words = ['--vocabulary-type', 'words', '--joiner', '@@', '--vocabulary-size', '60', '--steps', '2']
    const options = ['--tsv', segmented, ...words, '-o', output('words'), ...quick]
    const { code, stderr } = await glassformer(['train', settings, ...options])
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('vocabulary 60;')
    const model = join(output('words'), 'model')
    const translated = await glassformer(['translate', '--model', model, '--backend', 'js', 'vingt@@ -deux'])
    expect(translated.code, translated.stderr).toBe(0)
    expect(translated.stdout).not.toContain('@@')
  })

  test('counts the pairs that it trains on though they share a sentence with one that was given to measure with', async () => {
    const measured = file('measured.tsv', `${french(7)}\t${english(7)}\nmille\tthousand\n`)
    const { data: _, ...others } = small
    const alone = file('alone.json', JSON.stringify(others))
    const given = ['--tsv', tsv, '--validation', measured, '--steps', '1', '-o', output('measured'), ...quick]
    const { code, stderr } = await glassformer(['train', alone, ...given])
    expect(code, stderr).toBe(0)
    expect(stderr).toContain(', 2 to measure with, 1 that shares a sentence with these trained on all the same\n')
    const [session] = readMetrics(output('measured'))
    expect(session).toMatchObject({ heldOut: 2, sharing: { leftOut: 0, trainedOn: 1 } })
    expect(readFileSync(join(output('measured'), 'report.html'), 'utf8')).toContain('<th>for validation</th>')
  })

  test('holds nothing out, measures nothing and has no patience where these are 0', async () => {
    const none = ['--held-out', '0', '--patience', '0', '--seed', '0', '--steps', '2']
    const { code, stderr } = await glassformer(['train', settings, ...none, '-o', output('unmeasured'), ...quick])
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('none to measure with')
    expect(stderr).not.toContain('unseen')
  })

  test('says what a folder is whose training has been stopped, and how to end it', async () => {
    const { code, stdout } = await interrupted(['train', settings, '--output', output('early'), ...quick], ['SIGINT'])
    expect(code, stdout).toBe(130)
    const run = await glassformer(['translate', '--model', output('early'), 'cent'])
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(
      /ERR_FILE: .*early is the folder of a training: it has no model yet, for it has not ended; /,
    )
    const sooner = await glassformer(['train', '--output', output('early'), '--steps', '1', ...quick])
    expect(sooner.stdout, sooner.stderr).toContain('To translate with it:')
  })

  test('trains a number of epochs, and for longer by more epochs', async () => {
    const again = ['train', '-o', output('epochs'), ...quick]
    const first = await glassformer(['train', settings, '--epochs', '1', '-o', output('epochs'), ...quick])
    expect(first.code, first.stderr).toBe(0)
    expect(first.stderr).toContain('counting the batches of an epoch …')
    expect(first.stderr).toMatch(/^step 4\/~\d+ · epoch 1\/1 · loss/m)
    const [, steps] = /^done: (\d+) steps/.exec(first.stdout)!
    const finished = await glassformer(again)
    expect(finished.stdout).toContain(`is a finished training of ${steps} steps`)
    expect(finished.stdout).toContain(`glassformer train --output ${quoted(output('epochs'))} --epochs 2`)
    const same = await glassformer(['train', settings, '--epochs', '1', '-o', output('epochs'), ...quick])
    expect(same).toEqual(finished)
    const longer = await glassformer([...again, '--epochs', '2'])
    expect(longer.stderr).toContain('changed: training.epochs is 2 (it was 1)')
    expect(longer.stderr).toContain(`going on from step ${steps}`)
    expect(longer.stdout).toMatch(/^done: \d+ steps/)
  })

  test('trains a student of a model', async () => {
    const { vocabulary: _, ...others } = small
    const student = file('student.json', JSON.stringify(others))
    const options = ['--teacher', join(output('whole'), 'model'), '--steps', '2', '-o', output('student'), ...quick]
    const { code, stdout, stderr } = await glassformer(['train', student, ...options])
    expect(code, stderr).toBe(0)
    expect(stderr).not.toContain('training the vocabulary')
    expect(stdout).toContain('done: 2 steps')
  })

  test('accepts a corrected mistake before the first step', async () => {
    const slip = await glassformer(['train', settings, '--tsv', output('none.tsv'), '-o', output('slip'), ...quick])
    expect(slip.code).toBe(1)
    const mended = await glassformer(['train', settings, '--steps', '1', '-o', output('slip'), ...quick])
    expect(mended.code, mended.stderr).toBe(0)
  })

  test('refuses to resume with another model', async () => {
    const { code, stderr } = await glassformer(['train', '-o', output('whole'), '--preset', 'base', ...quick])
    expect(code).toBe(1)
    expect(stderr).toMatch(/ERR_OPTION: .*model\.dModel was 16 and is 512/)
  })
})
