/** What an audit says, claim by claim, in the order in which a reader would ask. docs/audit.md says what each proves. */
export const claims = {
  'bundle-is-complete': ['The bundle is whole', 'Le dossier est complet'],
  'documents-are-what-events-name': [
    'Every document is the one that an event names',
    'Chaque document est celui que le journal nomme',
  ],
  'events-are-well-formed': ['Every event is well formed', 'Chaque événement est bien formé'],
  'streams-have-no-gap': [
    'No stream has a gap, a repetition or a stranger',
    'Aucun flux n’a de trou, de répétition ni d’intrus',
  ],
  'checkpoints-are-signed': ['Every root is signed by the log', 'Chaque racine est signée par le journal'],
  'checkpoints-are-roots-of-the-events': [
    'Every signed root is that of the events',
    'Chaque racine signée est celle des événements',
  ],
  'checkpoints-never-go-back': ['The signed log only grows', 'Le journal signé ne fait que croître'],
  'witnesses-saw-the-freeze': [
    'Witnesses have cosigned what was frozen',
    'Les témoins ont contresigné le scellement final',
  ],
  'streams-follow-the-grammar': [
    'Everything happened in an order that the rules allow',
    'Tout s’est passé dans un ordre permis',
  ],
  'lists-were-closed-before-sealing': [
    'No list of electors changed after it was closed',
    'Aucune liste électorale n’a changé après sa clôture',
  ],
  'seals-hold': ['What was sealed is what was used', 'Ce qui a été scellé est ce qui a servi'],
  'rolls-and-credentials-are-those-sealed': [
    'Rolls and credentials are those that were sealed',
    'Listes d’émargement et de droits sont celles scellées',
  ],
  'rights-to-vote-are-within-the-roll': [
    'There are no more rights to vote than electors',
    'Il n’y a pas plus de droits de vote que d’inscrits',
  ],
  'calendar-is-obeyed': [
    'No vote before the opening or after the period of grace',
    'Aucun vote avant l’ouverture ni après le délai de grâce',
  ],
  'signatures-are-within-the-roll': [
    'Only electors of the roll have signed',
    'Seuls des inscrits ont émargé',
  ],
  'nobody-signs-twice': ['Nobody has signed twice', 'Personne n’a émargé deux fois'],
  'as-many-ballots-as-signatures': [
    'There are as many ballots as signatures',
    'Il y a autant de bulletins que d’émargements',
  ],
  'every-ballot-is-well-formed': [
    'Every ballot is well formed and of its scrutin',
    'Chaque bulletin est bien formé et de son scrutin',
  ],
  'every-ballot-has-a-listed-credential': [
    'Every ballot has a right to vote of the list',
    'Chaque bulletin porte un droit de vote de la liste',
  ],
  'one-ballot-per-credential': ['No right to vote was used twice', 'Aucun droit de vote n’a servi deux fois'],
  'no-ballot-is-replayed': ['No ballot is a copy of another', 'Aucun bulletin n’est la copie d’un autre'],
  'every-ballot-is-signed': ['Every ballot is signed', 'Chaque bulletin est signé'],
  'every-ballot-has-valid-proofs': [
    'The proofs of every ballot hold',
    'Les preuves de chaque bulletin sont valables',
  ],
  'frozen-box-is-what-was-cast': [
    'The frozen box and register are what was cast',
    'Urne et émargement scellés sont ce qui a été déposé',
  ],
  'reassorts-are-reconciled': [
    'Added rights to vote are no more than re-issued codes',
    'Les droits ajoutés n’excèdent pas les codes réassortis',
  ],
  'register-agrees-with-the-box': [
    'Names, signatures and ballots agree, or the board stated that they do not',
    'Noms, émargements et bulletins concordent, ou le bureau a constaté que non',
  ],
  'register-key-was-destroyed-before-decryption': [
    'Nothing was decrypted before the key of the register was destroyed',
    'Rien n’a été déchiffré avant la destruction de la clé d’émargement',
  ],
  'key-holders-prove-their-keys': [
    'The key of the board is the one that its ceremony made',
    'La clé du bureau est celle que sa cérémonie a faite',
  ],
  'encrypted-tally-is-the-sum-of-the-ballots': [
    'The encrypted tally is the sum of the ballots',
    'Le total chiffré est la somme des bulletins',
  ],
  'partial-decryptions-are-proved': ['Every decryption is proved', 'Chaque déchiffrement est prouvé'],
  'key-holders-reach-their-quorum': [
    'Enough key holders of every part have decrypted',
    'Assez de détenteurs ont déchiffré',
  ],
  'result-is-what-was-decrypted': [
    'The result is what was decrypted',
    'Le résultat est ce qui a été déchiffré',
  ],
  'votes-are-those-of-the-result': [
    'The votes proclaimed are those of the result',
    'Les voix proclamées sont celles du résultat',
  ],
  'seats-follow-the-votes': [
    'The seats are those that the votes give',
    'Les sièges sont ceux que donnent les voix',
  ],
  'elected-are-those-of-the-lists': [
    'The elected are the first of their lists',
    'Les élus sont les premiers de leurs listes',
  ],
  'minutes-are-signed': [
    'The secretary has signed the minutes and the president countersigned, all the same ones',
    'Le secrétaire a signé le procès-verbal, le président contresigné, le même par tous',
  ],
  'minutes-say-what-was-found': [
    'The minutes say what the journal says and what this audit counted',
    'Le procès-verbal dit ce que dit le journal et ce que cette vérification a compté',
  ],
  'every-sealed-scrutin-is-counted': [
    'Every scrutin that was sealed is counted, and shown',
    'Chaque scrutin scellé est dépouillé, et montré',
  ],
  'ballots-asked-for-are-in-a-box': [
    'The ballots that you asked for are in a box',
    'Les bulletins que vous demandez sont dans une urne',
  ],
  'archives-are-what-was-counted': [
    'The Belenios archive of every scrutin is that of its box',
    'L’archive Belenios de chaque scrutin est celle de son urne',
  ],
} as const satisfies Record<string, readonly [string, string]>;

