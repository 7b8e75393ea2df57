import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { tokenizerFile } from '#dist/formats/disk/file-limit.js'
import { zipFolder } from '#dist/formats/zip/zip-folder.js'

/** An archive of one deflated file. */
function archiveOf(name: string, content: Buffer): Buffer {
  const deflated = deflateRawSync(content)
  const facts = Buffer.alloc(26)
  facts.writeUInt16LE(20, 0)
  facts.writeUInt16LE(8, 4)
  facts.writeUInt32LE(crc32(content), 10)
  facts.writeUInt32LE(deflated.length, 14)
  facts.writeUInt32LE(content.length, 18)
  facts.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), deflated])
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), facts, Buffer.alloc(14), Buffer.from(name)])
  const end = Buffer.alloc(18)
  end.writeUInt16LE(1, 4)
  end.writeUInt16LE(1, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(local.length, 12)
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06'), end])
}

test('a deflated file is inflated once, however often it is opened', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'zip-'))
  try {
    const path = join(scratch, 'one.zip')
    const content = Buffer.from('nule gunsun '.repeat(50))
    const archive = archiveOf('top/model.bin', content)
    writeFileSync(path, archive)
    const { folder } = zipFolder(path)
    expect(Buffer.from(folder.folder('top').bytes('model.bin', tokenizerFile))).toEqual(content)
    // Nothing can be inflated from the file any more.
    writeFileSync(path, Buffer.alloc(archive.length))
    expect(Buffer.from(folder.folder('top').bytes('model.bin', tokenizerFile))).toEqual(content)
  } finally {
    rmSync(scratch, { recursive: true })
  }
})
