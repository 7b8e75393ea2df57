import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { alignFiles } from '#dist/cli/align/run.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { sharedFolder } from '../../shared-folder.ts'

const scratch = scratchFolder()
const tatoeba = `${sharedFolder}/data/tatoeba-fr-en.test.tsv.gz`
const hasBack = existsSync(join(import.meta.dirname, '../../../models/en-fr'))
const said: string[] = []

beforeAll(() => {
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text))
    return true
  })
})

/** Two documents of pairs of Tatoeba in another order, some sentences dropped on a side and some merged; and the pairs that are left. */
function documents(seed: number, count: number) {
  let state = seed
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const pairs = gunzipSync(readFileSync(tatoeba))
    .toString()
    .trim()
    .split('\n')
    .map((line) => ({ line, key: random() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ line }) => line.split('\t') as [string, string])
  const [french, english]: string[][] = [[], []]
  const gold: [string, string][] = []
  const merged = (one: string, two: string) => `${one.replace(/[.!?\s]+$/, '')}, ${two}`
  for (let k = 0; k < pairs.length; k++) {
    const kind = random()
    const [[f, e], [nextF, nextE]] = [pairs[k]!, pairs[k + 1] ?? ['', '']]
    if (kind < 0.08) french.push(f)
    else if (kind < 0.16) english.push(e)
    else if (kind < 0.28 && nextF) {
      k++
      const isFrench = random() < 0.5
      french.push(...(isFrench ? [merged(f, nextF)] : [f, nextF]))
      english.push(...(isFrench ? [e, nextE] : [merged(e, nextE)]))
      gold.push(isFrench ? [merged(f, nextF), `${e} ${nextE}`] : [`${f} ${nextF}`, merged(e, nextE)])
    } else {
      french.push(f)
      english.push(e)
      gold.push([f, e])
    }
  }
  const [source, target] = [join(scratch, `${seed}.fr.txt`), join(scratch, `${seed}.en.txt`)]
  writeFileSync(source, french.join('\n'))
  writeFileSync(target, english.join('\n'))
  return { source, target, gold }
}

const spaced = (text: string) => text.replace(/\s+/g, ' ').trim()

function f1(path: string, gold: [string, string][]): number {
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  const right = new Set(gold.map((pair) => pair.map(spaced).join('\t')))
  const hits = lines.filter((line) => right.has(line.split('\t').slice(0, 2).map(spaced).join('\t'))).length
  return (2 * hits) / (lines.length + right.size)
}

describe.skipIf(!existsSync(tatoeba))('documents of Tatoeba, shuffled, merged and dropped', () => {
  it('are aligned by lengths and words in common with translations, which is said', async () => {
    const { source, target, gold } = documents(11, 300)
    const output = join(scratch, 'words.tsv')
    await alignFiles(source, target, { output })
    expect(said.join('')).toMatch(/without an encoder of both languages: by lengths, and by words in common/)
    expect(f1(output, gold)).toBeGreaterThan(0.95)
  })

  it.skipIf(!hasBack)("are aligned by the means of the embedded model's states", async () => {
    const { source, target, gold } = documents(12, 300)
    const output = join(scratch, 'own.tsv')
    await alignFiles(source, target, { output, encoder: 'own' })
    expect(f1(output, gold)).toBeGreaterThan(0.93)
  })

  it.skipIf(!hasBack)('are mined where they are in no order', async () => {
    const { source, target, gold } = documents(13, 300)
    writeFileSync(target, readFileSync(target, 'utf8').split('\n').reverse().join('\n'))
    const output = join(scratch, 'mined.tsv')
    await alignFiles(source, target, { output, encoder: 'own', mine: true })
    const single = gold.filter(([f, e]) => !/[.!?] |, /.test(f + e))
    const lines = readFileSync(output, 'utf8')
    const found = single.filter(([f, e]) => lines.includes(`${spaced(f)}\t${spaced(e)}\t`)).length
    expect(found / single.length).toBeGreaterThan(0.8)
  })
})

it('reads documents with markup out of two folders, and writes TMX', async () => {
  const [fr, en] = [join(scratch, 'fr'), join(scratch, 'en')]
  for (const folder of [fr, en]) mkdirSync(folder, { recursive: true })
  writeFileSync(join(fr, 'a.fr.html'), '<h1>Bonjour.</h1><p>Je suis <b>étudiant</b>. Le chat dort sur la table.</p>')
  writeFileSync(join(en, 'a.en.md'), '# Hello.\n\nI am a *student*. The cat is sleeping on the table.\n')
  writeFileSync(join(fr, 'alone.txt'), 'Seul.')
  const output = join(scratch, 'pairs.tmx')
  await alignFiles(fr, en, { output })
  const tmx = readFileSync(output, 'utf8')
  expect(tmx).toContain(
    '<tuv xml:lang="fr"><seg>Je suis étudiant.</seg></tuv><tuv xml:lang="en"><seg>I am a student.</seg></tuv>',
  )
  expect(tmx.match(/<tu>/g)).toHaveLength(3)
  expect(said.join('')).toMatch(/alone\.txt has no partner/)
})

it('refuses heaps without vectors, and a folder beside a file', async () => {
  const file = join(scratch, 'one.txt')
  writeFileSync(file, 'Une phrase.')
  await expect(alignFiles(file, file, { mine: true })).rejects.toMatchObject({ code: 'ERR_OPTION' })
  await expect(alignFiles(file, scratch, {})).rejects.toMatchObject({ code: 'ERR_INPUT' })
  await expect(alignFiles(file, join(scratch, 'none.txt'), {})).rejects.toMatchObject({ code: 'ERR_FILE' })
  writeFileSync(file, '')
  await expect(alignFiles(file, file, { from: 'de' })).rejects.toMatchObject({ code: 'ERR_INPUT' })
})
