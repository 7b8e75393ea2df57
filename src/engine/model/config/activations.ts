export const activations = ['relu', 'gelu', 'geluTanh', 'swish'] as const
/**
 * The activation between the two linears of the feed-forward sub-layer: `relu`; `gelu`, 0.5x(1 + erf(x/√2)); `geluTanh`, its tanh
 * approximation (Hendrycks & Gimpel 2016); `swish`, x · sigmoid(x).
 */
export type Activation = (typeof activations)[number]
