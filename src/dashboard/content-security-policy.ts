/**
 * Scripts and style sheets are files of the build. What the component library writes while it runs
 * are `style` elements with the nonce of the page; `style` attributes in markup are refused. The
 * logo is a file as well, and nothing may frame the page or be sent away by a form.
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
