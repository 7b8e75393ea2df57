import type { Picture } from '../../dist/look/draw/element.js'
import type { MeasuredCell } from './measured.mjs'

export function ratioChart(pairs: readonly { ours: MeasuredCell; theirs: MeasuredCell }[]): Picture
