#!/bin/sh
# The store is tested on a private PostgreSQL server too: installs it where that is permitted, else says what to install.
set -eu
{ command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq postgresql >/dev/null 2>&1 && exit 0
fi
echo "the tests of the PostgreSQL store need the Debian package postgresql; they are skipped without it" >&2
