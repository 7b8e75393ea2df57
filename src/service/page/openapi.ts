/** A JSON schema, as far as this page reads it. */
export interface Schema {
  type?: string
  description?: string
  properties?: Record<string, Schema>
  required?: readonly string[]
  anyOf?: readonly Schema[]
  items?: Schema
  enum?: readonly unknown[]
}

/** One method of a path. */
export interface Route {
  summary?: string
  description?: string
  requestBody?: { content?: Record<string, { schema: Schema }> }
  parameters?: readonly { name: string; in: 'path' | 'query' }[]
}

/** The description of a server, openapi.json. */
export interface Description {
  paths: Record<string, Record<string, Route>>
}

/** Values that translate something where a fitting model is served. */
const values: Record<string, unknown> = {
  text: 'Je suis étudiant.',
  q: 'Je suis étudiant.',
  target_lang: 'EN-US',
  source: 'fr',
  source_lang: 'fr',
  target: 'en',
}

/** A value that a schema allows, with the fields that it requires. */
export function exampleOf(schema: Schema = {}, name = ''): unknown {
  const { type, properties = {}, required = [], anyOf, items, enum: choices } = schema
  if (Object.hasOwn(values, name) && type !== 'object') return values[name]
  if (anyOf) return exampleOf(anyOf[0], name)
  if (choices) return choices[0]
  switch (type) {
    case 'object':
      return Object.fromEntries(required.map((each) => [each, exampleOf(properties[each], each)]))
    case 'array':
      return [exampleOf(items)]
    case 'string':
      return 'Oui.'
    case 'boolean':
      return false
    default:
      return 0
  }
}
