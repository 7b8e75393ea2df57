import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { tokensOfJson } from '../../../formats/ctranslate2/token-list.ts'
import type { HubClass } from '../../../language/text/hub/hub-classes.ts'
import type { TokenizerContents } from './tokenizer-files.ts'

/** Python's name of each class of tokenizers, by which AutoTokenizer finds it. */
const pythonClasses: Readonly<Record<HubClass, string>> = {
  T5: 'T5Tokenizer',
  Pegasus: 'PegasusTokenizer',
  NLLB: 'NllbTokenizer',
  M2M100: 'M2M100Tokenizer',
  MBart: 'MBartTokenizer',
  MBart50: 'MBart50Tokenizer',
  Bart: 'BartTokenizer',
  Blenderbot: 'BlenderbotTokenizer',
  BlenderbotSmall: 'BlenderbotSmallTokenizer',
  PLBart: 'PLBartTokenizer',
  GPT2: 'GPT2Tokenizer',
  Whisper: 'WhisperTokenizer',
}

const PADDING = '<pad>'

/**
 * The tokenizer in the form that Hugging Face's folders have. Lists of tokens with a SentencePiece model are Marian's
 * tokenizer, if the model has a padding token after all tokens, as Marian's models have.
 */
export function theirTokenizer(tokenizer: TokenizerContents, { ids }: ModelConfig): TokenizerContents {
  if (tokenizer.kind === 'huggingface') {
    const { configuration, class: kind } = tokenizer
    return { ...tokenizer, configuration: { tokenizer_class: pythonClasses[kind], ...configuration } }
  }
  if (tokenizer.kind !== 'vocabulary' || tokenizer.pieces === undefined) return tokenizer
  const { pieces, targetPieces = pieces, source, target, unknown } = tokenizer
  const tokens = tokensOfJson(target ?? source, '')
  if (ids.padding !== tokens.length) return tokenizer
  const vocabulary = (list: string) =>
    JSON.stringify(Object.fromEntries([...tokensOfJson(list, ''), PADDING].map((token, id) => [token, id])))
  return {
    kind: 'marian',
    source: pieces,
    target: targetPieces,
    vocabulary: vocabulary(source),
    ...(target !== undefined && { targetVocabulary: vocabulary(target) }),
    configuration: {
      tokenizer_class: 'MarianTokenizer',
      eos_token: tokens[ids.end],
      unk_token: unknown,
      pad_token: PADDING,
      separate_vocabs: target !== undefined,
    },
  }
}
