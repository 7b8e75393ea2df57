export { glassformer, glassformer as default, type ServeOptions } from './plugin.ts'
export { type RunningServer, type ServerOptions, serve } from './serve.ts'
