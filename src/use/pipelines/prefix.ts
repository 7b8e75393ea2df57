/** What stands before each text, as a config.json says: `prefix` of the task, and that of all. */
export function prefixOf({ prefix, task_specific_params }: Readonly<Record<string, unknown>>, task: string): string {
  const params = (task_specific_params ?? {}) as Record<string, { prefix?: unknown } | null>
  const own = Object.hasOwn(params, task) ? params[task]?.prefix : undefined
  return [own, prefix].filter((each) => typeof each === 'string').join('')
}
