import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { ended, glassformer, start } from '../command.ts'

// A model of random weights without a tokenizer, whose ids say nothing that makes sense.
const model = join(import.meta.dirname, '../../golden/seq2seq2/trocr-vit/model')
const pictures = join(import.meta.dirname, '../../golden/pictures')
const page = join(pictures, 'page.png')
const read = (...args: string[]) => glassformer(['read', '--model', model, '--max-tokens', '5', ...args])

describe('glassformer read', () => {
  test('prints a line for each picture of files, folders and standard input', async () => {
    const one = await read(page)
    expect({ code: one.code, stderr: one.stderr }).toEqual({ code: 0, stderr: '' })
    expect(one.stdout).toMatch(/^\d+( \d+){4}\n$/)
    const folder = scratchFolder()
    mkdirSync(join(folder, 'within'))
    cpSync(page, join(folder, 'within/b.png'))
    cpSync(join(pictures, 'page.webp'), join(folder, 'a.webp'))
    writeFileSync(join(folder, 'notes.txt'), 'no picture')
    expect((await read(folder, page)).stdout).toBe(one.stdout.repeat(3))
    const child = start(['read', '--model', model, '--max-tokens', '5', '-'])
    child.stdin!.end(readFileSync(page))
    expect((await ended(child)).stdout).toBe(one.stdout)
  })

  test('passes over what is no picture, and says so at the end', async () => {
    const bad = join(scratchFolder(), 'bad.png')
    writeFileSync(bad, 'no picture')
    const { code, stdout, stderr } = await read(
      '--json',
      '--beams',
      '2',
      '--alternatives',
      '2',
      '--progress',
      page,
      bad,
      'nowhere.png',
    )
    const found = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(1)
    expect(found.map(({ image, error }) => [image, error?.code])).toEqual([
      [page, undefined],
      [bad, 'ERR_IMAGE_FORMAT'],
      ['nowhere.png', 'ERR_FILE'],
    ])
    expect(found[0]).toMatchObject({ text: '', ids: expect.any(Array), finishReason: 'length' })
    expect(found[0].alternatives.map(({ ids }: { ids: number[] }) => ids.length)).toEqual([5, 5])
    expect(stderr).toContain(`glassformer: ERR_IMAGE_FORMAT: ${bad} cannot be read as an image`)
    expect(stderr).toContain('3 pictures')
    expect(await read(scratchFolder())).toMatchObject({ code: 1, stderr: expect.stringContaining('no picture in it') })
  })
})

test('info says that a model sees', async () => {
  const { stdout } = await glassformer(['info', '--model', model])
  expect(stdout).toMatch(/ sources +pictures of 32 × 32 pixels, in patches of 8 × 8\n/)
})
