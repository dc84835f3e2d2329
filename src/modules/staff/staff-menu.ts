import { access, mayCall } from '../../http/roles.js';

/** Every page that the staff may begin at. Who sees which follows from the table of roles. */
const pages: readonly (readonly [href: string, label: string])[] = [
  ['/bureau', 'Bureau de vote'],
  ['/personnel/participation', 'Participation'],
  ['/personnel/emargement', 'Listes d’émargement'],
  ['/personnel/journal', 'Journal des incidents et des interventions'],
  ['/personnel/elections', 'Élections : calendrier, scrutins, candidatures, bureaux, listes électorales'],
  ['/personnel/reclamations', 'Réclamations sur les listes électorales'],
  ['/personnel/notices', 'Notices de vote'],
  ['/personnel/relances', 'Envois et relances par messagerie'],
  ['/personnel/messages', 'Messages retournés, comptes jamais activés'],
  ['/personnel/electeurs', 'Chercher un électeur, lui envoyer un nouveau lien'],
  ['/personnel/changements', 'Changements d’adresse à approuver'],
  ['/personnel/assistance', 'Demandes d’assistance'],
  ['/personnel/poste', 'Poste de vote dédié'],
  ['/personnel/comptes', 'Comptes du personnel'],
  ['/personnel/compte', 'Mon mot de passe et mon application'],
];

/** What the staff with these roles are offered. */
export function menuOf(roles: readonly string[]): { readonly href: string; readonly label: string }[] {
  return pages
    .filter(([href]) => Object.hasOwn(access, `GET ${href}`) && mayCall(roles, `GET ${href}`))
    .map(([href, label]) => ({ href, label }));
}
