import type { StoredDtype } from '../../folders/convert.ts'
import type { TestOptions } from '../flags/test-options.ts'

/** How safetensors names what `--to` names. */
export const storedDtypes = { int8: 'I8', bf16: 'BF16', f16: 'F16' } as const satisfies Record<string, StoredDtype>

/** What `glassformer quantize` is given. */
export interface QuantizeCommandOptions extends TestOptions {
  to: keyof typeof storedDtypes
  output: string
  force?: true
  json?: true
}
