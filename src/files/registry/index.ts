export { installedModels } from '../hub/installed.ts'
export { type ModelSource, modelSources, sourceName } from '../hub/source-name.ts'
export { type ListedModel, listModels, removeModel } from './catalog.ts'
export { downloadedRoute, installedRoute, type RouteModel } from './route.ts'
