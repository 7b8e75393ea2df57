import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { expect, it } from 'vitest'
import { writeWhole } from '#dist/formats/disk/replace-file.js'

it('more bytes than Node.js writes at once are written in parts', () => {
  const descriptor = openSync(devNull, 'w')
  expect(() => writeWhole(descriptor, new Uint8Array(2 ** 31))).not.toThrow()
  closeSync(descriptor)
})
