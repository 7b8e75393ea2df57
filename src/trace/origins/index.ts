/** Face of trace/origins/: what a number of a tensor was computed from. */

export { originsOf } from './origins-of.ts'
export { type AskedOrigin, type OriginOption, originSettings, originsChoice } from './settings.ts'
