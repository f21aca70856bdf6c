#!/usr/bin/env bash
# Builds the image, starts the compose file with two workers, publishes the sample articles and waits for an alert.
# Then takes everything down again. PYTHON_IMAGE chooses the base image, SMOKE_SECONDS how long an alert may take.
set -euo pipefail
cd "$(dirname "$0")/.."

export PACTWATCH_IMAGE=pactwatch:smoke
export PACTWATCH_KAFKA_PORT=${PACTWATCH_KAFKA_PORT:-19494}
export PYTHON_IMAGE=${PYTHON_IMAGE:-python:3.12-slim}
seconds=${SMOKE_SECONDS:-180}
samples=pipeline/profiles/dprk-russia/samples/articles.jsonl

if docker compose version >/dev/null 2>&1; then compose=(docker compose); else compose=(docker-compose); fi
compose+=(--project-name "pactwatch-smoke-$$" --file deploy/compose.yaml)

take_down() {
    local code=$?
    if ((code != 0)); then "${compose[@]}" logs --no-color --tail=60 || true; fi
    "${compose[@]}" down --volumes --timeout 20 --remove-orphans >/dev/null 2>&1 || true
    exit "$code"
}
trap take_down EXIT

timeout 900 docker build --quiet --build-arg "PYTHON_IMAGE=$PYTHON_IMAGE" --tag "$PACTWATCH_IMAGE" --file deploy/Dockerfile .
# An image without this folder leaves the new volume to root; in apache/kafka's own it is appuser's already.
timeout 60 "${compose[@]}" run --rm --no-deps --user root --entrypoint chown kafka appuser /var/lib/kafka/data
timeout 120 "${compose[@]}" up --detach --no-build --scale worker=2
timeout 120 "${compose[@]}" exec -T delivery pactwatch publish - <"$samples"

echo "waiting up to $seconds s for an alert"
deadline=$((SECONDS + seconds))
until alert=$("${compose[@]}" exec -T delivery head -n 1 /data/alerts.jsonl 2>/dev/null) && [[ -n $alert ]]; do
    if ((SECONDS > deadline)); then
        echo "smoke: no alert within $seconds s" >&2
        exit 1
    fi
    sleep 2
done
timeout 60 "${compose[@]}" exec -T worker pactwatch doctor
echo "smoke: an alert is out: $(printf '%s' "$alert" | python3 -c 'import json, sys; print(json.load(sys.stdin)["headline"])')"
