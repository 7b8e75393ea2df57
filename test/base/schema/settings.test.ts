import { describe, expect, it } from 'vitest'
import { tableOf } from '#dist/base/schema/docs.js'
import { inFile, inOptions } from '#dist/base/schema/place.js'
import { read, settings } from '#dist/base/schema/settings.js'
import {
  either,
  finiteNumber,
  flag,
  ids,
  integer,
  listOf,
  oneOf,
  share,
  wordOrNothing,
} from '#dist/base/schema/types.js'

const schema = settings({
  beams: { type: integer(1, 1024), default: 1, says: 'hypotheses kept for each sentence' },
  form: { type: oneOf('power', 'gnmt'), default: 'power', says: 'of the length penalty' },
  threads: { type: either(oneOf('auto'), integer(1)), default: 'auto', says: 'of the kernels' },
  longest: { type: integer(1), default: null, otherwise: "the model's limit", says: 'in tokens' },
  dropout: { type: share, default: 0.1, says: 'of what a layer adds' },
  suppress: { type: listOf(ids, 'a list of lists of ids'), default: [], says: 'sequences that never come out' },
  joiner: { type: wordOrNothing, optional: true, says: 'what goes on in the next word' },
  scale: { type: finiteNumber, says: 'has to be given' },
  json: { type: flag, default: false, says: 'prints JSON' },
})

const all = { scale: 2 }
const options = (given: unknown) => () => read(schema, given, inOptions)
const file = (given: unknown) => () => read(schema, given, inFile('a.json', 'ERR_MODEL_FORMAT', 'group.'))

describe('reading settings', () => {
  it('fills in defaults, and omits optional settings', () => {
    const defaults = {
      beams: 1,
      form: 'power',
      threads: 'auto',
      longest: null,
      dropout: 0.1,
      suppress: [],
      json: false,
    }
    expect(read(schema, all, inOptions)).toEqual({ ...defaults, scale: 2 })
    expect(read(schema, { ...all, joiner: '@@', threads: 3 }, inOptions)).toMatchObject({ joiner: '@@', threads: 3 })
  })

  it('accepts inherited options, and treats null in a file as left out', () => {
    expect(read(schema, Object.create({ scale: 3 }), inOptions).scale).toBe(3)
    expect(read(schema, { scale: 3, beams: null }, inFile('a.json')).beams).toBe(1)
    expect(options({ ...all, beams: null })).toThrow(/^option 'beams' must be an integer from 1 to 1024, not null$/)
  })

  it('copies lists, and those in them', () => {
    const suppress = [[1, 2]]
    const values = read(schema, { ...all, suppress }, inOptions)
    suppress[0].push(3)
    suppress.push([])
    expect(values.suppress).toEqual([[1, 2]])
  })

  it.each([
    [{ beams: 0 }, "option 'beams' must be an integer from 1 to 1024, not 0"],
    [{ beams: 1.5 }, "option 'beams' must be an integer from 1 to 1024, not 1.5"],
    [{ dropout: 1 }, "option 'dropout' must be at least 0 and below 1, not 1"],
    [{ dropout: '0' }, "option 'dropout' must be a finite number, not '0'"],
    [{ form: 'gnnt' }, "option 'form' must be one of power, gnmt, not 'gnnt' (Did you mean gnmt?)"],
    [{ threads: 0 }, "option 'threads' must be 'auto' or an integer of at least 1, not 0"],
    [{ longest: 0 }, "option 'longest' must be an integer of at least 1, or null, not 0"],
    [{ suppress: [[1, -1]] }, "option 'suppress' must be a list of lists of ids, not [ [ 1, -1 ] ]"],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested
    [{ suppress: [[1, , 2]] }, "option 'suppress' must be a list of lists of ids, not [ [ 1, undefined, 2 ] ]"],
    [{ joiner: 'a b' }, "option 'joiner' must be a text without white space, not 'a b'"],
    [
      { beam: 4 },
      "unknown option 'beam': the options are beams, form, threads, longest, dropout, suppress, joiner, scale, json (Did you mean beams?)",
    ],
  ])('of options refuses %j', (given, message) => {
    const named = expect.objectContaining({ code: 'ERR_OPTION' })
    expect(options({ ...all, ...given })).toThrow(named)
    if (!message.includes('undefined')) expect(options({ ...all, ...given })).toThrow(message)
  })

  it.each([
    [{ scale: '2' }, 'a.json: group.scale must be a finite number, not "2"'],
    [{}, 'a.json: group.scale is missing; it must be a finite number'],
    [{ scale: 1, bems: 2 }, /^a\.json: unknown key group\.bems; known here: .*\(Did you mean beams\?\)$/],
    [[], 'a.json: group must be an object, not []'],
    [undefined, 'a.json: group is missing; it must be an object'],
  ])('of a file refuses %j', (given, message) => {
    expect(file(given)).toThrow(expect.objectContaining({ code: 'ERR_MODEL_FORMAT' }))
    expect(file(given)).toThrow(message)
  })
})

it('a table for docs has each setting with its type and default', () => {
  const { beams, longest, joiner, scale } = schema
  expect(tableOf({ beams, longest, joiner, scale }, 'group.').split('\n')).toEqual([
    '| setting | what it may be | default | what it is |',
    '|---|---|---|---|',
    '| `group.beams` | an integer from 1 to 1024 | `1` | hypotheses kept for each sentence |',
    "| `group.longest` | an integer of at least 1 | the model's limit | in tokens |",
    '| `group.joiner` | a text without white space | not set | what goes on in the next word |',
    '| `group.scale` | a finite number | needed | has to be given |',
  ])
})
