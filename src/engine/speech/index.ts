/** Face of engine/hear/: what other rooms use of hearing. */
export { type Head, headsOf } from './align.ts'
export { Hearing, type Shared, type TextMeasures, type Window } from './hearing.ts'
export { segmentsOf } from './segments.ts'
export type { Alignment, HeardSegment, HeardWindow, Seen, Task, Thresholds, WindowSettings } from './settings.ts'
