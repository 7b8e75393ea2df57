/**
 * A `require` for the file at a path or URL. It is Node.js' own, asked for at run time: webpack replaces a
 * `createRequire` that is imported.
 */
export const requireFrom = (file: string | URL): NodeJS.Require =>
  process.getBuiltinModule('node:module').createRequire(file)
