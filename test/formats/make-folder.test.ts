import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeFolder } from '#dist/formats/disk/make-folder.js'
import { scratchFolder } from './raw-safetensors.ts'

const scratch = scratchFolder()
const inScratch = (...parts: string[]) => join(scratch, ...parts)

it('makes a folder and all above it, and leaves one that is there', () => {
  makeFolder(inScratch('a', 'b', 'c'))
  writeFileSync(inScratch('a', 'b', 'kept'), '')
  makeFolder(inScratch('a', 'b'))
  expect(readdirSync(inScratch('a', 'b')).sort()).toEqual(['c', 'kept'])
})

it('goes through links to folders, and takes .. as part of the name', () => {
  mkdirSync(inScratch('real'))
  symlinkSync(inScratch('real'), inScratch('link'))
  makeFolder(inScratch('link', 'x'))
  expect(statSync(inScratch('real', 'x')).isDirectory()).toBe(true)
  makeFolder(`${inScratch('nowhere')}/../beside`)
  expect(readdirSync(scratch)).toContain('beside')
  expect(readdirSync(scratch)).not.toContain('nowhere')
})

// Node's own mkdirSync(…, { recursive: true }) never returns from the first of these.
it.each([
  [
    'below a link that leads nowhere',
    () => [symlinkSync('/nowhere/at/all', inScratch('dangling')), 'dangling/run'],
    /dangling: a file has this name/,
  ],
  ['in place of a file', () => [writeFileSync(inScratch('file'), ''), 'file'], /file: a file has this name: remove it/],
  [
    'below a file',
    () => [writeFileSync(inScratch('other'), ''), 'other/run'],
    /other: a file has this name: remove it/,
  ],
] as const)('refuses a folder %s', (_, prepare, message) => {
  const [, name] = prepare()
  expect(() => makeFolder(inScratch(name as string))).toThrow(
    expect.objectContaining({ code: 'ERR_FILE', message: expect.stringMatching(message) }),
  )
})
