import { GlassformerError } from '../../base/errors.ts'
import { ownModel } from '../../base/package/own-packages.ts'
import { findLanguage } from '../../language/text/languages.ts'
import { installedModels } from '../hub/installed.ts'
import { pull } from './lazy-pull.ts'

/** A model of a route. */
export interface RouteModel {
  /** The name or path that `Translator.load` takes. */
  name: string
  from: string
  to: string
}

/** The language between two others, as in Firefox. */
const BETWEEN = 'en'

/** The models on this machine that have pairs, in order of preference: those of Firefox, of OPUS-MT, of Argos, our own. */
function modelsHere(): RouteModel[] {
  const order = ['firefox', 'opus-mt', 'argos']
  const pulled = installedModels().toSorted((a, b) => order.indexOf(a.source) - order.indexOf(b.source))
  const own = ['fr-en', 'en-fr'].filter((name) => ownModel(name) !== undefined)
  return [...pulled, ...own.map((name) => ({ name, from: name.slice(0, 2), to: name.slice(3) }))].map(
    ({ name, from, to }) => ({ name, from, to }),
  )
}

/** The route from a language to another, or the names of the models that are missing for one. */
function routeHere(from: string, to: string): { route: RouteModel[] | null; missing: string[] } {
  const here = modelsHere()
  const leg = (source: string, target: string) =>
    here.find(
      (model) => findLanguage(source, [model.from]) !== undefined && findLanguage(target, [model.to]) !== undefined,
    )
  const direct = leg(from, to)
  if (direct) return { route: [direct], missing: [] }
  const isEnglish = (language: string) => findLanguage(language, [BETWEEN]) !== undefined
  const goesAround = !isEnglish(from) && !isEnglish(to)
  const [first, last] = goesAround ? [leg(from, BETWEEN), leg(BETWEEN, to)] : [undefined, undefined]
  if (first && last) return { route: [first, last], missing: [] }
  const pairs = goesAround ? [!first && `${from}-${BETWEEN}`, !last && `${BETWEEN}-${to}`] : [`${from}-${to}`]
  return { route: null, missing: pairs.flatMap((pair) => (pair ? [`firefox/${pair}`] : [])) }
}

/**
 * The models on this machine that lead from a language to another: one for the pair, or one into English and one out of
 * it. Languages are as people write them: fr, fra, French.
 * @throws GlassformerError ERR_OPTION where there are none, with the command that downloads them
 */
export function installedRoute(from: string, to: string): RouteModel[] {
  const { route, missing } = routeHere(from, to)
  if (route) return route
  const commands = missing.map((name) => `glassformer pull ${name}`)
  throw new GlassformerError(
    'ERR_OPTION',
    `no model here leads from ${from.slice(0, 40)} to ${to.slice(0, 40)}: ${commands.join(' and ').slice(0, 200)}`,
  )
}

/** As `installedRoute`; missing models of Firefox are downloaded first. @throws GlassformerError as `pull` */
export async function downloadedRoute(from: string, to: string): Promise<RouteModel[]> {
  for (const name of routeHere(from, to).missing) await pull(name)
  return installedRoute(from, to)
}
