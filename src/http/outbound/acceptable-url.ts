import { isIP } from 'node:net';
import { type Config } from '../../config.js';
import { isLoopbackHost } from '../../config-values.js';
import { isLoopbackAddress, isPublicAddress } from './public-address.js';

/**
 * Where outbound requests may go: servers on the Internet, and on a laptop the laptop itself; or
 * wherever the operator says, by https, and on this machine by http.
 */
export type Reach = 'internet' | 'internet_and_loopback' | 'operators_choice';

/** What the reach depends on; a `Runtime` is one. */
export interface Deployment {
  readonly publicUrl: string;
  readonly config: Pick<Config, 'behindTlsProxy'>;
}

const MAX_LENGTH = 2048;
/** Of https, on the Internet; `''` is 443. */
const PORTS: readonly string[] = ['', '8443'];
/** RFC 3986 §2: a URI is ASCII without spaces. A backslash is a slash to some and none to others. */
const WEB_URL = /^https?:\/\/(?![/?#])[!-[\]-~]+$/i;
const USERINFO = /^[^/]*\/\/[^/?#]*@/;
const MAX_NAME_LENGTH = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** RFC 6761, RFC 6762, RFC 8375, and ICANN's choice for networks of one's own. */
const NEVER_PUBLIC = /\.(?:localhost|local|internal|home\.arpa)$/;

/** Plain http on loopback is a laptop, unless a proxy in front of it is what the world sees. */
export function reachOf({ publicUrl, config }: Deployment): Reach {
  const { protocol, hostname } = new URL(publicUrl);
  const isLaptop = protocol === 'http:' && isLoopbackHost(hostname) && !config.behindTlsProxy;
  return isLaptop ? 'internet_and_loopback' : 'internet';
}

/**
 * Whether an outbound request to the URL can be allowed, as far as the URL itself tells: whoever
 * registers one can be told at once. The addresses of its host are judged at each request.
 */
export function isAcceptableUrl(url: string, reach: Reach): boolean {
  return complaintAbout(url, reach) === null;
}

/** What is wrong with the URL, as the end of "the URL ...", without any part of it; or null. */
export function complaintAbout(text: string, reach: Reach): string | null {
  if (text.length > MAX_LENGTH) return 'is too long';
  if (!WEB_URL.test(text) || !URL.canParse(text)) return 'is no http or https URL in ASCII';
  if (USERINFO.test(text)) return 'has a user or password';
  const url = new URL(text);
  if (goesToLoopback(url, reach)) return null;
  if (url.protocol !== 'https:') return 'is not https';
  if (reach === 'operators_choice') return null;
  if (!PORTS.includes(url.port)) return 'has a port other than 443 and 8443';
  return complaintAboutHost(hostOf(url));
}

/** Whether every address of the URL's host is one that the request may be sent to. */
export function mayConnect(url: URL, addresses: readonly string[], reach: Reach): boolean {
  if (goesToLoopback(url, reach)) return addresses.every(isLoopbackAddress);
  return reach === 'operators_choice' || addresses.every(isPublicAddress);
}

/** The name or address that the URL names, an IPv6 address without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function goesToLoopback({ hostname }: URL, reach: Reach): boolean {
  return reach !== 'internet' && isLoopbackHost(hostname);
}

function complaintAboutHost(host: string): string | null {
  if (isIP(host) !== 0) return isPublicAddress(host) ? null : 'has an address that is not public';
  const labels = host.split('.');
  const isName =
    host.length <= MAX_NAME_LENGTH && labels.length > 1 && labels.every((each) => LABEL.test(each));
  return isName && !NEVER_PUBLIC.test(host) ? null : 'has a host name that is not public';
}
