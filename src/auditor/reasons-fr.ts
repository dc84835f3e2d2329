/** What findings say, in French. What only a cryptographer reads (why a proof or a text is malformed) stays in English. */
const exact: Readonly<Record<string, string>> = {
  'while another mailing goes on': 'pendant qu’un autre envoi est en cours',
  'names elected of other lists than those that have seats':
    'nomme des élus d’autres listes que celles qui ont des sièges',
  'of a mailing that does not go on': 'd’un envoi qui n’est pas en cours',
  'a draw is not made from the box and its decryptions':
    'un tirage n’est pas fait de l’urne scellée et de ses déchiffrements',
  'after the key was made': 'après que la clé a été faite',
  'by somebody who is not the substitute': 'par quelqu’un qui n’est pas le suppléant',
  'to a seat of another office': 'à un siège d’une autre fonction',
  'is not the key of its holders': 'n’est pas la clé de ses détenteurs',
  'is not the key that the ceremony made': 'n’est pas la clé que la cérémonie a faite',
  'is of another group than the scrutin': 'est d’un autre groupe que le scrutin',
  'was made in an exercise': 'a été faite dans un exercice',
  'does not ask for one of president and secretary, and for two of all delegates':
    'ne demande pas l’un du président et du secrétaire, et deux de tous les délégués',
  'leaves less than two thirds of the shares to delegates':
    'laisse moins de deux tiers des parts aux délégués',
  'gives more than two shares to one person': 'donne plus de deux parts à une personne',
  'names other owners than the seats of the ceremony':
    'nomme d’autres détenteurs que les sièges de la cérémonie',
  'the ceremony of a key is not in the bundle': 'la cérémonie d’une clé n’est pas dans le dossier',
  'before the secretary': 'avant le secrétaire',
  'breaks a seal under which a box is open': 'brise un scellé sous lequel une urne est ouverte',
  'breaks another seal, or after the hour of the opening':
    'brise un autre scellé, ou après l’heure de l’ouverture',
  'by nobody of the board': 'par personne du bureau',
  'by one person alone': 'par une seule personne',
  'changes what a board has sealed': 'modifie ce qu’un bureau a scellé',
  'does not seal every scrutin of its board once': 'ne scelle pas une fois chaque scrutin de son bureau',
  'is broken by nobody of the board': 'n’est brisé par personne du bureau',
  'is decided by nobody who presides a board': 'n’est décidé par aucun président de bureau',
  'is decided by somebody who does not hold that seat': 'est décidé par quelqu’un qui n’occupe pas ce siège',
  'replaces software that no scrutin is sealed with, or after the results':
    'remplace un logiciel avec lequel aucun scrutin n’est scellé, ou après les résultats',
  'is broken by one person alone': 'est brisé par une seule personne',
  'is not approved by the president and two delegates':
    'n’est pas approuvé par le président et deux délégués',
  'is not what was proposed': 'n’est pas ce qui a été proposé',
  'the document that was approved is not canonical': 'le document approuvé n’est pas canonique',
  'a piece out of its order': 'un morceau n’est pas à sa place',
  'a public bundle does not show electors': 'un dossier public ne montre pas les électeurs',
  'a seat has signed twice': 'un siège a signé deux fois',
  'a second beginning': 'un second début',
  'a second time': 'une seconde fois',
  'after the freeze': 'après le scellement final',
  'after the key of the register was destroyed': 'après la destruction de la clé d’émargement',
  'states a discrepancy where there is none': 'constate un écart là où il n’y en a pas',
  'finds more names that have signed than names or signatures':
    'trouve plus de noms ayant émargé que de noms ou d’émargements',
  'is stated by somebody who does not sit on the board':
    'est constaté par quelqu’un qui ne siège pas au bureau',
  'is stated without the president or the secretary': 'est constaté sans le président ni le secrétaire',
  'after the minutes were signed': 'après la signature du procès-verbal',
  'after the opening': 'après l’ouverture',
  'an auditor’s bundle hides no event': 'un dossier d’auditeur ne cache aucun événement',
  'ballots are not sorted': 'les bulletins ne sont pas triés',
  'before the end of the ceremony': 'avant la fin de la cérémonie',
  'before the freeze': 'avant le scellement final',
  'before the lists were closed': 'avant la clôture des listes',
  'before the opening': 'avant l’ouverture',
  'before the result': 'avant le résultat',
  'before the stream began': 'avant le début du flux',
  'changes a list that was closed': 'modifie une liste close',
  'closed before the hour of the calendar': 'fermée avant l’heure du calendrier',
  'comes after the end': 'vient après la fin',
  'comes before its result': 'vient avant son résultat',
  'counts something else than the bundle holds': 'compte autre chose que ce que le dossier contient',
  'decrypts no rehearsal': 'ne déchiffre aucune répétition',
  'decrypts while tags lead to electors': 'déchiffre alors que les émargements mènent encore aux électeurs',
  'no scrutin of the bundle is counted': 'aucun scrutin du dossier n’est dépouillé',
  'no reference was given (--reference, --proof)': 'aucune référence n’a été donnée (--reference, --proof)',
  'its vote has not ended': 'son vote n’est pas terminé',
  'was sealed, its hours are over, and no box of it is shown':
    'a été scellé, ses heures sont passées, et aucune urne n’en est montrée',
  'is frozen, and its result is not in the bundle': 'est scellé, et son résultat n’est pas dans le dossier',
  'its vote ended a day ago, and its box is not frozen':
    'son vote est fini depuis un jour, et son urne n’est pas scellée',
  'its vote has ended, and its box is not frozen yet': 'son vote est fini, et son urne pas encore scellée',
  'was declared to be held here, and never sealed': 'a été déclaré ici, et n’a jamais été scellé',
  'is in no box that the bundle shows': 'n’est dans aucune urne que le dossier montre',
  'does not ask for one choice': 'ne demande pas un choix et un seul',
  'does not close later': 'ne ferme pas plus tard',
  'goes on after its result': 'continue après son résultat',
  'has a ballot of no sensible size': 'a un bulletin d’une taille insensée',
  'has a line twice': 'a deux fois la même ligne',
  'has an answer of another form': 'a une réponse d’une autre forme',
  'has another group': 'a un autre groupe',
  'has another key than the board': 'a une autre clé que le bureau',
  'has another root than was sealed': 'a une autre racine que celle scellée',
  'has another uuid': 'a un autre identifiant',
  'has no signed root: nothing binds it to the log': 'n’a aucune racine signée : rien ne le lie au journal',
  'has not the fingerprint that was sealed': 'n’a pas l’empreinte scellée',
  'has not the lists in the order that was drawn': 'n’a pas les listes dans l’ordre tiré au sort',
  'in an election that did not open': 'dans une élection qui n’a pas ouvert',
  'in no ceremony': 'hors de toute cérémonie',
  'in no ceremony under way': 'dans aucune cérémonie en cours',
  'is approved by somebody who has not approved this seal':
    'est approuvé par quelqu’un qui n’a pas approuvé ce scellé',
  'is cut off before its end': 'est coupé avant sa fin',
  'is dated before what precedes it': 'est daté d’avant ce qui le précède',
  'is frozen before the end of the period of grace': 'est scellée avant la fin du délai de grâce',
  'is named by no event before it': 'n’est nommé par aucun événement avant lui',
  'is no event of this stream': 'n’est pas un événement de ce flux',
  'is not a list of sorted lines': 'n’est pas une liste de lignes triées',
  'is not canonical JSON': 'n’est pas du JSON canonique',
  'is not proved to decrypt its rehearsal': 'n’est pas prouvé déchiffrer sa répétition',
  'is not signed by the log': 'n’est pas signé par le journal',
  'is not the order that the seed draws': 'n’est pas l’ordre que donne le tirage',
  'is not the product of the ballots': 'n’est pas le produit des bulletins',
  'is not the root of the events': 'n’est pas la racine des événements',
  'is of another log': 'est d’un autre journal',
  'its archive is not in the bundle': 'son archive n’est pas dans le dossier',
  'its binding proof does not hold': 'sa preuve de liaison est fausse',
  'its credential is not on the list': 'son droit de vote n’est pas sur la liste',
  'its draws are not those that the seed gives': 'ses tirages ne sont pas ceux que donne la graine',
  'its hours are not those of the calendar': 'ses heures ne sont pas celles du calendrier',
  'its id is not a random UUID': 'son identifiant n’est pas un UUID tiré au hasard',
  'its id is that of another event': 'son identifiant est celui d’un autre événement',
  'its key holders are not those of the ceremony': 'ses détenteurs ne sont pas ceux de la cérémonie',
  'its log has another name than its key': 'son journal a un autre nom que sa clé',
  'its root is not that of the ballots': 'sa racine n’est pas celle des bulletins',
  'its root is not that of the signatures': 'sa racine n’est pas celle des émargements',
  'its tally is not that of its votes': 'son total chiffré n’est pas celui de ses voix',
  'kernel and libsodium disagree on it': 'les deux vérificateurs ne sont pas d’accord sur lui',
  'no later root has the quorum of witnesses': 'aucune racine ultérieure n’a assez de témoins',
  'no policy was given (--policy)': 'aucune politique n’a été donnée (--policy)',
  'no quorum of valid decryptions gives it': 'aucun quorum de déchiffrements valables ne le donne',
  'no signed root covers this freeze': 'aucune racine signée ne couvre ce scellement',
  'any number': 'un nombre quelconque',
  'any number of': 'un nombre quelconque de',
  'the secretary has not signed': 'le secrétaire n’a pas signé',
  'the president has not countersigned': 'le président n’a pas contresigné',
  'the secretary and the president have not both signed yet':
    'le secrétaire et le président n’ont pas encore signé tous deux',
  'its result is proclaimed, and its minutes are not signed yet':
    'son résultat est proclamé, et son procès-verbal pas encore signé',
  'no minutes are signed yet': 'aucun procès-verbal n’est encore signé',
  'the minutes are not in the bundle': 'le procès-verbal n’est pas dans le dossier',
  'the minutes have no fields': 'le procès-verbal n’a pas de champs',
  'the minutes are not canonical': 'le procès-verbal n’est pas canonique',
  'the document of its seats has no fields': 'le document de ses sièges n’a pas de champs',
  'a seat is to be drawn, and no quorum of decryptions gives the seed':
    'un siège est à tirer au sort, et aucun quorum de déchiffrements ne donne la graine',
  'which the freeze says: electors are not shown':
    'que dit le scellement final : les électeurs ne sont pas montrés',
  'of which they say nothing': 'dont il ne dit rien',
  'for which a document or a quorum is missing': 'faute d’un document ou d’un quorum',
  'texts of the journal and of interruptions, by their hashes alone':
    'les textes du journal et des interruptions, comparés par leurs seules empreintes',
  'the document of its seats names nobody elected': 'le document de ses sièges ne nomme pas d’élus',
  'the document of its seats says nothing of joint lists':
    'le document de ses sièges ne dit rien des listes communes',
  'shares of joint lists, of which a list is not in the bundle':
    'les parts des listes communes, dont une liste n’est pas dans le dossier',
  'not before the result': 'pas avant le résultat',
  'not once, after the freeze': 'pas une seule fois, après le scellement final',
  'not once, after the tally': 'pas une seule fois, après le total chiffré',
  'nothing in the bundle is about it': 'rien dans le dossier n’en parle',
  'of an elector who was removed': 'd’un électeur retiré',
  'of another ceremony': 'd’une autre cérémonie',
  'opened before the hour of the calendar': 'ouverte avant l’heure du calendrier',
  'opens a box that no seal speaks of': 'ouvre une urne dont aucun scellé ne parle',
  'opens before its hour': 'ouvre avant son heure',
  'out of its round': 'hors de son tour',
  'proclaims votes of a list that does not stand': 'proclame les voix d’une liste qui ne se présente pas',
  're-issues a code while nobody votes': 'réassortit un code alors que personne ne vote',
  'seals lists that were not closed': 'scelle des listes qui n’étaient pas closes',
  'signatures are not sorted': 'les émargements ne sont pas triés',
  'speaks of another one': 'parle d’un autre',
  'the election file is not in the bundle': 'le fichier de l’élection n’est pas dans le dossier',
  'the initial list is for auditors: it tells who voted with a code made anew':
    'la liste initiale est pour les auditeurs : elle dit qui a voté avec un code réassorti',
  'the initial list is not in the bundle': 'la liste initiale n’est pas dans le dossier',
  'the key of the election is not that of the key holders':
    'la clé de l’élection n’est pas celle des détenteurs',
  'the list of credentials is not in the bundle': 'la liste des droits de vote n’est pas dans le dossier',
  'the members have signed different minutes': 'les membres ont signé des procès-verbaux différents',
  'the roll is not in the bundle': 'la liste d’émargement n’est pas dans le dossier',
  'rehearses while a box is open or not counted':
    'est une répétition alors qu’une urne est ouverte ou pas encore dépouillée',
  'rehearses without a key': 'est une répétition sans clé',
  'the scrutin was not declared': 'le scrutin n’a pas été déclaré',
  'the signed text says another root': 'le texte signé dit une autre racine',
  'under no link that was asked for': 'sous un lien que personne n’a demandé',
  'votes after the period of grace': 'vote après le délai de grâce',
  'votes before the opening': 'vote avant l’ouverture',
  'where nobody votes': 'où personne ne vote',
  'where nothing is sealed': 'où rien n’est scellé',
  'where voting goes on': 'où le vote continue',
  'while a seal holds': 'alors qu’un scellé tient',
  'while voting is suspended': 'pendant une suspension du vote',
  'with another uuid or group': 'avec un autre identifiant ou groupe',
  'without an encrypted tally': 'sans total chiffré',
};

