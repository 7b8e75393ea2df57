import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { h } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { comparisonHtml } from '#dist/learn/train/report/compare.js'
import { factsOf } from '#dist/learn/train/report/facts.js'
import { MetricsFile, type MetricsLine, readMetrics, type SessionLine } from '#dist/learn/train/report/metrics.js'
import { pageHtml } from '#dist/learn/train/report/page.js'
import { matchWords, Samples } from '#dist/learn/train/report/samples.js'
import { aRun } from './a-run.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glassformer-report-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const { sessions, steps, validations } = aRun()

describe('metrics.jsonl', () => {
  function write(step: number, lines: readonly MetricsLine[]) {
    const file = new MetricsFile(folder, step)
    for (const line of lines) file.add(line)
    file.close()
    return file.metrics
  }

  test('has a line for everything, in order', () => {
    write(0, [sessions[0], ...steps.slice(0, 10), validations[0]])
    expect(readMetrics(folder)).toEqual([sessions[0], ...steps.slice(0, 10), validations[0]])
  })

  test('a run that resumes from a checkpoint counts nothing twice', () => {
    write(0, [sessions[0], ...steps.slice(0, 10), validations[0], ...steps.slice(10, 15)])
    const metrics = write(10, [sessions[1], ...steps.slice(10, 20)])
    expect(metrics.steps.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    expect(metrics.validations).toHaveLength(1)
    expect(readMetrics(folder).filter(({ kind }) => kind === 'step')).toHaveLength(20)
  })

  test('a result is removed when training continues', () => {
    const { loss, bleu, chrf, samples } = validations[3]
    write(0, [...steps, { kind: 'result', step: 40, loss, bleu, chrf, samples }])
    expect(write(40, []).result).toBe(null)
  })

  test('a last line that was cut short by a crash is skipped', () => {
    write(0, steps.slice(0, 5))
    appendFileSync(join(folder, 'metrics.jsonl'), '{"kind":"step","step":6,"lo')
    expect(readMetrics(folder)).toHaveLength(5)
    expect(write(5, [steps[5]]).steps).toHaveLength(6)
    expect(readMetrics(folder)).toEqual(steps.slice(0, 6))
  })

  test('leaves no other files', () => {
    write(0, steps)
    expect(readdirSync(folder)).toEqual(['metrics.jsonl'])
    expect(existsSync(join(folder, 'report.html'))).toBe(false)
  })
})

test.each([
  [0.5, '20.0 s'],
  [1.5, '1 min 0 s'],
  [100, '1 h 6 min'],
])('40 steps of %f s are told as %s', (seconds, text) => {
  const { steps, ...run } = aRun()
  expect(factsOf({ ...run, steps: steps.map((line) => ({ ...line, seconds })) })).toContainEqual([
    'time in steps',
    text,
  ])
})

describe('pairs for validation', () => {
  const pageOf = (sharing: SessionLine['sharing']) =>
    pageHtml({
      name: 'run',
      state: 'done',
      settings: {},
      steps: 40,
      metrics: { ...aRun(), sessions: [{ ...sessions[0], sharing }] },
    })

  test('training pairs that share a sentence with one and are left out are counted', () => {
    const html = pageOf({ leftOut: 1234, trainedOn: 0 })
    expect(html).toContain('<tr><th>that share a sentence with these, left out</th><td>1,234</td></tr>')
    expect(html).not.toContain('trained on</th>')
    expect(html).toContain('Unseen sentences are not trained on, and have no dropout.')
  })

  test('are not called unseen if they are trained on', () => {
    const html = pageOf({ leftOut: 0, trainedOn: 1 })
    expect(html).toContain('<tr><th>that share a sentence with these, trained on</th><td>1</td></tr>')
    expect(html).toContain('are not all unseen: 1 pair that shares one is trained on.')
  })
})

describe('trainings side by side', () => {
  const page = (names: readonly string[]) =>
    comparisonHtml(
      names.map((name, i) => ({
        name,
        settings: { data: { heldOut: 10 }, training: { dropout: i / 10 } },
        metrics: aRun(),
      })),
    )

  test('have curves in one picture, and the settings that differ', () => {
    const html = page(['first', 'second <i>'])
    expect(html).toContain('second &lt;i>')
    expect(html).toContain('<th scope="row">training.dropout</th><td>0</td><td>0.1</td>')
    expect(html).not.toContain('data.heldOut</th>')
    expect(html.match(/<svg/g)).toHaveLength(1)
    for (const panel of ['Loss of unseen', 'BLEU of unseen', 'chrF of unseen', 'Loss in training'])
      expect(html).toContain(panel)
  })

  test('have the translations of the same sentences at the same steps', () => {
    const [first, second] = [aRun(), aRun()]
    second.validations = second.validations.slice(0, 2)
    const html = comparisonHtml([
      { name: 'a', settings: {}, metrics: first },
      { name: 'b', settings: {}, metrics: second },
    ])
    expect(html).toContain(
      '<th scope="row" class="step">20</th><td dir="auto">three <s>20</s></td><td dir="auto">three <s>20</s></td>',
    )
    expect(html).toContain(
      '<th scope="row" class="step">40</th><td dir="auto">three <s>40</s></td><td dir="auto"></td>',
    )
  })

  test('leave out sentences that a single one has translated', () => {
    const other = aRun()
    for (const line of other.validations) line.samples = [{ source: 'other', reference: 'x', hypothesis: 'y' }]
    const runs = [aRun(), other].map((metrics, i) => ({ name: `${i}`, settings: {}, metrics }))
    expect(comparisonHtml(runs)).not.toContain('The same unseen sentences')
  })
})

describe('sentences that are watched', () => {
  test('are shown as they change, without a reference', () => {
    const metrics = aRun()
    for (const line of metrics.validations)
      line.watched = [{ source: 'Où ?', hypothesis: line.step < 30 ? 'Who?' : 'Where?' }]
    const html = pageHtml({ name: 'run', state: 'done', settings: {}, steps: 40, metrics })
    expect(html).toContain('Sentences that are watched')
    expect(html).toContain('<td class="step">10 – 20</td><td dir="auto">Who?</td>')
    expect(html).toContain('<td class="step">30 – 40</td><td dir="auto">Where?</td>')
    const compared = comparisonHtml(
      [metrics, metrics].map((each, i) => ({ name: `${i}`, settings: {}, metrics: each })),
    )
    expect(compared).toContain('<td dir="auto">Where?</td><td dir="auto">Where?</td>')
  })
})

describe('samples', () => {
  const samplesHtml = (times: Parameters<typeof Samples>[0]['times']) => renderToString(h(Samples, { times }))

  test.each([
    ['a b c', 'a b c', 'a+ b+ c+'],
    ['a x c', 'a b c', 'a+ x- c+'],
    ['c a b', 'a b c', 'c- a+ b+'],
    ['a a a', 'b a', 'a+ a- a-'],
    ['', 'a', ''],
    ['a b', '', 'a- b-'],
  ])('words of “%s” against “%s”', (hypothesis, reference, expected) => {
    const marked = matchWords(hypothesis, reference).map(({ word, matches }) => word + (matches ? '+' : '-'))
    expect(marked.join(' ')).toBe(expected)
  })

  test('steps with the same translation share a row, wrong words are marked, and texts are escaped', () => {
    const html = samplesHtml(validations)
    expect(html).toContain('<p class="source" dir="auto">a &lt;b> &amp; c</p>')
    expect(html).toContain('<td class="step">10 – 20</td><td dir="auto">two <s>&lt;i></s></td>')
    expect(html).toContain('<td class="step">30 – 40</td><td dir="auto"><b class="right">one two</b></td>')
    expect(html).not.toContain('<i>')
  })

  test('sentences that share a reference have translations of their own', () => {
    const samples = [
      { source: 'Merci.', reference: 'Thanks.', hypothesis: 'Thank you.' },
      { source: 'Merci bien.', reference: 'Thanks.', hypothesis: 'Thanks well.' },
    ]
    const html = samplesHtml([{ step: 1, samples }])
    expect(html).toContain('<s>Thank</s> <s>you.</s>')
    expect(html).toContain('<s>Thanks</s> <s>well.</s>')
  })

  test('a few of many validations are shown, with the first and the last', () => {
    const many = Array.from({ length: 200 }, (_, i) => ({
      step: i + 1,
      samples: [{ source: 's', reference: 'r', hypothesis: `h${i + 1}` }],
    }))
    const shown = [...samplesHtml(many).matchAll(/>h(\d+)</g)].map(([, step]) => Number(step))
    expect(shown.length).toBeLessThan(10)
    expect(shown[0]).toBe(1)
    expect(shown.at(-1)).toBe(200)
  })

  test('an endless translation is cut', () => {
    const hypothesis = 'and '.repeat(500)
    const html = samplesHtml([{ step: 1, samples: [{ source: 's', reference: 'and', hypothesis }] }])
    expect(html.length).toBeLessThan(1500)
    expect(html).toContain('</s> …</td>')
  })
})

describe('report.html', () => {
  const page = {
    name: 'a <name>',
    state: 'done, 40 steps',
    settings: { data: { train: { path: '/pairs.tsv' } }, training: { labelSmoothing: 0.1, steps: 40 } },
    steps: 40,
    metrics: aRun(),
  }

  test('describes a run completely and needs no other file', () => {
    const html = pageHtml(page)
    for (const text of [
      '12,345',
      'a &lt;name>',
      'done, 40 steps',
      'train.path',
      '/pairs.tsv',
      'went on from step 20',
      '<th>2026-01-02 03:04 UTC</th>',
      ' at step ',
    ])
      expect(html).toContain(text)
    expect(html).toContain('<dd>25 %</dd>') // padding
    expect(html).toContain('<dd>200</dd>') // 4,000 tokens in 20 s
    expect(html).toContain('<tr><th>without a pair</th><td>2</td></tr>')
    expect(html).toContain('<tr><th>in no batch, in all passes: too many tokens</th><td>3</td></tr>')
    expect(html).not.toContain('no token<')
    expect(html).toContain('no loss can be below')
    expect(html).toContain('<svg')
    expect(html).not.toMatch(/<script|<link|src=|href=|NaN|undefined/)
  })

  test('shows which part of the loss in training is the divergence from a teacher', () => {
    const training = { ...page.settings.training, teacher: 'large', teacherWeight: 0.3 }
    const html = pageHtml({ ...page, settings: { ...page.settings, training } })
    expect(html).toContain('In training 0.3 of the loss is the divergence from the teacher')
    expect(html).toContain('no loss on unseen sentences can be below')
  })

  test('is complete before the first step', () => {
    const html = pageHtml({ ...page, metrics: { sessions, steps: [], validations: [], kept: [], result: null } })
    expect(html).toContain('There has been no validation yet')
    expect(html).not.toMatch(/NaN|undefined|Infinity/)
  })
})
