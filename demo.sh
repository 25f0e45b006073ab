#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up a demonstration of Pledge on this machine and shows each council's monitor.
#
#   ./demo.sh         installs what is missing, builds, starts, loads four councils
#   ./demo.sh stop    ends what it started; the data stays in build/demo/
#   ./demo.sh status  says what is running
#
# Everything lies in build/demo/. It may be run again at any time. PLEDGE_DEMO_PORT chooses another
# port than 7443.
set -euo pipefail
cd "$(dirname "$0")"
. tests/tools/lib.sh

DEMO=$PWD/build/demo
PORT=${PLEDGE_DEMO_PORT:-7443}
BUILD=build/release
PLEDGED=$PWD/$BUILD/server/pledged
PLEDGE=$PWD/$BUILD/client/cli/pledge
STARTED=$(date +%s)
STEPS=10
STEP=0
START_SECONDS=20
COUNCILS="leicester halton derby peterborough"

step() {
    STEP=$((STEP + 1))
    printf '[%d/%d] %-58s %4ds\n' "$STEP" "$STEPS" "$*" $(($(date +%s) - STARTED))
}

sockets() { cat "$DEMO/socket-dir" 2>/dev/null || true; }

# The daemon's process, if the one we started is still the one with that number.
pledged_pid() {
    local pid
    pid=$(cat "$DEMO/pledged.pid" 2>/dev/null) || return 1
    case "$(readlink "/proc/$pid/exe" 2>/dev/null)" in
    "$PLEDGED" | "$PLEDGED (deleted)") echo "$pid" ;;
    *) return 1 ;;
    esac
}

stop_pledged() {
    local pid
    pid=$(pledged_pid) || return 0
    kill -TERM "$pid"
    for _ in $(seq 150); do
        pledged_pid >/dev/null || break
        sleep 0.1
    done
    rm -f "$DEMO/pledged.pid"
}

stop() {
    stop_pledged && say "pledged is stopped."
    if cluster_running "$DEMO/pg"; then
        cluster_stop "$DEMO/pg"
        say "The demonstration's PostgreSQL is stopped."
    fi
    case $(sockets) in /tmp/pledge-demo.*) rm -rf "$(sockets)" ;; esac
    say "The data stays in build/demo/; remove that folder to forget it."
}

status() {
    if pledged_pid >/dev/null; then
        say "pledged runs as process $(pledged_pid) on 127.0.0.1:$(cat "$DEMO/port")."
    else
        say "pledged is not running; ./demo.sh starts it."
    fi
    if cluster_running "$DEMO/pg"; then
        say "PostgreSQL runs on the socket in $(sockets)."
    else
        say "PostgreSQL is not running."
    fi
}

as() { # as IDENTITY ARGUMENT... : the command line as one of the demonstration's identities
    local who=$1
    shift
    PLEDGE_ADDRESS=127.0.0.1:$PORT PLEDGE_CA=$DEMO/ca.pem PLEDGE_IDENTITY=$DEMO/identities/$who "$PLEDGE" "$@"
}

build() {
    local log=$DEMO/build.log
    if ! { cmake --preset release && cmake --build $BUILD; } >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        die "the build failed; the whole output is in $log"
    fi
}

database() {
    local dir
    dir=$(sockets)
    if [ -z "$dir" ] || [ ! -d "$dir" ]; then
        # a socket's path has at most 107 bytes, which build/demo/ may not leave room for
        dir=$(mktemp -d /tmp/pledge-demo.XXXXXX)
        echo "$dir" >"$DEMO/socket-dir"
        cluster_running "$DEMO/pg" && cluster_stop "$DEMO/pg"
    fi
    cluster_start "$DEMO/pg" "$dir"
    schema_of_plan "$dir" pledge || die "build/demo/ has the data of another version of Pledge, which this one does not read.
  To begin anew without it: ./demo.sh stop && rm -r build/demo && ./demo.sh"
    schema_deploy "$dir" pledge
}

