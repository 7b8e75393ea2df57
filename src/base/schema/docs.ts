import type { Schema, Setting } from './settings.ts'

/** The default of a setting in the words of docs and help; null for a required setting. */
export function defaultInWords({ default: value, optional, otherwise }: Setting): string | null {
  if (otherwise !== undefined) return otherwise
  if (value !== undefined) return Array.isArray(value) ? JSON.stringify(value) : String(value)
  return optional ? 'not set' : null
}

/**
 * A Markdown table of settings with the columns name, type, default and description. `path` is a prefix of the names.
 */
export function tableOf(schema: Schema, path = ''): string {
  const rows = Object.entries(schema).map(([name, setting]) => {
    const isPlain = setting.otherwise === undefined && setting.default !== undefined
    const words = defaultInWords(setting) ?? 'needed'
    return `| \`${path}${name}\` | ${setting.type.expected} | ${isPlain ? `\`${words}\`` : words} | ${setting.says} |`
  })
  return ['| setting | what it may be | default | what it is |', '|---|---|---|---|', ...rows].join('\n')
}
