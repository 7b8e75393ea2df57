import { settings } from '../../base/schema/settings.ts'
import { flag, positiveInteger } from '../../base/schema/types.ts'

/** How a transcript becomes subtitles. All but `maxLineWidth` need word times, and have no effect without them. */
export const cueSettings = settings({
  maxLineWidth: {
    type: positiveInteger,
    optional: true,
    otherwise: 'any number',
    flag: '--max-line-width <n>',
    says: 'characters of a line of subtitles at most; lines are broken between words',
  },
  maxLineCount: {
    type: positiveInteger,
    optional: true,
    otherwise: 'any number',
    flag: '--max-line-count <n>',
    says: 'lines of a subtitle at most; with --max-line-width, subtitles go on beyond the ends of segments',
  },
  maxWordsPerLine: {
    type: positiveInteger,
    optional: true,
    otherwise: 'any number',
    flag: '--max-words-per-line <n>',
    says: 'words of a subtitle at most',
  },
  highlightWords: {
    type: flag,
    default: false,
    flag: '--highlight-words',
    says: 'underlines each word while it is spoken: a subtitle for each word',
  },
})
