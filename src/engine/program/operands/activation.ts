/** Activations in the order of their numbers: gelu is 0.5x(1 + erf(x/√2)), geluTanh its tanh form (Hendrycks & Gimpel 2016), swish x·sigmoid(x). */
export const activations = ['none', 'relu', 'gelu', 'geluTanh', 'swish'] as const
