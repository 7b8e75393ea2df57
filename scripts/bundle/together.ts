/**
 * Files of modules that are loaded together. The loader of ES modules takes a millisecond for each file, and without
 * these groups a translation by the command takes a quarter more processor time.
 */
import type { ChunkingContext, CodeSplittingGroup } from 'rolldown'

/** A file's name, and the modules with which everything that they import at their start belongs to it. */
export interface Together {
  name: string
  entries: string[]
}

/**
 * Groups of the bundler. An earlier file comes first: the second one has what the first has not. `isForFirst` chooses
 * modules that belong to the first file whoever imports them.
 */
export function loadedTogether(files: Together[], isForFirst: (id: string) => boolean): CodeSplittingGroup[] {
  return files.map(({ name, entries }, i) => {
    let modules: Set<string> | undefined
    return {
      debugName: name,
      name(id, context) {
        modules ??= importedBy(entries, context)
        return modules.has(id) || (i === 0 && isForFirst(id)) ? name : null
      },
      priority: files.length - i,
    }
  })
}

/** Modules, and all that they import at their start. */
function importedBy(entries: string[], context: ChunkingContext): Set<string> {
  const found = new Set(entries)
  for (const id of found) for (const imported of context.getModuleInfo(id)?.importedIds ?? []) found.add(imported)
  return found
}
