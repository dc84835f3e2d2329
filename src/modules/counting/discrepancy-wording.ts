import type { Reconciled } from './reconciling.js';

type Numbers = Pick<Reconciled, 'names' | 'matched' | 'signatures' | 'ballots' | 'rootAgrees' | 'keyAgrees'>;

/** What each disagreement means, in words on which a board can decide. Whose names these are is not said. */
export function explain({ names, matched, signatures, ballots, rootAgrees, keyAgrees }: Numbers): string[] {
  const said: string[] = [];
  if (!rootAgrees)
    said.push(
      'Les émargements de l’urne ne sont plus ceux dont le gel a pris l’empreinte : le registre des événements a été modifié depuis. Aucun constat ne peut passer outre. Conservez tout en l’état, consignez l’incident au journal de l’élection et faites auditer l’urne.',
    );
  if (!keyAgrees)
    said.push(
      'La clé du registre manque, ou n’est plus celle du vote (base restaurée d’une sauvegarde, par exemple, ou clé échangée). Aucun constat ne peut passer outre : c’est celle du vote qui doit être détruite, sans quoi elle mènerait encore d’un nom à un bulletin. Faites-la rétablir, puis rapprochez de nouveau.',
    );
  if (names > matched)
    said.push(
      `Noms sans émargement : ${names - matched}. Au gel, le registre a reçu des noms dont l’urne n’a pas l’émargement, ou deux fois le même nom. Ces noms n’ajoutent aucun bulletin.`,
    );
  if (signatures > matched)
    said.push(
      `Émargements sans nom : ${signatures - matched}. Des inscrits ont émargé dont le nom manquait à la liste lue au gel : il a été retiré de la base après leur vote, ou l’émargement a été écrit hors du service. Les bulletins sont dans l’urne et seront comptés ; l’audit vérifie que chacun a été fait avec un droit de vote.`,
    );
  if (ballots !== signatures)
    said.push(
      `${ballots} bulletins pour ${signatures} émargements. Le vote écrit toujours l’un avec l’autre : cela ne vient d’aucun électeur, mais d’une écriture hors du service. L’audit le dira aussi.`,
    );
  return said;
}