# NAME|COUNCIL|ROLE|OWNER|what it is, one identity a line
identities() {
    cat <<'LIST'
host-administrator||||runs the service; sets up authorities and members, sees no content
leicester-officer|leicester|officer||participation officer, Leicester
leicester-worker|leicester|support_worker||support worker of the Children in Care Council, Leicester
leicester-housing-director|leicester|director|departments/housing|director of housing, Leicester
leicester-connexions|leicester|partner_agency|partnerAgencies/connexions|careers partner, Leicester
halton-officer|halton|officer||participation officer, Halton
halton-worker|halton|support_worker||support worker of the Children in Care Council, Halton
halton-education-director|halton|director|departments/education|director of education, Halton
halton-borough-health|halton|partner_agency|partnerAgencies/borough-health|health partner, Halton
derby-administrator|derby|council_administrator||council administrator, Derby: members and audit
derby-officer|derby|officer||participation officer, Derby
derby-worker|derby|support_worker||support worker of the Children in Care Council, Derby
derby-councillor|derby|elected_member||member of the committee, Derby
derby-inspector|derby|inspector||inspector, Derby, for four weeks
derby-learning-director|derby|director|departments/learning|director of learning, Derby
derby-health-trust|derby|partner_agency|partnerAgencies/health-trust|health partner, Derby
peterborough-officer|peterborough|officer||participation officer, Peterborough
peterborough-worker|peterborough|support_worker||support worker of the Children in Care Council, Peterborough
peterborough-housing-director|peterborough|director|departments/housing|director of housing, Peterborough
peterborough-city-health|peterborough|partner_agency|partnerAgencies/city-health|health partner, Peterborough
LIST
}

certificates() {
    local name council role owner what
    ca_make "$DEMO/ca"
    cp "$DEMO/ca/ca.pem" "$DEMO/ca.pem"
    certificate_make "$DEMO/ca" "$DEMO/server" localhost serverAuth
    [ -s "$DEMO/secret.key" ] || (umask 077 && openssl rand -out "$DEMO/secret.key" 32)
    {
        say "Identities of the demonstration. Each has identities/NAME.pem and identities/NAME.key."
        say "Server: 127.0.0.1:$PORT, trusted through ca.pem in this folder."
        say ""
        printf '%-31s %-13s %-22s %s\n' NAME AUTHORITY ROLE "WHO IT IS"
    } >"$DEMO/identities.txt"
    while IFS='|' read -r name council role owner what; do
        certificate_make "$DEMO/ca" "$DEMO/identities/$name" "$name" clientAuth

        printf '%-31s %-13s %-22s %s\n' "$name" "${council:--}" "${role:-host admin}" "$what" \
            >>"$DEMO/identities.txt"
    done < <(identities)
}

start_pledged() {
    stop_pledged
    port_free "$PORT" || die "something else listens on 127.0.0.1:$PORT;
  stop it, or choose another port: PLEDGE_DEMO_PORT=7444 ./demo.sh"
    PLEDGED_LISTEN=127.0.0.1:$PORT PLEDGED_TLS_CERTIFICATE=$DEMO/server.pem \
        PLEDGED_TLS_KEY=$DEMO/server.key PLEDGED_TLS_CLIENT_CA=$DEMO/ca.pem \
        PLEDGED_DATABASE="host=$(sockets) dbname=pledge user=pledged" \
        PLEDGED_SECRET_KEY=$DEMO/secret.key \
        PLEDGED_SQL_DIRECTORY=$PWD/sql/rpc setsid "$PLEDGED" </dev/null >/dev/null 2>>"$DEMO/pledged.log" &
    echo $! >"$DEMO/pledged.pid"
    echo "$PORT" >"$DEMO/port"
    for _ in $(seq $((START_SECONDS * 10))); do
        port_free "$PORT" || return 0
        sleep 0.1
    done
    tail -n 5 "$DEMO/pledged.log" >&2
    die "pledged did not start; its log is $DEMO/pledged.log
  If another version of Pledge made build/demo/, remove that folder and run this again."
}

# Authorities and members are the host administrator's to make, content is the officer's.
load_councils() {
    local council role
    "$PLEDGED" add-host-administrator --database "host=$(sockets) dbname=pledge user=postgres" \
        --name "Host administrator" "$DEMO/identities/host-administrator.pem" >/dev/null
    for council in $COUNCILS; do
        as host-administrator authority show "$council" >/dev/null 2>&1 ||
            as host-administrator authority create "$council" --display-name "${council^} City Council" >/dev/null
        add_members "$council" officer
        add_members "$council" support_worker
        touch "$DEMO/history"
        PLEDGE_ADDRESS=127.0.0.1:$PORT PLEDGE_CA=$DEMO/ca.pem PLEDGE=$PLEDGE IDENTITIES=$DEMO/identities \
            tests/tools/history.sh "$council" "$DEMO/history" >"$DEMO/$council.log" || {
            cat "$DEMO/$council.log" >&2
            die "the history of $council could not be loaded"
        }
        tail -n 2 "$DEMO/$council.log"
        add_members "$council" director
        add_members "$council" partner_agency
        for role in council_administrator elected_member inspector; do
            add_members "$council" $role
        done
    done
}

