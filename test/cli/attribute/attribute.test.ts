import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { glassformer } from '../command.ts'

const source = 'Je suis étudiant.'

describe('commands that look into one sentence', () => {
  test('attribute prints the largest parts, or JSON', async () => {
    const { code, stdout } = await glassformer([
      'attribute',
      source,
      '--step',
      '3',
      '-c',
      'teacher',
      '--keys',
      '--by',
      'direct',
      'gradient',
    ])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^step 3: ▁student \S+ minus ▁teacher \S+ = \S+$/m)
    expect(stdout).toMatch(/decoder\.1\.crossAttention head \d\n +▁étudiant \+/)
    expect(stdout).toMatch(/gradient, source: .*▁étudiant/)
    const json = await glassformer([
      'attribute',
      source,
      '--step',
      '3',
      '--ablate',
      'decoder.1.crossAttention.heads.2',
      '--json',
    ])
    const [{ direct, score, step }] = JSON.parse(json.stdout).attributions
    expect(step).toBe(3)
    expect(direct.reduce((sum: number, { share }: { share: number }) => sum + share, 0)).toBeCloseTo(score, 3)
    expect(
      direct.find(
        (each: { part: string; head?: number }) => each.part === 'decoder.1.crossAttention' && each.head === 2,
      ).share,
    ).toBe(0)
  })

  test('sweep prints a table, or JSON', async () => {
    const { code, stdout } = await glassformer(['sweep', 'Le chat dort.', 'Le chien dort.'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^logit of ▁cat minus that of ▁dog at step 1: /)
    expect(stdout).toMatch(/^encoder\.0\.out( +-?\d+\.\d{3}){7}$/m)
    const heads = await glassformer(['sweep', 'Le chat dort.', '--over', 'head', '--with', 'mean', '--json'])
    expect(JSON.parse(heads.stdout)).toMatchObject({ measure: 'loss', by: 'mean', columns: { kind: 'head', heads: 4 } })
  })

  test('ablate prints translations before and after', async () => {
    const { code, stdout } = await glassformer(['ablate', source, 'decoder.1.crossAttention.heads.2', '--beams', '2'])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^as it is:\n +−\d\.\d{4} {2}I am a student\.\n.*\nwithout decoder\.1\.crossAttention\.heads\.2:\n/,
    )
    const json = JSON.parse(
      (await glassformer(['ablate', source, 'encoder.0.feedForward.output', '--with', 'noise', '--json'])).stdout,
    )
    expect(json.after[0].ids).not.toEqual(json.before[0].ids)
  })

  test.each([
    [['attribute', source, '--step', '99'], /ERR_OPTION: .*there is no step 99/],
    [['attribute', source, '--by', 'nothing'], /ERR_OPTION: .*attribute\.by/],
    [['attribute', source, '--top', 'x'], /ERR_OPTION: --top/],
    [['sweep', source, '--measure', 'bits'], /ERR_OPTION: .*sweep\.measure/],
    [['sweep', source, '--tensors', 'encoder.output', '--over', 'head'], /ERR_OPTION: .*has no heads/],
    [['sweep', source, source], /ERR_OPTION: both sources have the same translation/],
    [['ablate', source, 'decoder.9.crossAttention.heads.0'], /ERR_OPTION: the model has no attention/],
  ])('%s is refused', async (args, message) => {
    const { code, stderr } = await glassformer(args)
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
  })
})

describe('attribute of an encoder', () => {
  const folder = (name: string) => fileURLToPath(new URL(`../../golden/encoders/${name}/model`, import.meta.url))

  test('prints the words that make two texts alike, and those that speak for a label', async () => {
    const alike = await glassformer(['attribute', '--model', folder('st-dense'), 'Mary went.', 'Where did Mary go?'])
    expect(alike.stdout).toMatch(/^similarity -?0\.\d{4}$/m)
    expect(alike.stdout).toMatch(/^ {2}[+-]\d\.\d{4} {2}Mary$/m)
    const label = await glassformer([
      'attribute',
      '--model',
      folder('bert-cls'),
      'Mary went.',
      '--label',
      'neutral',
      '--json',
    ])
    expect(JSON.parse(label.stdout)).toMatchObject({
      label: 'neutral',
      words: [{ word: 'Mary' }, { word: 'went' }, { word: '.' }],
    })
  })

  test('a second text is refused where the model is no encoder', async () => {
    const { code, stderr } = await glassformer(['attribute', source, 'Je suis ici.'])
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/--model/)
  })
})