const WHAT: Readonly<Record<string, string>> = {
  ballots: 'bulletins',
  signatures: 'émargements',
  batches: 'lots',
  thinBatches: 'lots de moins de cinq votes',
};

/** With numbers and names in them; `$1` of the text that stands for a reason itself is told in French too. */
const patterns: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [/^(.*): (\S+) votes, (\S+) were decrypted$/, (a, b, c) => `${a} : ${b} voix, ${c} ont été déchiffrées`],
  [/^(\d+) ballots, (\d+) signatures$/, (a, b) => `${a} bulletins, ${b} émargements`],
  [/^([A-Z]\w+) after the scrutin was sealed$/, (a) => `${a} après le scellement du scrutin`],
  [/^(-?\d+) rights added for (\d+) re-issues$/, (a, b) => `${a} droits ajoutés pour ${b} réassorts`],
  [
    /^(\d+) names, (\d+) of which have signed, (\d+) signatures, (\d+) ballots: stated by the board(, and the count went on)?$/,
    (a, b, c, d, went) =>
      `${a} noms, dont ${b} ont émargé, ${c} émargements, ${d} bulletins : constaté par le bureau${went ? ', et le dépouillement s’est poursuivi' : ''}`,
  ],
  [/^(\d+) codes were re-issued$/, (a) => `${a} codes réassortis`],
  [
    /^(\d+) codes were re-issued, says the freeze: electors are not shown$/,
    (a) => `${a} codes réassortis, dit le scellement final : les électeurs ne sont pas montrés`,
  ],
  [/^(\d+) rights for (\d+) electors$/, (a, b) => `${a} droits de vote pour ${b} inscrits`],
  [
    /^(\d+) rights beyond the roll, approved with the seal$/,
    (a) => `${a} droits de vote de plus que d’inscrits, approuvés avec le scellé`,
  ],
  [/^(\d+) rights of the initial list are gone$/, (a) => `${a} droits de la liste initiale ont disparu`],
  [/^(\d+) signatures on a roll of (\d+)$/, (a, b) => `${a} émargements sur une liste de ${b} inscrits`],
  [/^(\d+) on a roll of (\d+) electors$/, (a, b) => `${a} inscrits scellés pour ${b} électeurs`],
  [/^(\d+) after (\d+) leaves$/, (a, b) => `${a} après ${b} feuilles`],
  [/^(\S+) is not on the roll$/, (a) => `${a} n’est pas sur la liste d’émargement`],
  [/^(\S+) signs again$/, (a) => `${a} émarge à nouveau`],
  [/^(\d+) leaves follow the last signed root$/, (a) => `${a} feuilles suivent la dernière racine signée`],
  [
    /^(approved|signed|written) by somebody who does not hold seat (\d+)$/,
    (a, b) =>
      `${{ signed: 'signé', written: 'écrit' }[a] ?? 'approuvé'} par quelqu’un qui ne tient pas le siège ${b}`,
  ],
  [/^by seat (\d+) a second time$/, (a) => `par le siège ${a} une seconde fois`],
  [
    /^by seat (\d+), which is not in the ceremony$/,
    (a) => `par le siège ${a}, qui n’est pas de la cérémonie`,
  ],
  [/^ends after (\d+) ballots$/, (a) => `finit après ${a} bulletins`],
  [/^follows revision (-?\d+)$/, (a) => `suit la révision ${a}`],
  [/^has (\d+) lines, (\d+) were sealed$/, (a, b) => `a ${a} lignes, ${b} ont été scellées`],
  [/^has (\d+) leaves, the bundle (\d+) before it$/, (a, b) => `a ${a} feuilles, le dossier ${b} avant elle`],
  [/^has not ballot (\d+) of the box in its place$/, (a) => `n’a pas le bulletin ${a} de l’urne à sa place`],
  [
    /^has not the (\d+) leaves of the checkpoint given$/,
    (a) => `n’a pas les ${a} feuilles de la racine donnée`,
  ],
  [/^is ([0-9a-f]{64}), not ([0-9a-f]+)$/, (a, b) => `est ${a}, non ${b}`],
  [
    /^is not what the events give, after (\d+) ballots$/,
    (a) => `n’est pas ce que donnent les événements, après ${a} bulletins`,
  ],
  [/^its (\w+) is not what was sealed$/, (a) => `${a} n’est pas ce qui a été scellé`],
  [/^its election file:? (.*)$/, (a) => `son fichier d’élection : ${inFrench(a)}`],
  [/^list (\S+): (\S+) seats, (\S+) are due$/, (a, b, c) => `liste ${a} : ${b} sièges, ${c} lui reviennent`],
  [
    /^list (\S+): the elected are not the first of it$/,
    (a) => `liste ${a} : les élus n’en sont pas les premiers`,
  ],
  [
    /^list (\S+): (\d+) seats for (\d+) candidates$/,
    (a, b, c) => `liste ${a} : ${b} sièges pour ${c} candidats`,
  ],
  [/^names people in another form: (.*)$/, (a) => `nomme des personnes sous une autre forme : ${a}`],
  [/^names (\S+), which is missing$/, (a) => `nomme ${a}, qui manque`],
  [/^numbered (\d+), not (\d+)$/, (a, b) => `numéroté ${a}, non ${b}`],
  [/^of (box-\S+): (.*)$/, (a, b) => `de ${a} : ${inFrench(b)}`],
  [/^repeats a ciphertext of (\S+)$/, (a) => `répète un chiffré de ${a}`],
  [
    /^says (\d+) re-issues, the electors had (\d+)$/,
    (a, b) => `dit ${a} réassorts, les électeurs en ont eu ${b}`,
  ],
  [/^says (\d+) (\w+), (\d+) were cast$/, (a, b, c) => `dit ${a} ${WHAT[b] ?? b}, il y en a eu ${c}`],
  [/^seat (\d+) does not hold the key (\d+)$/, (a, b) => `le siège ${a} ne détient pas la clé ${b}`],
  [/^there is no key (\d+)$/, (a) => `il n’y a pas de clé ${a}`],
  [
    /^the document that was approved says something else of (\S+)$/,
    (a) => `le document approuvé dit autre chose de ${a}`,
  ],
  [
    /^scrutin (\S+): its election file is not what its titles and lists make$/,
    (a) => `scrutin ${a} : son fichier d’élection n’est pas celui que font ses titres et ses listes`,
  ],
  [/^not checked: (.*)$/, (a) => `non vérifié : ${inFrench(a)}`],
  [/^not countersigned by seats (\d+)$/, (a) => `le siège ${a} n’a pas contresigné`],
  [/^not countersigned by seats (.+)$/, (a) => `les sièges ${a} n’ont pas contresigné`],
  [
    /^the (minutes say|document of its seats says) something else of (\S+)$/,
    (a, b) =>
      `${a === 'minutes say' ? 'le procès-verbal' : 'le document de ses sièges'} dit autre chose de ${b}`,
  ],
  [
    /^(\w+), (which the freeze says: .*|of which they say nothing|for which .* is missing)$/,
    (a, b) => `${a}, ${inFrench(b)}`,
  ],
  [
    /^the text of (observation|discrepancy) (\d+), which is not in the bundle$/,
    (a, b) =>
      `le texte ${a === 'discrepancy' ? 'du constat d’écart' : 'de l’observation'} ${b}, qui n’est pas dans le dossier`,
  ],
  [/^list (\S+) is not in the bundle$/, (a) => `la liste ${a} n’est pas dans le dossier`],
  [
    /^list (\S+): (\S+|any number of) seats may be filled, by its document (\S+|any number)$/,
    (a, b, c) => `liste ${a} : ${inFrench(b)} sièges à prendre au plus, ${inFrench(c)} selon son document`,
  ],
  [
    /^(\d+) lines of the journal came while they were signed$/,
    (a) => `${a} lignes du journal sont venues pendant qu’il était signé`,
  ],
  [/^votes again after (\S*)$/, (a) => `vote à nouveau après ${a}`],
  [/^([A-Z]\w+) (.+)$/, (a, b) => `${a} ${inFrench(b)}`],
];

/** The same in French; as it is where there is no French for it. */
export function inFrench(reason: string): string {
  const known = exact[reason];
  if (known !== undefined) return known;
  for (const [pattern, say] of patterns) {
    const match = pattern.exec(reason);
    if (match) return say(...match.slice(1));
  }
  return reason;
}
