# shellcheck shell=bash
# Every program started here leads a session of its own, so that it can be stopped with all its children, and nothing else.

declare -A started=() # session → first signal to stop it with

# launch SIGNAL LOG COMMAND…: starts it in the background, stopped with SIGNAL; $launched is its session. LOG - is the terminal.
launch() {
    local signal=$1 log=$2
    shift 2
    # The kernel sends SIGNAL too should this script be killed without a chance to do so.
    if [[ $log == - ]]; then
        setsid setpriv --pdeathsig "$signal" "$@" </dev/null &
    else
        : >>"$log" # here, not only in the new process: the caller reads it at once
        setsid setpriv --pdeathsig "$signal" "$@" </dev/null >>"$log" 2>&1 &
    fi
    launched=$!
    started[$launched]=$signal
}

# stop SESSION: asks, and after ten seconds insists.
stop() {
    local session=$1 tries
    local signal=${started[$session]:-TERM}
    for ((tries = 0; tries < 150; tries++)); do
        find_members "$session"
        ((${#members[@]})) || break
        ((tries < 100)) || signal=KILL
        if ((tries % 100 == 0)); then
            kill -s "$signal" "${members[@]}" 2>/dev/null || true
        fi
        sleep 0.1
    done
    wait "$session" 2>/dev/null || true
    unset "started[$session]"
}

stop_everything() {
    local session
    for session in "${!started[@]}"; do
        stop "$session"
    done
}

# find_members SESSION: $members are its living processes, and its leader even before it has made the session.
find_members() {
    local file pid
    members=()
    for file in /proc/[0-9]*; do
        pid=${file#/proc/}
        read_process "$pid" || continue
        if [[ $process_state != Z && ($pid == "$1" || $process_session == "$1") ]]; then
            members+=("$pid")
        fi
    done
}

# Whether the program that leads the session still runs.
runs() {
    read_process "$1" && [[ $process_state != Z ]]
}

read_process() {
    local line
    { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
    # The fields are counted after the program's name, which may hold anything.
    read -r process_state _ _ process_session _ <<<"${line##*) }"
}
