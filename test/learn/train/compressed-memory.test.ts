import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { TextGenerator } from '#dist/index.js'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'
import { train } from '#dist/learn/train/train.js'
import { glassformer } from '../../cli/command.ts'
import { newFolder, weightsOf } from './small-run.ts'

const example = fileURLToPath(new URL('../../../examples/papers/compressed-memory/', import.meta.url))

it('examples/papers/compressed-memory in short: trained, resumed to the same bits, saved, decoded and inspected', async () => {
  const data = newFolder()
  const written = spawnSync(process.execPath, [join(example, 'recall.mjs'), data])
  expect(written.status, String(written.stderr)).toBe(0)
  const settings = JSON.parse(readFileSync(join(example, 'recall-compressed.json'), 'utf8'))
  const config = readTrainConfig(
    {
      ...settings,
      data: { ...settings.data, train: { ...settings.data.train, path: join(data, 'test.txt') }, heldOut: 10 },
      model: { ...settings.model, dModel: 16, decoderLayers: 2, heads: 2, dFeedForward: 32 },
      training: { ...settings.training, steps: 20, batchTokens: 600, saveEvery: 5 },
      validation: { every: 20 },
    },
    'settings of a test',
  )
  const options = { threads: 1, precision: 'float32' } as const
  const { model } = await train(config, newFolder(), options)

  const folder = newFolder()
  const controller = new AbortController()
  const listener = { step: ({ step }: { step: number }) => step === 13 && controller.abort() }
  expect(await train(config, folder, { ...options, signal: controller.signal }, listener)).toMatchObject({ step: 13 })
  const resumed = await train(config, folder, options)
  expect(weightsOf(resumed.model!).equals(weightsOf(model!))).toBe(true)

  const generator = await TextGenerator.load(model!, { workers: 1, threads: 1 })
  const prompts = ['n1 k4 v4 n7 n2 k0 v12 ? k4', 'n5', 'k1 v2 ? k1 v2 n3 n4']
  const together = await generator.generate(prompts, { maxTokens: 9, beams: 2 })
  for (const [i, prompt] of prompts.entries())
    expect((await generator.generate(prompt, { maxTokens: 9, beams: 2 })).text).toBe(together[i].text)
  await generator.close()

  const texts = join(data, 'texts.txt')
  writeFileSync(texts, `${prompts[0]}\n\n${prompts[2]} n3 k1\n`)
  const far = spawnSync(process.execPath, [join(example, 'far.mjs'), texts, '3', model!])
  expect(String(far.stdout), String(far.stderr)).toMatch(/near .* \(1\), far .* \(4\), new .* \(13\), all .* \(18\)/)

  const info = await glassformer(['info', '--model', model!])
  expect(info.stdout).toContain('in every second layer to memory of a row for each 3 tokens')
  const page = await glassformer(['inspect', '--model', model!, '--export', `${newFolder()}.html`, prompts[0]])
  expect(page, page.stderr).toMatchObject({ code: 0 })
})
