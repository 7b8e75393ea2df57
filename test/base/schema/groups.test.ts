import { describe, expect, it } from 'vitest'
import { groupOf, kindsOf } from '#dist/base/schema/groups.js'
import { inFile, inMemory, inOptions, optionsFrom } from '#dist/base/schema/place.js'
import { read, settings } from '#dist/base/schema/settings.js'
import { integer, oneOf, text } from '#dist/base/schema/types.js'

const schema = settings({
  width: { type: integer(1), says: 'of the model' },
  twice: { type: integer(1), default: ({ width }: { width: number }) => 2 * width, says: 'double' },
  stack: { type: groupOf(settings({ layers: { type: integer(1), says: '' } })), says: '' },
  norm: { type: groupOf(settings({ kind: { type: oneOf('layer', 'rms'), default: 'layer', says: '' } })), says: '' },
  place: {
    type: kindsOf({ plain: {}, table: settings({ rows: { type: integer(1), default: 7, says: '' } }) }, 'plain'),
    says: '',
  },
  file: { type: kindsOf({ words: settings({ name: { type: text, says: '' } }) }), optional: true, says: '' },
})
const least = { width: 3, stack: { layers: 1 } }
const whole = { ...least, twice: 6, norm: { kind: 'layer' }, place: { kind: 'plain' } }
const place = inFile('a.json')

describe('settings within settings', () => {
  it('have defaults of their own, which may follow from settings before', () => {
    expect(read(schema, least, place)).toEqual(whole)
    expect(read(schema, { ...least, twice: null, norm: null, place: { kind: 'table' } }, place)).toEqual({
      ...whole,
      place: { kind: 'table', rows: 7 },
    })
    expect(read(schema, { ...least, file: { kind: 'words', name: 'a' } }, place).file).toEqual({
      kind: 'words',
      name: 'a',
    })
  })

  it.each([
    [{ stack: undefined }, 'a.json: stack is missing; it must be an object'],
    [{ stack: 7 }, 'a.json: stack must be an object, not 7'],
    [{ stack: {} }, 'a.json: stack.layers is missing; it must be an integer of at least 1'],
    [{ stack: { layer: 1 } }, 'a.json: unknown key stack.layer; known here: layers (Did you mean layers?)'],
    [{ norm: { kind: 'layr' } }, 'a.json: norm.kind must be one of layer, rms, not "layr" (Did you mean layer?)'],
    [{ place: { kind: 'tabel' } }, 'a.json: place.kind must be one of plain, table, not "tabel" (Did you mean table?)'],
    [{ place: { rows: 3 } }, 'a.json: unknown key place.rows; known here: kind'],
    [{ place: { kind: 'table', rows: 0 } }, 'a.json: place.rows must be an integer of at least 1, not 0'],
    [{ place: { kind: 'constructor' } }, 'a.json: place.kind must be one of plain, table, not "constructor"'],
    [{ file: {} }, "a.json: file.kind is missing; it must be 'words'"],
    [{ twice: 0 }, 'a.json: twice must be an integer of at least 1, not 0'],
  ])('refuse %j with the place, the value and the allowed values', (change, message) => {
    const refused = expect.objectContaining({ code: 'ERR_MODEL_FORMAT', message })
    expect(() => read(schema, { ...least, ...change }, place)).toThrow(refused)
  })

  it('have the names of options in a call', () => {
    const call = (change: object) => () => read(schema, { ...least, ...change }, inOptions)
    expect(call({ stack: [] })).toThrow("option 'stack' must be an object, not []")
    expect(call({ norm: { kind: null } })).toThrow("option 'norm.kind' must be one of layer, rms, not null")
    expect(call({ place: { kind: 'plain', row: 1 } })).toThrow("unknown option 'place.row': the options are kind")
    expect(() => read(schema, { ...least, width: 0 }, optionsFrom('b.json'))).toThrow(
      expect.objectContaining({
        code: 'ERR_MODEL_FORMAT',
        message: "b.json: option 'width' must be an integer of at least 1, not 0",
      }),
    )
  })
})

describe('an object in memory without optional settings', () => {
  const memory = (given: unknown) => () => read(schema, given, inMemory('the model'), {})

  it('is read without defaults', () => expect(memory(whole)()).toEqual(whole))

  it.each([
    [undefined, 'the model: the whole is missing; it must be an object'],
    [{ ...whole, twice: undefined }, 'the model: twice is missing; it must be an integer of at least 1'],
    [{ ...whole, twice: Number.NaN }, 'the model: twice must be an integer of at least 1, not NaN'],
    [{ ...whole, norm: undefined }, 'the model: norm is missing; it must be an object'],
    [{ ...whole, norm: null }, 'the model: norm must be an object, not null'],
    [{ ...whole, norm: {} }, 'the model: norm.kind is missing; it must be one of layer, rms'],
    [{ ...whole, place: {} }, 'the model: place.kind is missing; it must be one of plain, table'],
    [{ ...whole, place: { kind: 'table' } }, 'the model: place.rows is missing; it must be an integer of at least 1'],
  ])('%j is refused', (given, message) => {
    expect(memory(given)).toThrow(expect.objectContaining({ code: 'ERR_MODEL_FORMAT', message }))
  })
})
