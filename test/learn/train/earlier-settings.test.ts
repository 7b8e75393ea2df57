import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'
import { readSettings } from '#dist/learn/train/settings/stored-settings.js'

const golden = new URL('../../golden/earlier-settings/', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'glassformer-earlier-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(['new-model', 'student', 'words', 'further', 'british'])(
  'settings that an earlier version has stored are read as what they were made of: %s',
  (name) => {
    copyFileSync(new URL(`${name}.settings.json`, golden), join(folder, 'settings.json'))
    const given = JSON.parse(readFileSync(new URL(`${name}.given.json`, golden), 'utf8'))
    const config = readTrainConfig(given, 'settings')
    // AdamW was stored as Adam with its decay.
    if (config.training.optimizer === 'adamw') config.training.optimizer = 'adam'
    expect(readSettings(folder)).toEqual(config)
  },
)
