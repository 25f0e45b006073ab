#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Loads a sample council with its past, step by step as tests/data/history/steps.txt says.
#
#   PLEDGE=… IDENTITIES=… PLEDGE_ADDRESS=… PLEDGE_CA=… tests/tools/history.sh COUNCIL [DONE]
#
# PLEDGE is the command line, and IDENTITIES the folder with COUNCIL-officer and COUNCIL-worker. Steps that
# stand in the file DONE are passed over, all but "apply"; those that are done are added to it.
set -euo pipefail
cd "$(dirname "$0")/../.."
DATA=tests/data/history
DONE=${2:-/dev/null}

as() { # as ROLE ARGUMENT...
    PLEDGE_IDENTITY=$IDENTITIES/$council-$1 "$PLEDGE" "${@:2}"
}

# Findings and their words have identifiers that the service makes, so they are looked up.
moderate() {
    as worker visit findings "$council" --state waiting | grep -oE '^[0-9a-f-]{36}' | while read -r words; do
        as worker cicc moderate "$council" "$words" --as shown </dev/null
    done
}

answer() { # answer VISIT DAY TEXT
    local finding
    finding=$(as officer visit show "$council" "$1" | awk '$2 == "urgent" { print $1; exit }')
    as officer visit answer "$council" "$1" "$finding" --on "$2" --done "$2" --text "$3"
}

step() { # step STEP WHAT CHANGES
    local file=tests/data/councils/$council.json
    case $1 in
    until) sed -f "${3:+$DATA/}${3:-/dev/null}" "$file" | as officer apply - --until "$2" ;;
    apply) as officer apply "$file" ;;
    moderate) moderate ;;
    answer) answer "$2" "${3%% *}" "${3#* }" ;;
    programme) as officer programme import "$council" "$DATA/$2" ;;
    *) as "$1" call --each "$DATA/$2" ;;
    esac
}

while read -r council step what changes; do
    if [ "$council" = "$1" ] && ! grep -qxF "$council $step $what $changes" "$DONE"; then
        step "$step" "$what" "$changes" </dev/null
        [ "$step" = apply ] || echo "$council $step $what $changes" >>"$DONE"
    fi
done <"$DATA/steps.txt"
