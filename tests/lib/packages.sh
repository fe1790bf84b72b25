# shellcheck shell=bash
# What the suites need on the machine, and how it comes there.

# refuse REASON…: ends the run before it has begun; each argument is a line.
refuse() {
    printf 'tests/run: %s\n' "$1" >&2
    shift
    ((!$#)) || printf '  %s\n' "$@" >&2
    exit 2
}

require_rust() {
    # Where rustup puts it; a shell without a login does not look there.
    [[ ! -d ${HOME:-}/.cargo/bin ]] || PATH=$PATH:$HOME/.cargo/bin
    command -v cargo >/dev/null || refuse "cargo was not found; install Rust 1.95 or newer from https://rustup.rs"
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 ||
        refuse "rustfmt and clippy are needed: rustup component add rustfmt clippy"
}

# require_packages compiler|postgres|redis|browser|python|node …: installs what of these is missing, or says what to install.
require_packages() {
    local log=$logs/packages.log
    local -a missing=() as_root=()
    find_missing "$@"
    ((${#missing[@]})) || return 0

    command -v apt-get >/dev/null || refuse "these are missing, under their Debian names: ${missing[*]}"
    if ((EUID != 0)); then
        as_root=(sudo)
        # Nobody is there to type a password.
        [[ -t 0 && -z ${CI:-} ]] || as_root+=(--non-interactive)
        if ! command -v sudo >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
            refuse "missing on this machine: ${missing[*]}" \
                "run tests/run as root or with sudo rights once, or have this done by somebody who may:" \
                "apt-get update && apt-get install --no-install-recommends ${missing[*]}"
        fi
    fi
    heading "installing ${missing[*]}"
    if ! "${as_root[@]}" "$top/tests/lib/install" "${missing[@]}" </dev/null >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        refuse "installing failed; the log is $log"
    fi
    find_missing "$@"
    ((!${#missing[@]})) || refuse "still missing after they were installed: ${missing[*]}"
}

find_missing() {
    local need
    missing=()
    for need; do
        case $need in
            compiler)
                # Rust links with it, and SQLite is compiled from its source.
                command -v cc >/dev/null || missing+=(gcc libc6-dev)
                [[ -e /etc/ssl/certs/ca-certificates.crt ]] || missing+=(ca-certificates)
                ;;
            postgres) find_postgres || missing+=(postgresql) ;;
            # One program is server and tools; Debian's redis-server would add a service to the machine.
            redis)
                command -v redis-server redis-check-rdb >/dev/null || missing+=(redis-tools)
                # Certificates of one test's own.
                command -v openssl >/dev/null || missing+=(openssl)
                ;;
            browser)
                command -v chromium >/dev/null || missing+=(chromium)
                command -v chromedriver >/dev/null || missing+=(chromium-driver)
                # Without it Korean is drawn as boxes, and no test of the pages would notice.
                has_package fonts-noto-cjk || missing+=(fonts-noto-cjk)
                ;;
            node)
                command -v node >/dev/null || missing+=(nodejs)
                command -v npm >/dev/null || missing+=(npm)
                ;;
            # Debian keeps what makes an environment of its own apart.
            python) python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv) ;;
        esac
    done
}

# $postgres is the folder of the newest PostgreSQL server's programs.
find_postgres() {
    local initdb
    initdb=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort --version-sort | tail -n 1)
    [[ -x $initdb ]] || initdb=$(command -v initdb) || return 1
    postgres=$(dirname -- "$(readlink -f -- "$initdb")")
    [[ -x $postgres/postgres ]]
}

has_package() {
    [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}
