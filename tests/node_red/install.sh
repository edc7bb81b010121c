#!/bin/sh
# Installs Node-RED into $NODE_RED_FOR_TESTS by npm; nothing when it is there already.
set -eu
into=${NODE_RED_FOR_TESTS:-${XDG_CACHE_HOME:-$HOME/.cache}/counterfoil-node-red}
version=4.1.15
command -v npm > /dev/null || { echo "npm is missing; install Node.js" >&2; exit 1; }
if ! grep -qs "\"version\": \"$version\"" "$into/node_modules/node-red/package.json"; then
    mkdir -p "$into"
    cd "$into"
    npm install --omit=optional --no-audit --no-fund --silent "node-red@$version"
fi
echo "$into"
