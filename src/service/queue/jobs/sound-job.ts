import { type Given, settings } from '../../../base/schema/settings.ts'
import { oneOf } from '../../../base/schema/types.ts'
import { transcribeSettings } from '../../../use/transcribe/options.ts'

const { progress: _, translator: __, translateTo: ___, ...transcription } = transcribeSettings

/** How the sounds of a job are written down. A translator cannot be sent to workers. */
export const soundSettings = settings({
  ...transcription,
  outputFormat: {
    type: oneOf('txt', 'srt', 'vtt', 'tsv', 'json'),
    default: 'txt',
    flag: '-f, --output-format <format>',
    says: 'the format of transcripts',
  },
})

export type SoundOptions = Given<typeof soundSettings>
