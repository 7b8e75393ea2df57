import { nativeReasons } from '../../backends.ts'

/** The backends that this machine has. */
export const backendNames: ('native' | 'js')[] = nativeReasons.length ? ['js'] : ['native', 'js']

/** The fastest of them. */
export const quickest = backendNames[0]
