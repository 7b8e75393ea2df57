import type { PlainError } from '../../../workers/threads/messages.ts'
import type { MemoryFiles } from './memory-files.ts'

/** The methods of the files that other threads may call. */
export type MemoryMethod = 'of' | 'plansOf' | 'similar' | 'checkRoom' | 'add' | 'exported' | 'endExport' | 'remove'

export type MemoryArguments<Name extends MemoryMethod> = Parameters<MemoryFiles[Name]>

/** What the thread of the memories is given at its start. */
export interface MemorySettings {
  folder: string
  most: number
}

/** A call of a method, by a number that its answer has too. */
export interface MemoryCall<Name extends MemoryMethod = MemoryMethod> {
  id: number
  name: Name
  given: MemoryArguments<Name>
}

export type MemoryAnswer = { id: number } & ({ result: unknown } | { error: PlainError })
