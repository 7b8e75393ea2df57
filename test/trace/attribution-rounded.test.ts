import { ModelInspector } from 'glassformer/inspect'
import { expect, it } from 'vitest'

it.each(['bfloat16', 'int8', 'int4'] as const)(
  'a model in %s is explained by the values of its weights',
  (precision) => {
    const inspector = ModelInspector.load(undefined, { precision })
    try {
      const { attributions, steps } = inspector.inspect('Le chat dort.', { attribute: 'direct', steps: 1 })
      for (const [step, { token, score }] of attributions!.entries()) {
        expect(token.id).toBe(steps[step].chosen.id)
        // Activations are not rounded here: the logits of the search are about 10.
        expect(Math.abs(score - steps[step].chosen.logit)).toBeLessThan(1)
      }
    } finally {
      inspector.close()
    }
  },
)
