export { installedModels, type ModelSource, modelSources, sourceName } from '../hub/installed.ts'
export { type ListedModel, listModels, removeModel } from './catalog.ts'
export { downloadedRoute, installedRoute, type RouteModel } from './route.ts'
