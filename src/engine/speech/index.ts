/** Face of engine/speech/: the parts that other rooms use. */
export { type Head, headsOf } from './align.ts'
export { withoutRepetition } from './repetition.ts'
export { SampleFront } from './sample-front.ts'
export { segmentsOf } from './segments.ts'
export type { Alignment, HeardSegment, HeardWindow, Seen, Task, Thresholds, WindowSettings } from './settings.ts'
export { type Shared, type TextMeasures, type Window, WindowTranscriber } from './window-transcriber.ts'
