// The import table of docs/architecture.md, enforced.
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: [from, ...allowed] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only(
      'crypto-imports-nothing-of-ours',
      '^src/crypto/',
      [],
      'The server, the browser and the auditor share it.',
    ),
    only('events-import-crypto', '^src/events/', ['^src/crypto/'], 'What can happen, and nothing else.'),
    only(
      'ledger-imports-events',
      '^src/ledger/',
      ['^src/events/', '^src/crypto/canonical-json', '^src/storage/'],
      'The door to the event store.',
    ),
    only(
      'deciders-are-pure',
      '^src/modules/.*\\.(decider|commands)\\.ts$',
      [
        '^src/events/',
        '^src/crypto/',
        '^src/ledger/(decider|refusal)\\.ts$',
        '^src/modules/[^/]+/[^/]+\\.(decider|commands)\\.ts$',
      ],
      'A decider takes time, randomness and verdicts as arguments.',
    ),
    {
      name: 'deciders-without-libraries',
      severity: 'error',
      from: { path: '\\.(decider|commands)\\.ts$' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core'] },
    },
    {
      name: 'modules-do-not-import-each-other',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/', pathNot: '^src/modules/$1/' },
    },
    only(
      'auditor-shares-only-events-and-crypto',
      '^src/auditor/',
      ['^src/events/', '^src/crypto/'],
      "An auditor sharing the server's rules shares its bugs.",
    ),
    only(
      'http-knows-failures',
      '^src/http/',
      [
        '^src/events/codec\\.ts$',
        '^src/ledger/refusal\\.ts$',
        '^src/storage/(database|gathering)\\.ts$',
        '^src/operations/',
      ],
      'What holds for every request knows no election.',
    ),
    only(
      'operations-know-no-election',
      '^src/operations/',
      ['^src/http/access\\.guard\\.ts$'],
      'Logs, metrics and health say nothing of whom or what.',
    ),
    only('storage-imports-nothing-of-ours', '^src/storage/', [], 'PostgreSQL and its migrations.'),
    only(
      'transparency-publishes-the-ledger',
      '^src/transparency/',
      ['^src/crypto/', '^src/events/', '^src/ledger/', '^src/storage/', '^src/cannot-start\\.ts$'],
      'The tree over the ledger: of names and keys it knows nothing.',
    ),
    only(
      'verification-imports-events',
      '^src/verification/',
      ['^src/crypto/', '^src/events/'],
      'Threads that check and add up ballots know nothing else.',
    ),
    only(
      'notices-are-made-offline',
      '^src/notices/',
      [
        '^src/crypto/',
        '^src/events/(fields|identifiers)\\.ts$',
        '^src/http/paris-time\\.ts$',
        '^src/storage/(folder-claim|processes)\\.ts$',
        '^src/verification/worker-file\\.ts$',
      ],
      'What knows codes knows no database, no vault and no network.',
    ),
    only(
      'browser-imports-crypto',
      '^src/browser/',
      ['^src/crypto/', '^src/http/(countdown|paris-time)\\.ts$', '^src/modules/account/password-rules\\.ts$'],
      'What runs in the booth is small and public.',
    ),
    only(
      'projections-import-events',
      '^src/projections/',
      ['^src/events/', '^src/ledger/(decoded|event-store|giving-way|refusal)\\.ts$', '^src/storage/'],
      'Read models are built from events alone.',
    ),
    only(
      'mail-knows-letters-and-addresses',
      '^src/mail/',
      ['^src/http/paris-time\\.ts$'],
      'Whom to write to, and why, the modules know.',
    ),
    {
      name: 'mail-libraries-stay-with-mail',
      comment: 'One folder opens connections to mail servers.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/mail/' },
      to: { path: 'node_modules/(nodemailer|smtp-server|mailparser)/' },
    },
    {
      name: 'vault-is-not-for-everyone',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(vault|documents|captcha|modules|cli|dry-run|storage|foundation|app\\.module)',
      },
      to: { path: '^src/vault/' },
    },
    {
      name: 'one-file-knows-eventstoredb',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/ledger/eventstoredb' },
      to: { path: '@eventstore/db-client' },
    },
    {
      name: 'kernel-sees-public-values-only',
      comment:
        'Variable time (docs/adr/0026): it reads ballots, and knows nothing that makes a key, a code or a proof.',
      severity: 'error',
      from: { path: '^src/crypto/kernel/' },
      to: {
        path: '^src/',
        pathNot:
          '^src/crypto/(kernel/|(ballot|ballot-checks|ballot-contexts|ed25519-text|election|group|malformed|or-proof|proof-of-knowledge)\\.ts$)',
      },
    },
    {
      name: 'kernel-is-for-verifiers',
      comment: 'Variable time: whoever holds a secret must not reach it.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot:
          '^src/(crypto/(kernel/|kernel-file\\.ts$|server-checks\\.ts$)|verification/ballot-worker\\.ts$|auditor/audit-worker\\.ts$|browser/pages/box-audit-worker\\.ts$)',
      },
      to: {
        path: '^src/crypto/(kernel/|kernel-file\\.ts$|server-checks\\.ts$)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'src-never-imports-test',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
