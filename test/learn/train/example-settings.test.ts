import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readTrainConfig } from '#dist/learn/train/config.js'

const folder = (name: string) => new URL(`../../../examples/${name}/`, import.meta.url)
const files = ['multi30k', 'tatoeba'].flatMap((name) =>
  readdirSync(folder(name))
    .filter((file) => file.endsWith('.json'))
    .map((file) => `${name}/${file}`),
)

test.each(files)('the settings of examples/%s are read', (file) => {
  const settings = JSON.parse(readFileSync(new URL(`../../../examples/${file}`, import.meta.url), 'utf8'))
  expect(readTrainConfig(settings, file).training.steps).toBe(settings.training.steps)
})
