#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The release binary under load: the service on core 0, the load on core 1. Prints one table; figures are for comparing
# two builds in one sitting. BODIES_LEAN, BODIES_FAT and SETTLE (seconds until all is counted) may be set.
set -euo pipefail
cd "$(dirname "$0")/../.."

binary=$PWD/.build/release/llm-cost-exporter
python=$PWD/.build/test-tools/python/bin/python
lean=${BODIES_LEAN:-3000} fat=${BODIES_FAT:-200} settle=${SETTLE:-12}
folder=$(mktemp -d)
service=

finish() {
    [[ -z $service ]] || kill "$service" 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT

for needed in "$binary" "$python"; do
    [[ -x $needed ]] || { echo "$needed is missing; run: make bench" >&2; exit 1; }
done

port_of() { sed -n "s/.*msg=listening door=$1 address=127.0.0.1:\([0-9]*\).*/\1/p" "$folder/log"; }

# Whether GET /-/ready is answered 200.
is_ready() {
    local port status
    port=$(port_of web)
    [[ -n $port ]] && exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
    printf 'GET /-/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
    read -r _ status _ <&3 || true
    exec 3>&-
    [[ $status == 200 ]]
} 2>/dev/null

# Starts the service and sets `service`, `otlp`, `web` and `ready_ms`.
start_service() {
    local begun=${EPOCHREALTIME/./}
    taskset -c 0 "$binary" --otlp.listen-address 127.0.0.1:0 --web.listen-address 127.0.0.1:0 2>"$folder/log" &
    service=$!
    until is_ready; do
        kill -0 "$service" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
        sleep 0.002
    done
    ready_ms=$(((${EPOCHREALTIME/./} - begun) / 1000))
    otlp=$(port_of otlp) web=$(port_of web)
}

stop_service() {
    # Twice: the first asks it to wait for a last scrape, the second not to.
    kill "$service"
    sleep 0.1
    kill "$service" 2>/dev/null || true
    wait "$service" || true
    service=
}

resident_mib() { awk '/^VmRSS:/ { printf "%.0f", $2 / 1024 }' "/proc/$service/status"; }

start_service
sleep 2
printf 'start to ready %d ms, idle RSS %s MiB, binary %d kB\n\n' \
    "$ready_ms" "$(resident_mib)" "$(($(stat -Lc %s "$binary") / 1000))"
stop_service

printf '| %-22s | %6s | %14s | %12s | %10s | %10s | %-8s |\n' \
    load bodies 'CPU s/M spans' 'peak RSS MiB' 'p50 ms' 'p99 ms' counters
printf '| %s |\n' '---------------------- | ------ | -------------- | ------------ | ---------- | ---------- | --------'
for load in 'lean gzip protobuf' 'lean identity protobuf' 'fat gzip protobuf' 'fat identity protobuf' 'lean gzip json'; do
    read -r flavour encoding format <<<"$load"
    bodies=$lean
    [[ $flavour == lean ]] || bodies=$fat
    start_service
    taskset -c 1 "$python" Tests/Benchmarks/bench.py --pid "$service" --url "http://127.0.0.1:$otlp/v1/traces" \
        --metrics "http://127.0.0.1:$web/metrics" --flavour "$flavour" --encoding "$encoding" --format "$format" \
        --bodies "$bodies" --settle "$settle" >"$folder/result" || true
    take() { sed -n "s/.*$1.*/\1/p" "$folder/result"; }
    printf '| %-22s | %6d | %14s | %12s | %10s | %10s | %-8s |\n' "$load" "$bodies" \
        "$(take 'server CPU: \([0-9.]*\)')" "$(take 'peak RSS \([0-9]*\)')" "$(take 'p50 \([0-9.]*\)')" \
        "$(take 'p99 \([0-9.]*\)')" "$(take 'counters: \([A-Za-z]*\)')"
    grep -q "status {200: $bodies}" "$folder/result" || cat "$folder/result"
    stop_service
done

printf '\n'
start_service
taskset -c 1 "$python" Tests/Benchmarks/health-under-load.py --otlp "127.0.0.1:$otlp" --web "127.0.0.1:$web"
stop_service
