/** Colors of paper and of what is written on it, as CSS has them: those of all pages and pictures, on light screens and on dark ones. */
export const palette = {
  light: '--paper: #ffffff; --ink: #1f2328; --quiet: #59636e;',
  dark: '--paper: #0d1117; --ink: #e6edf3; --quiet: #9198a1;',
}
