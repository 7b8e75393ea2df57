/** Face of translate/ for the worker of glassformer/web, which translates. Nothing here needs Node. */
export { engineOf } from './jobs/engine-of.ts'
export { score } from './jobs/score.ts'
export { trace } from './jobs/trace.ts'
export { translate } from './jobs/translate.ts'
