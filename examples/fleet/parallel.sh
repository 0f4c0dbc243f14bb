#!/bin/sh
# Parts of a list by GNU parallel, and one ranking of them:
#
#   sh parallel.sh 4 sp500
#
# SCREENER_SHARED_URL=redis://… in the environment gives all of them one quota and one cache.
set -eu
parts=$1
shift
seq 0 $((parts - 1)) | parallel screener top "$@" --shard "{}/$parts" --quiet -o "part-{}.parquet"
screener merge $(seq -f 'part-%g.parquet' 0 $((parts - 1))) -n 20
