import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

interface Locked {
  /** Its own, where it is installed under another. */
  readonly name?: string;
  readonly version?: string;
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
}
type Lock = Readonly<Record<string, Locked>>;

const { packages: lock } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Lock };
const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  allowScripts: Readonly<Record<string, boolean>>;
};
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const dependencies = (packages: Lock) => Object.entries(packages).filter(([path]) => path !== '');

/** Packages that run a program of theirs when they are installed, each once. */
function scripted(packages: Lock): string[] {
  const found = dependencies(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
  return [...new Set(found.map(([path]) => nameOf(path)))].sort();
}

/** Packages that are not, to the byte, what the registry had when they were added. */
function loose(packages: Lock): string[] {
  return dependencies(packages)
    .filter(
      ([, { integrity = '', resolved = 'https://registry.npmjs.org/', link }]) =>
        link === true ||
        !/^sha512-[\w+/]{86}==$/.test(integrity) ||
        !resolved.startsWith('https://registry.npmjs.org/'),
    )
    .map(([path]) => nameOf(path));
}

describe('what is installed', () => {
  it('runs no install script that nobody has looked at', () => {
    expect(scripted(lock)).toEqual(Object.keys(allowScripts).sort());
    const planted = { ...lock, 'node_modules/a/node_modules/@b/c': { hasInstallScript: true } };
    expect(scripted(planted)).toContain('@b/c');
  });

  it('is fixed to the byte, and comes from the registry', () => {
    expect(dependencies(lock).length).toBeGreaterThan(100);
    expect(loose(lock)).toEqual([]);
    const integrity = dependencies(lock)[0]?.[1].integrity ?? '';
    const planted = {
      'node_modules/none': {},
      'node_modules/weak': { integrity: 'sha1-0zMz0xQ8QmFzZTY0' },
      'node_modules/elsewhere': { integrity, resolved: 'git+ssh://git@github.com/a/b.git#1234' },
      'node_modules/link': { integrity, link: true },
    };
    expect(loose(planted)).toEqual(['none', 'weak', 'elsewhere', 'link']);
  });

  it('is written down whole by `npm run sbom`, each package with its hash', () => {
    const bom = JSON.parse(execFileSync('npm', ['run', '--silent', 'sbom'], { encoding: 'utf8' })) as {
      components: { name: string; version: string; hashes: { alg: string }[] }[];
    };
    const named = new Set(bom.components.map(({ name, version }) => `${name}@${version}`));
    const missing = dependencies(lock).filter(
      ([path, { name = nameOf(path), version = '' }]) =>
        !named.has(`${nameOf(path)}@${version}`) && !named.has(`${name}@${version}`), // under another name
    );
    expect(missing).toEqual([]);
    expect(bom.components.filter(({ hashes }) => hashes[0]?.alg !== 'SHA-512')).toEqual([]);
  });

  it('runs no script at all in the image', () => {
    const installs = readFileSync('Dockerfile', 'utf8').match(/npm (ci|install|prune)\b.*/g) ?? [];
    expect(installs.length).toBeGreaterThan(1);
    expect(installs.filter((line) => !line.includes('--ignore-scripts'))).toEqual([]);
  });
});
