import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Picture } from '../../dist/draw/marks/element.js'
import { svgText } from '../../dist/draw/marks/svg-text.js'
import type { Kind } from './kind.ts'
import { type MeasuredCell, measured, pairsOf } from './measured.ts'
import { ratioChart } from './ratio-chart.ts'
import { speedChart } from './speed-chart.ts'

const drawings: Record<string, (cells: readonly MeasuredCell[]) => Picture> = {
  'engines.svg': (cells) => speedChart((bench) => pairsOf(cells, bench)),
  'beside-ctranslate2.svg': (cells) => ratioChart(pairsOf(cells, 'ctranslate2')),
  // Trainings have no beams.
  'beside-marian.svg': (cells) => ratioChart(pairsOf(cells, 'marian').filter(({ ours }) => ours.beam !== null)),
  'beside-transformers-js.svg': (cells) => ratioChart(pairsOf(cells, 'transformers-js')),
}

/** Charts of the bench's measurements. */
export const charts: Kind = {
  files: Object.keys(drawings),
  make(files, folder) {
    for (const file of files) writeFileSync(join(folder, file), svgText(drawings[file](measured()), 'either'))
  },
}