add_members() { # add_members COUNCIL ROLE
    local name council role owner what until=
    while IFS='|' read -r name council role owner what; do
        [ "$council" = "$1" ] && [ "$role" = "$2" ] || continue
        [ "$role" = inspector ] && until=$(date -d '+4 weeks' +%F)
        as host-administrator member add "$council" "$name" --role "$role" ${owner:+--owner "$owner"} \
            ${until:+--until "$until"} \
            --display-name "${what%%,*}" --certificate "$DEMO/identities/$name.pem" >/dev/null </dev/null
    done < <(identities)
}

# A round of Derby's that fell due twelve days ago. Most returns came on paper and were recorded by
# the officer; a director and a partner agency send theirs themselves; Housing's is missing.
current_round() {
    local round file owner who received
    round=$(cat "$DEMO/round" 2>/dev/null || date +%Y-%m)
    if ! as derby-officer round show derby "$round" >/dev/null 2>&1; then
        as derby-officer round create derby "$round" --title "$(LC_ALL=C date '+%B %Y')" \
            --version promise/2 \
            --observed-from "$(date -d '-110 days' +%F)" --observed-to "$(date -d '-20 days' +%F)" \
            --opens "$(date -d '-19 days' +%F)" --due "$(date -d '-12 days' +%F)" \
            --closes "$(date -d '+16 days' +%F)" >/dev/null
        date -d '-14 days' +%F >"$DEMO/received"
    fi
    echo "$round" >"$DEMO/round"
    received=$(cat "$DEMO/received" 2>/dev/null || date -d '-14 days' +%F)
    for file in tests/data/returns/derby-*.csv; do
        owner=${file#tests/data/returns/derby-}
        owner=${owner%.csv}
        as derby-officer return show derby "$round" "$owner" >/dev/null 2>&1 && continue
        case $owner in
        learning) who="derby-learning-director" ;;
        health-trust) who="derby-health-trust" ;;
        *) who="derby-officer" ;;
        esac
        if [ $who = derby-officer ]; then
            as $who return submit "$file" --authority derby --round "$round" --owner "$owner" \
                --received-on "$received" >"$DEMO/return.log" || {
                cat "$DEMO/return.log" >&2
                die "the return of $owner was not taken"
            }
        else
            say "  as $who: pledge return submit ${file##*/}"
            as $who return submit "$file" --authority derby --round "$round" --owner "$owner"
        fi
    done
    as derby-officer return list derby "$round" | grep -E "^leisure +submitted" >/dev/null || return 0
    as derby-officer return query derby "$round" leisure --text "Which evening is planned instead, and where?"
    as derby-learning-director return certify derby "$round" learning
    as derby-officer reminder address derby owner learning.returns@derby.example --of learning >/dev/null
    as derby-officer reminder address derby board committee@derby.example >/dev/null
    as derby-officer reminder make derby
}

# Derby asks about the draft of its next version: some answer by code, some on paper, and the committee's
# key decision on it is announced.
current_consultation() {
    local number=0 code text
    as derby-officer consultation show derby next >/dev/null 2>&1 && return
    as derby-worker consultation create derby next --title "What should our next pledge say?" \
        --version promise/3 --opens "$(date -d '-10 days' +%F)" --closes "$(date -d '+18 days' +%F)" \
        --group young=children-in-care,11-17,120 --group leavers=care-leavers,45
    as derby-worker consultation question derby next --kind rating --prompt "Does the draft say what matters?"
    as derby-worker consultation question derby next --kind ranking --most 3 --prompt "Which three matter most?"
    as derby-worker consultation question derby next --kind free-text --prompt "What is missing?"
    for code in $(as derby-worker consultation codes derby next young 8 | grep -oE '[0-9A-Z]{5}(-[0-9A-Z]{5}){2}'); do
        number=$((number + 1))
        as derby-worker consultation respond "$code" --answer 1=$((number % 3 + 3)) \
            --answer "2=11,$((number % 7 + 1)),8" >/dev/null
    done
    for number in 1 2 3; do
        as derby-worker consultation enter derby next leavers --received-on "$(date -d '-2 days' +%F)" \
            --answer 1=4 --answer "2=9,$number,11" --answer "3=Driving lessons before we leave, please ($number)." \
            >/dev/null
    done
    text=$(as derby-worker consultation texts derby next --state waiting | grep -oE -m 1 '[0-9a-f-]{36}')
    as derby-worker consultation moderate derby next "$text" --as shown
    as derby-worker amendment propose derby next 1 --statement 11 --words "show us how to stay safe" \
        --instead "help us when something goes wrong there" --reason "We know how; we need somebody to tell." --group young
    as derby-officer body meet derby corporate-parenting-committee "$(date -d '+40 days' +%F)"
    as derby-officer endorsement start derby promise/3 --route pledge --on "$(date -d '-9 days' +%F)" --id next
    as derby-officer endorsement notice derby promise/3 --body corporate-parenting-committee \
        --on "$(date -d '+40 days' +%F)" --published "$(date +%F)"
}

