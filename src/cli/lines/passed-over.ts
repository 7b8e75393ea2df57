import { whole } from '../../base/values/number-text.ts'
import type { CorpusReport } from '../../learn/train/pairs/corpus.ts'

/** 'lines without a pair, passed over: 3 of 1,000' */
export const passedOver = ({ lines, malformed, unit }: CorpusReport): string =>
  `${unit ?? 'line'}s without a pair, passed over: ${whole(malformed)} of ${whole(lines)}`