export type ClaimName = keyof typeof claims;
export const claimNames = Object.keys(claims) as ClaimName[];

/** Where something is wrong: a stream and revision, a line of the bundle, a document. */
export interface Finding {
  readonly place: string;
  readonly reason: string;
}

/** A claim with its verdict. `unchecked`: the bundle does not hold what it is about. */
export interface Claim {
  readonly name: ClaimName;
  readonly verdict: 'holds' | 'fails' | 'unchecked';
  /** How many things were looked at. */
  readonly checked: number;
  /** How many are wrong; `findings` has the first hundred. */
  readonly wrong: number;
  readonly findings: readonly Finding[];
  /** What a reader must know although it is allowed. */
  readonly notes?: readonly Finding[];
  /** Why it was not checked. */
  readonly because?: string;
}

const KEPT = 100;

/** Collects what is found while a bundle is read. */
export class Findings {
  private readonly entries = new Map<ClaimName, { checked: number; wrong: number; findings: Finding[] }>();
  private readonly reasons = new Map<ClaimName, string>();
  private readonly wrongPlaces = new Set<string>();
  private readonly notes = new Map<ClaimName, Finding[]>();

  constructor(
    private readonly onFinding: (name: ClaimName, place: string, reason: string) => void = () => undefined,
  ) {}

  /** So many more things were looked at for this claim. */
  checked(name: ClaimName, count = 1): void {
    this.entry(name).checked += count;
  }

  fail(name: ClaimName, place: string, reason: string): void {
    const entry = this.entry(name);
    entry.wrong += 1;
    this.wrongPlaces.add(/^[a-z]+-[0-9a-f-]{36}/.exec(place)?.[0] ?? 'elsewhere');
    this.onFinding(name, place, reason);
    if (entry.findings.length < KEPT) entry.findings.push({ place, reason });
  }

  /** Looks at one thing: it holds, or here is what is wrong. */
  require(name: ClaimName, holds: boolean, place: string, reason: string): boolean {
    this.checked(name);
    if (!holds) this.fail(name, place, reason);
    return holds;
  }

  /** Says what a reader must know although it is allowed. */
  note(name: ClaimName, place: string, reason: string): void {
    this.notes.set(name, [...(this.notes.get(name) ?? []), { place, reason }]);
  }

  /** Says why a claim that nothing was looked at for was not checked. */
  because(name: ClaimName, reason: string): void {
    this.reasons.set(name, reason);
  }

  /** Whether anything is wrong but with boxes, boards and scrutins other than these streams. */
  concern(streams: readonly string[]): boolean {
    const others = /^(?:box|board|scrutin)-/;
    return [...this.wrongPlaces].some((place) => streams.includes(place) || !others.test(place));
  }

  claims(): Claim[] {
    return claimNames.map((name) => {
      const entry = this.entries.get(name) ?? { checked: 0, wrong: 0, findings: [] };
      const verdict = entry.wrong > 0 ? 'fails' : entry.checked > 0 ? 'holds' : 'unchecked';
      const because = this.reasons.get(name) ?? 'nothing in the bundle is about it';
      const notes = this.notes.get(name);
      return {
        name,
        verdict,
        ...entry,
        ...(notes && { notes }),
        ...(verdict === 'unchecked' && { because }),
      };
    });
  }

  private entry(name: ClaimName): { checked: number; wrong: number; findings: Finding[] } {
    const entry = this.entries.get(name) ?? { checked: 0, wrong: 0, findings: [] };
    this.entries.set(name, entry);
    return entry;
  }
}
