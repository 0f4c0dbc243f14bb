#!/bin/bash
# Sixteen shards of a list as a job array; then one ranking:
#
#   id=$(sbatch --parsable slurm.sh sp500)
#   sbatch --dependency=afterok:"$id" --wrap 'screener merge shards/shard-*.ndjson -n 20 -o top.csv'
#
# SCREENER_SHARED_URL=redis://… in the environment gives all tasks one quota and one cache.
#SBATCH --job-name=screener
#SBATCH --array=0-15
#SBATCH --cpus-per-task=1
#SBATCH --mem=256M
#SBATCH --time=04:00:00
set -euo pipefail
mkdir -p shards
exec screener top "$@" --shard auto --quiet -o "shards/shard-$SLURM_ARRAY_TASK_ID.ndjson"
