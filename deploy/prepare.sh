#!/usr/bin/env bash
# Makes deploy/secrets for compose.yaml: certificates of the EventStoreDB nodes, passwords, the wrapping key, the roles.
# Needs Docker and openssl. Takes the public name of the site, and from the environment SMTP_URL (the server that takes
# the mails) and MAIL_FROM (whom they come from, « Name <address> »); keeps what is there already.
set -euo pipefail
cd "$(dirname "$0")"
site=${1:?usage: deploy/prepare.sh SITE (the name that electors type)}
umask 077
mkdir -p secrets/certificates
cd secrets

gencert() { docker run --rm --user "$(id -u)" -v "$PWD/certificates:/certs" eventstore/es-gencert-cli:1.0.2 "$@"; }
if [ ! -d certificates/ca ]; then
  gencert create-ca -out /certs/ca
  for node in eventstore1 eventstore2 eventstore3; do
    gencert create-node -ca-certificate /certs/ca/ca.crt -ca-key /certs/ca/ca.key -out "/certs/$node" -dns-names "$node"
  done
fi

[ -f kek ] || openssl rand -base64 32 > kek
if [ ! -f mail.env ]; then
  cat > mail.env <<ENV
SMTP_URL=${SMTP_URL:?smtp://user:password@host:587 or smtps://…}
MAIL_FROM=${MAIL_FROM:?Élections professionnelles <elections@exemple.fr>}
ENV
fi
[ -f proxy.env ] || echo "SITE=$site" > proxy.env
if [ ! -f server.env ]; then
  owner=$(openssl rand -hex 24) login=$(openssl rand -hex 24) events=$(openssl rand -hex 24)
  cat > postgres.env <<ENV
POSTGRES_PASSWORD=$owner
ENV
  cat > eventstore.env <<ENV
EVENTSTORE_DEFAULT_ADMIN_PASSWORD=$events
EVENTSTORE_DEFAULT_OPS_PASSWORD=$(openssl rand -hex 24)
ENV
  cat > server.env <<ENV
DATABASE_OWNER_URL=postgresql://postgres:$owner@postgres:5432/isoloir
DATABASE_URL=postgresql://isoloir:$login@postgres:5432/isoloir
PUBLIC_URL=https://$site
TRUSTED_PROXIES=uniquelocal
EVENTSTORE_URL=esdb://admin:$events@eventstore1:2113,eventstore2:2113,eventstore3:2113?tls=true&tlsCaFile=/certificates/ca/ca.crt
ENV
  cat > roles.sql <<SQL
create role isoloir login password '$login';
create database isoloir;
SQL
fi
# The containers run as other users: the files are readable, the folder that holds them is ours alone.
chmod 644 kek && chmod -R a+rX certificates
echo "deploy/secrets is ready. Keep a copy of kek apart from every back-up of the database."
