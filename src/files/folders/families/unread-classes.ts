/** A class of transformers' that writes text from a source, and is not read. */
export interface UnreadClass {
  /** The mapping of transformers' that lists it. */
  mapping: Mapping
  modelType: string
  name: string
  /** The parts that are missing here, for messages and the page about models. */
  missing: string
}

/** The mappings of transformers' whose classes write text from a source. */
export const mappings = ['AutoModelForSeq2SeqLM', 'AutoModelForSpeechSeq2Seq', 'AutoModelForVision2Seq'] as const
export type Mapping = (typeof mappings)[number]

const CHAT = 'a decoder that reads pictures among its words'

const texts = (modelType: string, name: string, missing: string): UnreadClass => ({
  mapping: 'AutoModelForSeq2SeqLM',
  modelType,
  name,
  missing,
})

const sounds = (modelType: string, name: string, missing: string): UnreadClass => ({
  mapping: 'AutoModelForSpeechSeq2Seq',
  modelType,
  name,
  missing,
})

const pictures = (modelType: string, name: string, missing = CHAT): UnreadClass => ({
  mapping: 'AutoModelForVision2Seq',
  modelType,
  name,
  missing,
})

/** The classes of the mappings that are not read, and why. */
export const unreadClasses: readonly UnreadClass[] = [
  texts('prophetnet', 'ProphetNetForConditionalGeneration', 'attention of n-gram streams'),
  texts('xlm-prophetnet', 'XLMProphetNetForConditionalGeneration', 'attention of n-gram streams'),
  texts(
    't5gemma',
    'T5GemmaForConditionalGeneration',
    'soft caps of scores and logits, near tokens in some layers, grouped queries',
  ),
  texts(
    't5gemma2',
    'T5Gemma2ForConditionalGeneration',
    'one softmax over own tokens and the source, norms of queries and keys',
  ),
  texts('gptsan-japanese', 'GPTSanJapaneseForConditionalGeneration', 'a decoder with a prefix'),
  texts('granite_speech', 'GraniteSpeechForConditionalGeneration', 'a decoder that hears'),
  texts('qwen2_audio', 'Qwen2AudioForConditionalGeneration', 'a decoder that hears'),
  texts('voxtral', 'VoxtralForConditionalGeneration', 'a decoder that hears'),
  sounds('dia', 'DiaForConditionalGeneration', 'it writes codes of sound, and no text'),
  sounds('kyutai_speech_to_text', 'KyutaiSpeechToTextForConditionalGeneration', 'a decoder that hears'),
  sounds('pop2piano', 'Pop2PianoForConditionalGeneration', 'it writes notes of a piano, and no text'),
  sounds('seamless_m4t', 'SeamlessM4TForSpeechToText', 'its encoder of speech; the text to text class is read'),
  sounds('seamless_m4t_v2', 'SeamlessM4Tv2ForSpeechToText', 'its encoder of speech; the text to text class is read'),
  sounds('speech-encoder-decoder', 'SpeechEncoderDecoderModel', 'an encoder of wav2vec2'),
  sounds('speecht5', 'SpeechT5ForSpeechToText', 'convolutions over samples'),
  pictures('pix2struct', 'Pix2StructForConditionalGeneration', 'an encoder of patches of pictures'),
  pictures('florence2', 'Florence2ForConditionalGeneration', 'an encoder of pictures (DaViT)'),
  pictures('blip', 'BlipForConditionalGeneration', 'an encoder of pictures'),
  pictures('git', 'GitForCausalLM'),
  pictures('blip-2', 'Blip2ForConditionalGeneration'),
  pictures('chameleon', 'ChameleonForConditionalGeneration'),
  pictures('idefics2', 'Idefics2ForConditionalGeneration'),
  pictures('idefics3', 'Idefics3ForConditionalGeneration'),
  pictures('instructblip', 'InstructBlipForConditionalGeneration'),
  pictures('instructblipvideo', 'InstructBlipVideoForConditionalGeneration'),
  pictures('kosmos-2', 'Kosmos2ForConditionalGeneration'),
  pictures('kosmos-2.5', 'Kosmos2_5ForConditionalGeneration'),
  pictures('llava', 'LlavaForConditionalGeneration'),
  pictures('llava_next', 'LlavaNextForConditionalGeneration'),
  pictures('llava_next_video', 'LlavaNextVideoForConditionalGeneration'),
  pictures('llava_onevision', 'LlavaOnevisionForConditionalGeneration'),
  pictures('mistral3', 'Mistral3ForConditionalGeneration'),
  pictures('mllama', 'MllamaForConditionalGeneration'),
  pictures('ovis2', 'Ovis2ForConditionalGeneration'),
  pictures('paligemma', 'PaliGemmaForConditionalGeneration'),
  pictures('qwen2_5_vl', 'Qwen2_5_VLForConditionalGeneration'),
  pictures('qwen2_vl', 'Qwen2VLForConditionalGeneration'),
  pictures('qwen3_vl', 'Qwen3VLForConditionalGeneration'),
  pictures('qwen3_vl_moe', 'Qwen3VLMoeForConditionalGeneration'),
  pictures('video_llava', 'VideoLlavaForConditionalGeneration'),
  pictures('vipllava', 'VipLlavaForConditionalGeneration'),
]
