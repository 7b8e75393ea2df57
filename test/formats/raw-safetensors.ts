import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'

/** A folder for a test file's files, removed after it. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A safetensors file put together by hand, so that it can lie. */
export function rawSafetensors(
  path: string,
  header: string | Uint8Array | object,
  data: Uint8Array,
  length?: bigint,
): string {
  const json =
    header instanceof Uint8Array ? header : Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const first = Buffer.alloc(8)
  first.writeBigUInt64LE(length ?? BigInt(json.length))
  writeFileSync(path, Buffer.concat([first, json, data]))
  return path
}

/** Expects an error of ours with this code, whose message holds each of the parts. */
export function expectError(run: () => unknown, code: string, ...parts: string[]): void {
  let error: unknown
  try {
    run()
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(GlassformerError)
  expect((error as GlassformerError).code).toBe(code)
  for (const part of parts) expect((error as Error).message).toContain(part)
}
