import { contentSecurityPolicy } from '../../http/http.js';

/**
 * What the page of the booth may load: one script and no other, from this very host; nothing of another origin, ever. The
 * host is that of the request, since a demonstration is reached under several names.
 */
export function boothPolicy(host: string | undefined): string {
  const safe = /^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i.test(host ?? '');
  const script = safe && host !== undefined ? `${host}/assets/booth.js` : "'self'";
  const directives: Record<string, readonly string[]> = {
    ...contentSecurityPolicy,
    'script-src': [script],
    'connect-src': ["'self'"],
    'worker-src': ["'none'"],
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}
