import type { loraTargets } from '../settings/settings.ts'

/** Whether a parameter is one of these: `encoder.0.selfAttention.query.weight` is of the group attention, and named query. */
export function isTarget(parameter: string, targets: readonly (typeof loraTargets)[number][]): boolean {
  const path = parameter.split('.')
  const module = path.at(-2)!.replace(/\d+$/, '')
  const group = path.includes('feedForward') ? 'feedForward' : 'attention'
  return targets.some((target) => target === group || target === module)
}
