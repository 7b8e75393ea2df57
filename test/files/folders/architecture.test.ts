import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadFolder } from '#dist/files/folders/load.js'
import { copy, edit } from './edited-folder.ts'

/** A BART folder with other keys in its config.json. */
const withKeys = (keys: object) => edit(copy('bart'), 'config.json', (json) => Object.assign(json, keys))

describe('a folder whose model does not generate text', () => {
  it.each([
    [{ is_encoder_decoder: false }, 'is_encoder_decoder is false'],
    [{ architectures: ['BartForSequenceClassification'] }, 'architectures has BartForSequenceClassification'],
    [{ architectures: ['BartForQuestionAnswering'] }, 'BartForQuestionAnswering'],
    [{ architectures: ['BartForCausalLM'], is_encoder_decoder: false }, 'is_encoder_decoder'],
    [{ architectures: ['T5EncoderModel'] }, 'T5EncoderModel'],
    [{ architectures: ['T5ForTokenClassification', 'T5EncoderModel'] }, 'T5ForTokenClassification, T5EncoderModel'],
  ])('%j is refused', (keys, says) => {
    const folder = withKeys(keys)
    expect(() => loadFolder(folder)).toThrow(
      expect.objectContaining({
        code: 'ERR_UNSUPPORTED',
        message: expect.stringMatching(/^\S+config\.json: .*only models with an encoder and a decoder/),
      }),
    )
    expect(() => loadFolder(folder)).toThrow(says)
  })

  it.each([
    { architectures: null },
    { architectures: [] },
    { architectures: ['BartModel'] },
    { architectures: ['T5WithLMHeadModel'] },
    { architectures: ['MarianMTModel'] },
    { architectures: ['BartForSequenceClassification', 'BartForConditionalGeneration'] },
    { is_encoder_decoder: null },
  ])('%j is loaded', (keys) => {
    expect(loadFolder(withKeys(keys)).weights.config.dModel).toBe(32)
  })
})

describe('a message about settings of a search', () => {
  it('names the file that has them', () => {
    const folder = edit(copy(), 'generation_config.json', (json) => Object.assign(json, { suppress_tokens: [5000] }))
    expect(() => loadFolder(folder)).toThrow(
      `${join(folder, 'generation_config.json')}: option 'suppress' names id 5000, outside the target vocabulary`,
    )
  })
})
