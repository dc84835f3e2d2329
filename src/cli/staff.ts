import { CommandBus } from '@nestjs/cqrs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { toString } from 'qrcode';
import { staffRoles, type StaffRole } from '../events/staff.events.js';
import { StaffAccounts } from '../modules/staff/staff-accounts.js';
import { GrantRole, RevokeRole } from '../modules/staff/staff.commands.js';
import { otpauthUrl } from '../modules/staff/totp.js';
import { withApplication } from './application.js';

const ROLES = staffRoles.join(', ');

/** `isoloir staff`: who may sign in as staff. The first administrator is made here, later ones by an administrator. */
export function staffCommand(): Command {
  const staff = new Command('staff').description('add staff, list them, change their roles');
  staff
    .command('add')
    .description('let somebody sign in with a password and one-time passwords')
    .argument('<login>', 'the name to type when signing in')
    .addOption(new Option('--role <role>', 'what they may do').choices(staffRoles).makeOptionMandatory())
    .option('--generate', 'make a password and print it, instead of asking for one')
    .action(async (login: string, { role, generate }: { role: StaffRole; generate?: true }) => {
      const asked = generate || !process.stdin.isTTY ? undefined : await askPassword();
      const password = asked ?? randomBytes(15).toString('base64url');
      const { staffId, totpKey } = await withApplication((app) =>
        app.get(StaffAccounts, { strict: false }).add(login, password, role),
      );
      const url = otpauthUrl(totpKey, login);
      console.log(`${staffId} may sign in as ${login} (${role}) at /personnel/connexion`);
      if (asked === undefined) console.log(`password: ${password}`);
      console.log(`Scan this with an authenticator application; it is not shown again.\n${url}`);
      console.log(await toString(url, { type: 'terminal', small: true }));
    });
  staff
    .command('list')
    .description('names, ids and roles')
    .action(() =>
      withApplication(async (app) => {
        console.table(
          (await app.get(StaffAccounts, { strict: false }).list()).map(({ roles, ...one }) => ({
            ...one,
            roles: roles.join(', '),
          })),
        );
      }),
    );
  for (const [name, text, Change] of [
    ['grant', 'add a role', GrantRole],
    ['revoke', 'take a role away; sessions end', RevokeRole],
  ] as const) {
    staff
      .command(name)
      .description(text)
      .argument('<staffId>')
      .argument('<role>', ROLES, roleNamed)
      .action((staffId: string, role: StaffRole) =>
        withApplication((app) => app.get(CommandBus).execute(new Change(staffId, role, undefined))),
      );
  }
  return staff;
}

function roleNamed(text: string): StaffRole {
  const role = staffRoles.find((one) => one === text);
  if (!role) throw new InvalidArgumentError(`it takes one of ${ROLES}`);
  return role;
}

/** Asks twice; what is typed is not shown. */
async function askPassword(): Promise<string> {
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    const typed: string[] = [];
    for (const prompt of ['Password: ', 'Again: ']) {
      process.stderr.write(prompt);
      typed.push(await lines.question(''));
      process.stderr.write('\n');
    }
    const [password = '', again] = typed;
    if (password !== again) throw new Error('the two are not the same');
    return password;
  } finally {
    lines.close();
  }
}
