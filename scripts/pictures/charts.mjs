import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { svgText } from '../../dist/draw/marks/svg-text.js'
import { measured, pairsOf } from './measured.mjs'
import { ratioChart } from './ratio-chart.mjs'
import { speedChart } from './speed-chart.mjs'

const drawings = {
  'engines.svg': (cells) => speedChart((bench) => pairsOf(cells, bench)),
  'beside-ctranslate2.svg': (cells) => ratioChart(pairsOf(cells, 'ctranslate2')),
  // Trainings have no beams.
  'beside-marian.svg': (cells) => ratioChart(pairsOf(cells, 'marian').filter(({ ours }) => ours.beam !== null)),
  'beside-transformers-js.svg': (cells) => ratioChart(pairsOf(cells, 'transformers-js')),
}

/** Charts of the bench's measurements. */
export const charts = {
  files: Object.keys(drawings),
  make(files, folder) {
    for (const file of files) writeFileSync(join(folder, file), svgText(drawings[file](measured()), 'either'))
  },
}
