import { describe, expect, it } from 'vitest'
import { readMarianVocabulary } from '#dist/formats/marian/marian-vocabulary.js'

describe('readMarianVocabulary', () => {
  const read = (json: string) => readMarianVocabulary(json, 'folder/vocab.json', ['</s>', '<unk>'])

  it('reads pieces and ids in any order', () => {
    const { idOf, pieces } = read('{"<unk>": 1, "</s>": 0, "2": 3, "__proto__": 2}')
    expect(pieces).toEqual(['</s>', '<unk>', '__proto__', '2'])
    expect(pieces.map(idOf)).toEqual([0, 1, 2, 3])
    expect(['', 'a', 'constructor'].map(idOf)).toEqual([undefined, undefined, undefined])
  })

  it.each([
    ['what is not JSON', '{"</s>": 0,', /it is not JSON at line 1, column 12 \(offset 11\): a key/],
    ['what is not JSON after a line break', '{\n"</s>": 0\n"<unk>": 1\n}', /it is not JSON at line 3, column 1 /],
    ['an empty file', '', /it is not JSON/],
    ['a list', '["</s>", "<unk>"]', /it holds a list/],
    ['null', 'null', /it holds null/],
    ['a text as an id', '{"</s>": 0, "<unk>": "1"}', /the id of "<unk>" is "1"/],
    ['a fraction as an id', '{"</s>": 0, "<unk>": 1.5}', /the id of "<unk>" is 1\.5/],
    ['a negative id', '{"</s>": 0, "<unk>": -1}', /the id of "<unk>" is -1/],
    ['an id twice', '{"</s>": 0, "<unk>": 1, "a": 1}', /"<unk>" and "a" both have the id 1/],
    ['a missing id', '{"</s>": 0, "<unk>": 1, "a": 3}', /"a" has the id 3, but there are 3 pieces/],
    ['no </s>', '{"<unk>": 0}', /the piece <\/s> is missing/],
    ['no <unk>', '{"</s>": 0}', /the piece <unk> is missing/],
  ])('refuses %s', (_, json, message) => {
    expect(() => read(json)).toThrow(expect.objectContaining({ code: 'ERR_TOKENIZER_FORMAT' }))
    expect(() => read(json)).toThrow(message)
    expect(() => read(json)).toThrow(/^folder\/vocab\.json: .*fetch or export the file again\.$/)
  })
})
