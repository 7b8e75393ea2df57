/** The prefix of each text, as config.json gives it: the `prefix` of the task, and the general one. */
export function prefixOf({ prefix, task_specific_params }: Readonly<Record<string, unknown>>, task: string): string {
  const params = (task_specific_params ?? {}) as Record<string, { prefix?: unknown } | null>
  const own = Object.hasOwn(params, task) ? params[task]?.prefix : undefined
  return [own, prefix].filter((each) => typeof each === 'string').join('')
}
