import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { TextGenerator } from '#dist/index.js'
import { train } from '#dist/learn/train/index.js'
import { perplexityOf } from '#dist/use/generate/perplexity.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

const example = fileURLToPath(new URL('../../../examples/papers/image-transformer/', import.meta.url))
const scratch = scratchFolder()

it.each([
  ['local.json', ''],
  ['two-dimensions.json', '-blocks'],
])(
  'examples/papers/image-transformer in short: digits as token lines, %s',
  async (file, order) => {
    const { status, stdout } = spawnSync(process.execPath, [join(example, 'digits.mjs'), join(scratch, 'digits')])
    expect(status, String(stdout)).toBe(0)
    const settings = JSON.parse(readFileSync(join(example, file), 'utf8'))
    const at = (name: string) => ({ format: 'text', path: join(scratch, 'digits', name) })
    const short = {
      ...settings,
      data: { train: at(`train${order}.txt`), heldOut: 0 },
      training: { ...settings.training, steps: 60, warmup: 20, patience: 0, batchTokens: 1300 },
    }
    const { model } = await train(short, join(scratch, `run${order}`), { threads: 1 })
    const generator = await TextGenerator.load(model!, { workers: 1, threads: 1 })
    const images = readFileSync(join(scratch, 'digits', `test${order}.txt`), 'utf8')
      .trim()
      .split('\n')
      .slice(0, 40)
    const { bits, tokens } = await perplexityOf(generator, images)
    // 17 levels alike take 4.09 bits, and each pixel by itself 2.36 of all digits.
    expect(tokens).toBe(64 * images.length)
    expect(bits).toBeLessThan(3)
    expect(bits).toBeGreaterThan(1.5)
    const half = images[0].split(' ').slice(0, 32).join(' ')
    const { text } = await generator.generate(half, { sample: true, seed: 1, minTokens: 32, maxTokens: 32 })
    expect(`${half} ${text.trim()}`.split(/\s+/)).toHaveLength(64)
    await generator.close()
  },
  120_000,
)
