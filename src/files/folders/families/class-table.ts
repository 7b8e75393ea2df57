import { families } from './families.ts'
import { type Mapping, mappings, unreadClasses } from './unread-classes.ts'

/** A class in the table: whether folders of it are read, and with which limits, or why not. */
interface ClassRow {
  name: string
  modelTypes: string
  isRead: boolean
  why: string
}

/** What families cannot read of their own class, by model_type. */
const limits: Readonly<Record<string, string>> = {
  'encoder-decoder': 'BERT2BERT and RoBERTa2RoBERTa of one width, and both with a GPT-2 as the decoder',
  'vision-encoder-decoder': 'ViT and DeiT as encoders (no Swin, so no Donut), decoders of TrOCR and GPT-2',
  speech_to_text: 'features in, ids out',
  seamless_m4t: 'ids in, ids out: its tokenizer is missing',
  seamless_m4t_v2: 'ids in, ids out: its tokenizer is missing',
}

/** The mapping of a class that is read; null for a decoder alone. */
function mappingOf(name: string): Mapping | null {
  if (/^(?:Whisper|Moonshine|Speech2)/.test(name)) return 'AutoModelForSpeechSeq2Seq'
  if (/^(?:Vision|Pix2)/.test(name)) return 'AutoModelForVision2Seq'
  return name.endsWith('LMHeadModel') ? null : 'AutoModelForSeq2SeqLM'
}

/** The rows of a mapping, those that are read first. */
export function classRows(mapping: Mapping): ClassRow[] {
  const read = families.flatMap(({ classes, modelTypes }) =>
    classes
      .filter((name) => mappingOf(name) === mapping)
      .map((name, i) => {
        const type = modelTypes[i] ?? modelTypes[0]
        return { name, modelTypes: type, isRead: true, why: limits[type] ?? '' }
      }),
  )
  const unread = unreadClasses
    .filter((each) => each.mapping === mapping)
    .map(({ name, modelType, missing }) => ({ name, modelTypes: modelType, isRead: false, why: missing }))
  return [...read, ...unread]
}

/** The table of all classes, in Markdown. */
export function classesTable(): string {
  const rows = mappings.flatMap((mapping) =>
    classRows(mapping).map(
      ({ name, modelTypes, isRead, why }) =>
        `| ${mapping} | ${name} | \`${modelTypes}\` | ${isRead ? 'yes' : 'no'} | ${why} |`,
    ),
  )
  return ['| mapping | class | model_type | read | limits, or why not |', '|---|---|---|---|---|', ...rows].join('\n')
}
