#!/bin/sh
# An independent client library drives the service in a test: sets up Node.js and the library, else says what to install.
set -eu
here=tests/clients/medplum
if ! command -v npm >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && apt-get install -y -qq nodejs npm; } >/dev/null 2>&1 || true
fi
if ! command -v npm >/dev/null; then
    echo "the test with an independent client needs the Debian packages nodejs and npm; it is skipped without them" >&2
    exit 0
fi
[ "$here/node_modules/.package-lock.json" -nt "$here/package-lock.json" ] && exit 0
(cd "$here" && npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1) \
    || echo "the test with an independent client is skipped: npm could not set up $here" >&2
