import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'

const examples = new URL('../../../examples/', import.meta.url)
const files = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json') && !file.includes('node_modules'))
  .map((file) => ({ file, settings: JSON.parse(readFileSync(new URL(file, examples), 'utf8')) }))
  .filter(({ settings }) => settings.training)

test.each(files)('the settings of examples/$file are read', ({ file, settings }) => {
  expect(readTrainConfig(settings, file).training.steps).toBe(settings.training.steps)
})
