// Claims a folder when told « go », says whether it got it, and releases it when told so.
import { createInterface } from 'node:readline';
import { claimFolder } from '../../dist/storage/folder-claim.js';

const [folder] = process.argv.slice(2);
let claim;
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'go') {
    try {
      claim = await claimFolder(folder);
      console.log('won');
    } catch (error) {
      console.log(error.name);
    }
  } else {
    await claim?.release();
    claim = undefined;
    console.log('released');
  }
}
