import type { Picture } from '../../dist/draw/marks/element.js'
import type { MeasuredCell } from './measured.mjs'

export function ratioChart(pairs: readonly { ours: MeasuredCell; theirs: MeasuredCell }[]): Picture
