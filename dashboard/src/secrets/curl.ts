/** What stands for the credential until somebody asks to see it. */
export const MASK = '••••••••••••••••';

/** The documented call for an access token, ready to be pasted into a shell. */
export function tokenCurl(origin: string, basicCredential: string): string {
  return [
    `curl -X POST -H "Authorization: Basic ${basicCredential}" -H "Cache-Control: no-cache" \\`,
    '     -H "Content-Type: application/x-www-form-urlencoded" \\',
    `     "${origin}/o/token/" -d "grant_type=client_credentials"`,
  ].join('\n');
}
