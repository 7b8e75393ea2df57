import type { View } from '../parts/view.ts'
import { attentionView } from './attention.tsx'
import { beamTreeView } from './beam-tree.tsx'
import { decodingView } from './decoding.tsx'
import { experimentView } from './experiment.tsx'
import { headsView } from './heads.tsx'
import { lensView } from './lens.tsx'
import { machineView } from './machine.tsx'
import { neuronView } from './neuron.tsx'
import { positionsView } from './positions.tsx'
import { sweepView } from './sweep.tsx'
import { tourView } from './tour.tsx'
import { trainingView } from './training.tsx'
import { whyView } from './why.tsx'

/** All views, in the order of the navigation. */
export const views: readonly View[] = [
  tourView,
  machineView,
  attentionView,
  headsView,
  neuronView,
  decodingView,
  beamTreeView,
  positionsView,
  lensView,
  whyView,
  sweepView,
  experimentView,
  trainingView,
]
