/** One thread that checks the ballots that it is given, as often as it is told, and says how long it took. */
import { parentPort, workerData } from 'node:worker_threads';
import { checkBallot } from '../src/crypto/ballot-checks.js';
import { openPoll, parseElection } from '../src/crypto/election.js';
import { backEnds } from './crypto-polls.js';

const { backEnd, election, ballots } = workerData as { backEnd: string; election: string; ballots: string[] };
const group = await backEnds[backEnd]?.();
if (!group || !parentPort) throw new Error(`no back-end ${backEnd}`);
const poll = openPoll(group, parseElection(election));
const port = parentPort;

function round(): void {
  for (const ballot of ballots) {
    if (!checkBallot(poll, ballot).valid) throw new Error('a ballot of the bench is refused');
  }
}

round(); // warm: tables, compiled code
port.on('message', () => {
  round();
  port.postMessage('done');
});
port.postMessage('ready');
