import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

/** The directives of a Caddyfile, each with the blocks that it stands in: `{$SITE} > tls > protocols tls1.3`. */
function directives(caddyfile: string): string[] {
  const within: string[] = [];
  const found: string[] = [];
  for (const line of caddyfile.split('\n').map((one) => one.replace(/(^|\s)#.*/, '').trim())) {
    if (line === '') continue;
    if (line === '}') within.pop();
    else if (line.endsWith('{')) within.push(line.slice(0, -1).trim());
    else found.push([...within, line].join(' > '));
  }
  return found;
}

interface Service {
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly privileged?: boolean;
}

const caddy = directives(readFileSync('deploy/Caddyfile', 'utf8'));
const compose = parse(readFileSync('compose.yaml', 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};

describe('the proxy of the deployment', () => {
  it('speaks TLS 1.3 and nothing older (CNIL 1-05)', () => {
    const protocols = caddy.filter((one) => / > protocols\b/.test(one));
    expect(protocols).toEqual(['{$SITE} > tls > protocols tls1.3']); // the minimum; no older one in another block
    expect(directives('a.example {\n\ttls {\n\t\tprotocols tls1.2 # tls1.3\n\t}\n}')).toEqual([
      'a.example > tls > protocols tls1.2',
    ]);
  });

  it('writes no access log, asks where requests may go, and keeps operators’ pages from the public', () => {
    expect(caddy.filter((one) => /(^| > )log\b/.test(one))).toEqual([]);
    expect(caddy).toContain('{$SITE} > reverse_proxy server1:3000 server2:3000 > health_uri /health/serving');
    expect(caddy).toContain('{$SITE} > @operators path /health/* /metrics /metrics/*');
    expect(caddy).toContain('{$SITE} > respond @operators 404');
  });
});

describe('the containers of the deployment', () => {
  it('let nobody in but through the proxy', () => {
    const reached = Object.entries(compose.services).filter(([, { ports }]) => ports !== undefined);
    expect(reached.map(([name, { ports }]) => [name, ports])).toEqual([['proxy', ['80:80', '443:443']]]);
    expect(Object.values(compose.services).filter(({ privileged }) => privileged === true)).toEqual([]);
  });

  it.each(['server1', 'server2'])('leave %s no right that it does not need', (name) => {
    expect(compose.services[name]).toMatchObject({
      ...{ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
      ulimits: { core: 0 },
    });
    expect(readFileSync('Dockerfile', 'utf8')).toMatch(/^USER node$/m);
  });
});
