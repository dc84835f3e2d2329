import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A page with its script inside, for use without a network: in place of `<!-- script -->`. */
export async function withScript(page: string, name: string): Promise<string> {
  const script = await inlined(name);
  return page.replace('<!-- script -->', () => `<script type="module">${script}</script>`);
}

/** The same with the script of its workers as text, which the page makes a file of: in place of `<!-- workers -->`. */
export async function withWorkers(page: string, name: string): Promise<string> {
  const script = await inlined(name);
  return page.replace(
    '<!-- workers -->',
    () => `<script type="text/plain" id="script-des-fils">${script}</script>`,
  );
}

/** A built script as it may stand inside a page. */
async function inlined(name: string): Promise<string> {
  const file = fileURLToPath(new URL(`../../dist/assets/${name}.js`, import.meta.url));
  return (await readFile(file, 'utf8')).replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}