# Derby's Children in Care Council met twice and said which promises are kept: nine came, and once four, whose
# counts nobody outside the voice team sees.
current_voice() {
    local body=children-in-care-council large small
    [ -s "$DEMO/voice" ] && return
    large=$(date -d '-15 days' +%F)
    small=$(date -d '-40 days' +%F)
    as derby-worker cicc session derby $body "$small" --participants 4 --theme leaving-care
    as derby-worker cicc rate derby promise/2 --session "$body/$small" --rating 9=0/1/3/0
    as derby-worker cicc session derby $body "$large" --participants 9 --theme being-in-care
    as derby-worker cicc rate derby promise/2 --session "$body/$large" --rating 1=1/2/6/0 --rating 2=8/1/0/0 \
        --rating 4=2/1/6/0 --rating 5=7/1/1/0 --rating 8=8/0/0/1 \
        --words "4=I saw my brother twice this year." --words "2=They asked me which wall to paint."
    as derby-worker cicc count derby "$large" --size 15 --group "age=under 14,7" --group "age=14 and over,8"
    echo "$large" >"$DEMO/voice"
}

further() {
    local round
    round=$(cat "$DEMO/round")
    cat <<TEXT

Everything is running: pledged on 127.0.0.1:$PORT, set up in $(($(date +%s) - STARTED)) seconds.
Look further, as Derby's officer:

  export PATH=$PWD/$BUILD/client/cli:\$PATH
  export PLEDGE_ADDRESS=127.0.0.1:$PORT PLEDGE_CA=$DEMO/ca.pem
  export PLEDGE_IDENTITY=$DEMO/identities/derby-officer

  pledge                                     (what is yours to do)
  pledge monitor derby --promise 3
  pledge monitor derby --by owner
  pledge monitor derby --compare
  pledge round show derby $round --late
  pledge cicc ratings derby promise/2
  pledge return checks
  pledge reminder list derby
  pledge pledge compare derby promise 2
  pledge signature list derby promise/2
  pledge consultation results derby priorities-2015
  pledge consultation results derby next
  pledge endorsement show derby promise/2 --as-at 2016-01-25
  pledge endorsement forward-plan derby
  pledge issue reach derby promise
  pledge commitment list derby --owner housing
  pledge call --list

Other identities: build/demo/identities.txt.  End it: ./demo.sh stop
TEXT
}

start() {
    mkdir -p "$DEMO"
    step "Debian packages"
    # shellcheck disable=SC2086
    install_packages $PLEDGE_BUILD_PACKAGES $PLEDGE_RUN_PACKAGES
    step "Building the release preset"
    build
    step "PostgreSQL and the schema"
    database
    step "Demonstration certificate authority and identities"
    certificates
    step "Starting pledged on 127.0.0.1:$PORT"
    start_pledged
    step "Loading four councils through the public API"
    load_councils
    step "Returns for Derby's current round"
    current_round
    step "A consultation that is open at Derby"
    current_consultation >"$DEMO/consultation.log"
    step "What Derby's young people say"
    current_voice >>"$DEMO/consultation.log"
    step "The monitor of each council"
    local council
    for council in $COUNCILS; do
        say ""
        as "$council-officer" monitor "$council"
    done
    further
}

case "${1:-start}" in
start) start ;;
stop) stop ;;
status) status ;;
*)
    sed -n '3,10s/^# \{0,1\}//p' "$0"
    case "$1" in -h | --help) exit 0 ;; *) exit 2 ;; esac
    ;;
esac
