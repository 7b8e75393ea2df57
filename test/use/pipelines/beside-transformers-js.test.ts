import { execFile } from 'node:child_process'
import { cpSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { sharedFolder } from '../../shared-folder.ts'
import { fastTokenizer } from './fast-tokenizer.ts'

const peers = process.env.GLASSFORMER_PEERS ?? ''
const theirs = join(peers, 'node/node_modules/@huggingface/transformers/dist/transformers.node.mjs')
const ours = fileURLToPath(new URL('../../../dist/bundle/transformers.js', import.meta.url))
const script = fileURLToPath(new URL('documented-examples.mjs', import.meta.url))
const reference = `${sharedFolder}/models/fr-en-reference`

function reason(): string | null {
  if (!peers) return 'GLASSFORMER_PEERS names no folder with transformers.js; bench/peers/install.sh FOLDER makes one'
  if (!existsSync(theirs)) return `${theirs} is not there; bench/peers/install.sh makes it`
  return sharedFolder && existsSync(`${reference}/onnx`) ? null : 'the shared folder with the exported model is absent'
}

const skipped = reason()

describe.skipIf(skipped !== null)(
  `the documented examples of transformers.js${skipped ? ` (skipped: ${skipped})` : ''}`,
  () => {
    let outcomes: Record<'ours' | 'theirs', Record<string, unknown>>

    beforeAll(async () => {
      const models = scratchFolder()
      cpSync(reference, join(models, 'model'), { recursive: true })
      writeFileSync(join(models, 'model/tokenizer.json'), JSON.stringify(fastTokenizer(reference)))
      const run = async (library: string) => {
        const { stdout } = await promisify(execFile)(process.execPath, [script, library, models], {
          maxBuffer: 1 << 24,
        })
        return JSON.parse(stdout)
      }
      outcomes = { theirs: await run(theirs), ours: await run(ours) }
    })

    test('are all run', () => {
      expect(Object.keys(outcomes.ours)).toEqual(Object.keys(outcomes.theirs))
      expect(Object.keys(outcomes.ours).length).toBeGreaterThan(20)
    })

    test('have the same shapes, ids and texts in both libraries', () => {
      for (const [name, outcome] of Object.entries(outcomes.theirs)) expect(outcomes.ours[name], name).toEqual(outcome)
    })
  },
)
