/** One thread that checks the ballots that it is given, as often as it is told, and says how long it took. */
import { parentPort, workerData } from 'node:worker_threads';
import { openPoll, parseElection } from '../src/crypto/election.js';
import { backEnds, checksOf } from './crypto-polls.js';

const { backEnd, election, ballots } = workerData as { backEnd: string; election: string; ballots: string[] };
const group = await backEnds[backEnd]?.();
if (!group || !parentPort) throw new Error(`no back-end ${backEnd}`);
const poll = openPoll(group, parseElection(election));
const checks = await checksOf(backEnd);
const port = parentPort;

function round(): void {
  if (checks(poll, ballots).some(({ valid }) => !valid)) throw new Error('a ballot of the bench is refused');
}

for (let i = 0; i < 4; i++) round(); // warm: tables, compiled code
port.on('message', () => {
  round();
  port.postMessage('done');
});
port.postMessage('ready');
