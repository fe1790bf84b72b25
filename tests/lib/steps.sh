# shellcheck shell=bash
# One step after another: a heading, the time it took, its log when it failed, and a table at the end.

declare -a names=() results=() times=() details=()
missing_step="" # the failed step that the following ones need
began=$SECONDS

# Makes the run's folder and its logs, and sees to it that nothing stays behind.
begin_run() {
    target=$(cargo metadata --format-version 1 --no-deps --locked | sed -E 's/.*"target_directory":"([^"]*)".*/\1/')
    mkdir -p "$target/tests-run"
    find "$target/tests-run" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} +
    logs=$(mktemp -d "$target/tests-run/$(date +%Y-%m-%dT%H%M%S)-XXXX")
    private=$(mktemp -d "${TMPDIR:-/tmp}/coup-tests-XXXXXX")
    trap finish EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # PostgreSQL's user must get through it, to the folder of its own.
    chmod 711 "$private"
    # What a killed test leaves in its temporary folder goes with ours. A test with a PostgreSQL of its own needs the same way in.
    install -d -m 711 "$private/tmp"
    export TMPDIR=$private/tmp
}

# step NAME COMMAND…: the command is a program or a function of ours; its output goes to a log.
step() {
    local name=$1 log begin=$SECONDS beat
    shift
    heading "$name"
    if [[ -n $missing_step ]]; then
        echo "   not run: $missing_step failed"
        record "$name" "not run" 0 "$missing_step failed"
        return 0
    fi
    log=$logs/${name// /-}.log
    launch_command "$log" "$@"
    beat=$((SECONDS + 30))
    while runs "$launched"; do
        sleep 0.2
        if ((SECONDS >= beat)); then
            printf '   %4d s  %s\n' $((SECONDS - begin)) "$(tail -n 1 "$log" | cut -c1-100)"
            beat=$((SECONDS + 30))
        fi
    done
    conclude "$name" "$begin" "$log"
}

# As step, with the output on the terminal.
live_step() {
    local name=$1 begin=$SECONDS
    shift
    heading "$name"
    if [[ -n $missing_step ]]; then
        record "$name" "not run" 0 "$missing_step failed"
        return 0
    fi
    launch_command - "$@"
    while runs "$launched"; do sleep 0.2; done
    conclude "$name" "$begin" ""
}

# needs NAME: the steps from here on are not run if that one failed.
needs() {
    local i
    for i in "${!names[@]}"; do
        [[ ${names[i]} != "$1" || ${results[i]} == ok ]] || missing_step=$1
    done
}

heading() {
    printf '\n== %s\n' "$1"
}

launch_command() {
    local log=$1 name=$2
    if declare -F "$name" >/dev/null; then
        shift 2
        launch TERM "$log" bash -euo pipefail -c "$(declare -f "$name"); $name \"\$@\"" "$name" "$@"
    else
        shift
        launch TERM "$log" "$@"
    fi
}

conclude() {
    local name=$1 begin=$2 log=$3 status=0 i
    wait "$launched" || status=$?
    find_members "$launched"
    if ((${#members[@]})); then
        echo "   left running by this step, now stopped:"
        for i in "${members[@]}"; do
            printf '   %7d %s\n' "$i" "$(tr '\0' ' ' 2>/dev/null <"/proc/$i/cmdline" || true)"
        done
    fi
    stop "$launched"
    if ((status == 0)); then
        echo "   ok, $((SECONDS - begin)) s"
        record "$name" ok $((SECONDS - begin)) "$([[ -z $log ]] || summary_of "$log")"
    else
        if [[ -n $log ]]; then
            tail -n 200 "$log"
        fi
        echo "   FAILED with status $status after $((SECONDS - begin)) s"
        record "$name" FAILED $((SECONDS - begin)) "$log"
    fi
}

record() {
    names+=("$1") results+=("$2") times+=("$3") details+=("$4")
}

# What a test runner counted: nextest in one line, cargo's own in one a program.
summary_of() {
    sed -nE 's/.* ([0-9]+ tests? run: .*)/\1/p; s/^(test result: .*); [0-9]+ measured.*/\1/p' "$1" | awk '
        $1 == "test" { passed += $4; ignored += $8; next }
        { line = $0 }
        END { if (line) print line; else if (passed + ignored) print passed " passed, " ignored " ignored" }'
}

finish() {
    local status=$? i
    # Whoever is impatient now would leave servers behind.
    trap '' HUP INT TERM
    trap - EXIT
    if ((status)) && ((${#started[@]})); then
        printf '\nstopping what was started …\n'
    fi
    stop_everything
    rm -rf "$private"
    if ((${#names[@]})); then
        heading "summary"
        for i in "${!names[@]}"; do
            printf '   %-7s %5d s  %-32s %s\n' "${results[i]}" "${times[i]}" "${names[i]}" "${details[i]}"
            [[ ${results[i]} == ok ]] || ((status)) || status=1
        done
        printf '   %-7s %5d s\n' total $((SECONDS - began))
    fi
    case $status in
        0) echo "everything passed" ;;
        1) echo "failed" ;;
        2) ;; # has said why
        *) echo "ended early with status $status" ;;
    esac
    exit "$status"
}
