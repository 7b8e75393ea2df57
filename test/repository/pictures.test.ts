import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { svgText } from '#dist/draw/marks/svg-text.js'
import { type MeasuredCell, measured, pairsOf } from '../../scripts/pictures/measured.ts'
import { ratioChart } from '../../scripts/pictures/ratio-chart.ts'
import { kinds, makePictures } from '../../scripts/pictures.ts'
import { browserPath } from '../look/page/inspector.ts'
import { run } from './installing.ts'
import { readText, root } from './repository.ts'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-pictures-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A picture of a training that took hours, which no command makes again. */
const OF_A_LONG_RUN = 'tatoeba-curves.svg'

const madeFiles = Object.values(kinds).flatMap(({ files }) => files)
const picture = (file: string) => readFileSync(join(folder, file))

describe('npm run pictures', () => {
  test('makes every picture of docs/pictures, and no other', () => {
    const there = readdirSync(join(root, 'docs/pictures'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => posix.relative(join(root, 'docs/pictures'), join(entry.parentPath, entry.name)))
    expect([...madeFiles, OF_A_LONG_RUN].sort()).toEqual(there.sort())
  })

  test('makes charts as they are committed, of figures that name their machine and commit', () => {
    const { status, stderr } = run(root, process.execPath, [
      '--import',
      './scripts/typescript.mjs',
      'scripts/pictures.ts',
      'charts',
      '--output',
      folder,
    ])
    expect(status, stderr).toBe(0)
    for (const file of kinds.charts.files)
      expect(picture(file).toString(), `${file}: npm run pictures -- charts`).toBe(readText(`docs/pictures/${file}`))
    for (const cell of measured()) {
      expect(cell).toMatchObject({ cpu: expect.stringMatching(/\w/), date: expect.stringMatching(/^\d{4}-\d\d-\d\d/) })
      expect(cell.commit).toMatch(/^[0-9a-f]{7,40}\+?$/)
    }
    expect(pairsOf(measured(), 'ctranslate2').length).toBeGreaterThan(10)
  })

  test('makes the figure of the architecture as it is committed: the shapes are those of the embedded model', async () => {
    await makePictures(['figures'], folder, ['figure-architecture.svg'])
    expect(picture('figure-architecture.svg').toString(), 'npm run pictures -- figures').toBe(
      readText('docs/pictures/figure-architecture.svg'),
    )
  })

  test.skipIf(!browserPath)('takes a picture of the page', { timeout: 60_000 }, async () => {
    await makePictures(['pages'], folder, ['inspector/positions.png'])
    const png = picture('inspector/positions.png')
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect(png.readUInt32BE(16)).toBe(800)
  })
})

describe('the chart of ratios', () => {
  const cell = (precision: string, ratio: number | null, tokensPerSecond: number): MeasuredCell => ({
    bench: 'ctranslate2',
    case: `fr-en ${precision} ×1, 1 × 4`,
    model: 'fr-en',
    backend: ratio === null ? 'ctranslate2 4.8.5' : 'native',
    precision,
    threads: 1,
    batch: 1,
    beam: 4,
    ratio,
    peer: ratio === null ? null : 'CTranslate2',
    tokensPerSecond,
    date: '2026-01-01',
    commit: '0000000',
    cpu: 'a processor',
  })

  test('has a dot for each cell, right of 1× where ours is faster and left of it where theirs is', () => {
    const cells = [
      cell('float32', 0.5, 100),
      cell('float32', null, 200),
      cell('int8', 4, 1200),
      cell('int8', null, 300),
    ]
    const chart = svgText(ratioChart(pairsOf(cells, 'ctranslate2')), 'light')
    const at = (pattern: string) => Number(chart.match(new RegExp(pattern))![1])
    const [same, twice] = [at('<text x="([\\d.]+)"[^>]*>1×'), at('<text x="([\\d.]+)"[^>]*>2×')]
    expect(at('<circle cx="([\\d.]+)"[^>]*><title>fr-en float32 ×1, 1 × 4: 100 and 200 tokens/s, 0.50×')).toBeCloseTo(
      2 * same - twice,
      0,
    )
    expect(at('<circle cx="([\\d.]+)"[^>]*><title>fr-en int8 ×1, 1 × 4: 1,200 and 300 tokens/s, 4.00×')).toBeCloseTo(
      2 * twice - same,
      0,
    )
    expect(chart).toContain('those of CTranslate2 4.8.5')
  })

  test('says what it needs where there is nothing to draw', () => {
    expect(() => pairsOf([], 'ctranslate2')).toThrow(/has no cell of bench --only ctranslate2/)
  })
})
