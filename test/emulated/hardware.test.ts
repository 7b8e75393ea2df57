import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { loadAddon } from '#dist/engine/backend/native/addon.js'
import type { NativePlayer, NativePlayerOptions } from '#dist/engine/backend/native/player.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { Program } from '#dist/engine/program/program.js'
import { nativeReasons, testedIsas } from '../backends.ts'
import { encodedStore } from '../engine/program/encoded-store.ts'
import { playCase } from '../engine/program/play-case.ts'
import { Random, whole } from '../engine/program/random-operands.ts'
import { makePlayer, ops } from '../native/tiny-program.ts'

const binary = nativeReasons.length ? '' : loadAddon(ops).binary

/** The result of `make` with the addon that runs on the processor's own instructions. */
function onHardware<T>(make: () => T): T {
  const emulated = process.env.GLASSFORMER_ADDON
  delete process.env.GLASSFORMER_ADDON
  try {
    return make()
  } finally {
    process.env.GLASSFORMER_ADDON = emulated
  }
}

const hardwareIsas = nativeReasons.length ? [] : onHardware(() => loadAddon(ops).info.isas)

/** Numbers over all magnitudes: some too small for bfloat16's normal numbers, with products too small or too large for any. */
const magnitudes = (random: Random, length: number) =>
  Float32Array.from({ length }, () => (random.next() - 0.5) * 2 ** random.integer(-140, 70))

/** The same product, by each of the numbers' formats, on an emulated and on the real instruction set. */
function both(isa: string, options: Omit<NativePlayerOptions, 'ops'>, play: (player: NativePlayer) => Float32Array) {
  const players = [makePlayer({ isa, ...options }), onHardware(() => makePlayer({ isa, ...options }))]
  const bits = players.map((player) => new Uint32Array(play(player).buffer))
  for (const player of players) player.close()
  return bits
}

describe.skipIf(nativeReasons.length)('the emulated instructions', () => {
  it('are none of the processor', (context) => {
    const { status, stdout } = spawnSync('objdump', ['-d', '--no-show-raw-insn', binary], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    })
    context.skip(status !== 0, 'no objdump')
    expect(stdout).toMatch(/vfmadd/)
    const found = stdout.split('\n').filter((line) => /\b(tile\w+|ldtilecfg|tdp\w+)\b|\{vex\} vpdpbusd/.test(line))
    expect(found.slice(0, 5)).toEqual([])
  })

  describe.each(testedIsas)('of %s', (isa) => {
    it.skipIf(!hardwareIsas.includes(isa))('have the bits that the processor gives, in products of int8', () => {
      for (const [rows, inputs, outputs] of [
        [1, 63, 17],
        [40, 300, 130],
      ]) {
        const random = new Random(rows)
        const weight = { rows: outputs, width: inputs, values: random.floats(outputs * inputs) }
        const x = random.floats(rows * inputs)
        const p = new Program('linear', encodedStore('int8', { weight }))
        const operands = { x: p.input('x', 'S', inputs), weight: p.weight('weight') }
        p.output(linear(p, operands, { activation: 'none', scale: 1 })[0], 'y')
        const [emulated, real] = both(isa, {}, (player) => {
          const y = new Float32Array(rows * outputs)
          new LoadedProgram(player, p).play({ S: rows }, { x, y })
          return y
        })
        expect(emulated).toEqual(real)
      }
    })

    it.skipIf(isa !== 'amx' || !hardwareIsas.includes(isa))(
      'have the bits that the processor gives, in products of bfloat16 of all magnitudes',
      () => {
        for (let seed = 0; seed < 8; seed++) {
          const random = new Random(seed)
          const [S, inputs, outputs] = [130 + seed, random.pick([31, 64, 600]), random.pick([33, 64, 257])]
          const numbers = seed % 2 ? magnitudes : (from: Random, length: number) => from.floats(length)
          const inputsOf = {
            dy: whole('S', outputs, numbers(random, S * outputs)),
            weight: whole(outputs, inputs, numbers(random, outputs * inputs)),
            x: null,
          }
          const opCase = { symbols: { S }, inputs: inputsOf, attributes: { scale: random.pick([1, 0.3]) } }
          const [emulated, real] = both(isa, { products: 'bfloat16' }, (player) => {
            return playCase(player, opTable.get('linearInputGradient')!, opCase).arrays.dx as Float32Array
          })
          expect(emulated).toEqual(real)
        }
      },
    )
  })
})
