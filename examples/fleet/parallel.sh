#!/bin/sh
# Shards of a list by GNU parallel, and one ranking of them:
#
#   sh parallel.sh 4 sp500
#
# SCREENER_SHARED_URL=redis://… in the environment gives all of them one quota and one cache.
set -eu
shards=$1
shift
seq "$shards" | parallel screener top "$@" --shard "{}/$shards" --quiet -o "shard-{}.ndjson"
screener merge $(seq -f 'shard-%g.ndjson' "$shards") -n 20
