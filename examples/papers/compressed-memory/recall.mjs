/**
 * Recalling what stood far back: texts with eight keys and their values among noise, forty words of noise behind them, and the keys once more.
 *
 *     node recall.mjs FOLDER              writes FOLDER/train.txt (20,000 texts) and FOLDER/test.txt (200)
 *     node recall.mjs ask MODEL test.txt  the share of values that a model writes behind their keys
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TextGenerator } from 'glassformer'
import { argumentsFor, linesOf } from '../arguments.mjs'

const isAsked = process.argv[2] === 'ask'
const [first, model, test] = argumentsFor('node recall.mjs FOLDER, or node recall.mjs ask MODEL test.txt', isAsked ? 3 : 1)
if (isAsked) await ask(model, test)
else write(first)

/** A generator of numbers below `n`, always the same ones (xorshift). */
function numbers(seed) {
  let state = seed
  return (n) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % n
  }
}

function write(folder) {
  mkdirSync(folder, { recursive: true })
  const below = numbers(2463534242)
  const texts = (count) => Array.from({ length: count }, () => `${text(below)}\n`).join('')
  writeFileSync(join(folder, 'train.txt'), texts(20_000))
  writeFileSync(join(folder, 'test.txt'), texts(200))
}

function text(below) {
  const shuffled = (list) => {
    for (let i = list.length - 1; i > 0; i--) {
      const j = below(i + 1)
      ;[list[i], list[j]] = [list[j], list[i]]
    }
    return list
  }
  const noise = (count) => Array.from({ length: count }, () => `n${below(8)}`)
  const keys = shuffled(Array.from({ length: 16 }, (_, i) => i)).slice(0, 8)
  const pairs = keys.map((key) => `k${key} v${below(16)}`)
  const facts = shuffled([...pairs, ...noise(16)])
  return [...facts, ...noise(40), '?', ...shuffled([...pairs])].join(' ')
}

async function ask(folder, path) {
  const generator = await TextGenerator.load(folder, { workers: 1 })
  const prompts = []
  const values = []
  for (const line of linesOf(path)) {
    const [facts, asked] = line.split(' ? ')
    const words = asked.split(' ')
    for (let i = 0; i < words.length; i += 2) {
      prompts.push([facts, '?', ...words.slice(0, i + 1)].join(' '))
      values.push(words[i + 1])
    }
  }
  let right = 0
  for (let i = 0; i < prompts.length; i += 64) {
    const written = await generator.generate(prompts.slice(i, i + 64), { maxTokens: 1 })
    right += written.filter(({ text }, j) => text.trim() === values[i + j]).length
  }
  console.log(`${((100 * right) / prompts.length).toFixed(1)} % of ${prompts.length} values`)
  await generator.close()
}
