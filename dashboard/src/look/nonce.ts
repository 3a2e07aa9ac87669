/** The nonce that lets this page, and nothing that gets into it, add style sheets. */
export const styleNonce = document.getElementById('style-nonce')?.nonce ?? '';

declare global {
  // The name by which libraries that add a style sheet of their own ask for it.
  var __webpack_nonce__: string;
}
globalThis.__webpack_nonce__ = styleNonce;
