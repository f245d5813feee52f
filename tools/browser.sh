#!/bin/sh
# The page is tested in headless Chromium: installs it where that is permitted, else says what to install.
set -eu
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq chromium >/dev/null 2>&1 && exit 0
fi
echo "the page tests need the Debian package chromium; they are skipped without it" >&2
