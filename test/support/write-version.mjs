// Writes a version to the vault, says which, and waits: killed there, it never appends the event.
import { Database } from '../../dist/storage/database.js';
import { Vault } from '../../dist/vault/vault.js';

const [url] = process.argv.slice(2);
const vault = new Vault(new Database(url, 1));
console.log(JSON.stringify(await vault.write('identity', { name: 'Anne' })));
setTimeout(() => undefined, 600_000);
