import { defaultInWords } from './docs.ts'
import type { Schema, Setting } from './settings.ts'
import type { JsonSchema } from './types.ts'

/** Settings as a JSON Schema, for interface descriptions such as OpenAPI. */
export function jsonSchemaOf(schema: Schema): JsonSchema {
  const entries = Object.entries(schema)
  const required = entries.filter(([, setting]) => setting.default === undefined && !setting.optional)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, setting]) => [name, propertyOf(setting)])),
    ...(required.length && { required: required.map(([name]) => name) }),
    additionalProperties: false,
  }
}

function propertyOf(setting: Setting): JsonSchema {
  const words = defaultInWords(setting)
  const isConstant = setting.otherwise === undefined && setting.default != null && typeof setting.default !== 'function'
  const said = isConstant || words === null || words === 'not set' ? '' : ` (default: ${words})`
  return {
    description: `${setting.says}${said}`,
    ...setting.type.json,
    ...(isConstant && { default: setting.default }),
  }
}
