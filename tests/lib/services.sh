# shellcheck shell=bash
# Private servers for the suites: own ports, own data in the run's folder, gone afterwards.

start_services() {
    [[ -z $missing_step ]] || return 0
    heading "private services"
    start_postgres
    start_chromedriver
    install_node_packages
}

# Sets COUP_TEST_NODE_PATH and COUP_TEST_OPENID_PATH: the folders of the packages that tests/socket and tests/openid name.
install_node_packages() {
    install_packages_of socket COUP_TEST_NODE_PATH socket.io-client
    install_packages_of openid COUP_TEST_OPENID_PATH oidc-provider
}

# install_packages_of FOLDER VARIABLE PACKAGE: the packages that tests/FOLDER names, in the versions of its lock.
install_packages_of() {
    local log=$logs/npm-$1.log lock=$top/tests/$1/package-lock.json folder
    folder=$target/node-$1/$(sha256sum "$lock" | cut -c 1-16)
    export "$2=$folder/node_modules"
    # The folder is whole or not there.
    [[ ! -d $folder ]] || return 0
    rm -rf "${folder:?}.part"
    mkdir -p "$folder.part"
    cp "$top/tests/$1/package.json" "$lock" "$folder.part"
    if ! (cd "$folder.part" && npm ci --ignore-scripts --no-audit --no-fund) </dev/null >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        refuse "$3 could not be installed: npm must reach its registry once (npm_config_registry may name a mirror)"
    fi
    mv "$folder.part" "$folder"
    echo "   $3 $(node -p 'require(process.argv[1]).version' "$folder/node_modules/$3/package.json")"
}

# Sets COUP_TEST_POSTGRES_URL: a superuser's, to the database "postgres".
start_postgres() {
    local data=$private/postgres log=$logs/postgres.log password port tries
    local -a as_owner=(setpriv --pdeathsig QUIT)
    # PostgreSQL refuses to run as root; its package brought a user for it.
    if ((EUID == 0)); then
        as_owner=(setpriv --reuid postgres --regid postgres --init-groups --pdeathsig QUIT)
    fi
    # A caller's PGHOST or PGDATA must not lead anywhere else.
    unset "${!PG@}"
    install -d -m 700 "$data"
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" >"$data/password"
    ((EUID != 0)) || chown -R postgres:postgres "$data"
    # Not C: a school's database is not, and a query that forgot its `collate "C"` must be seen here.
    if ! (cd "$data" && "${as_owner[@]}" "$postgres/initdb" --pgdata "$data/cluster" --username postgres \
        --pwfile "$data/password" --auth password --encoding UTF8 --locale C.UTF-8 \
        --locale-provider icu --icu-locale ko-KR --no-sync --no-instructions) </dev/null >>"$log" 2>&1; then
        cat "$log" >&2
        refuse "initdb failed"
    fi
    cat >>"$data/cluster/postgresql.conf" <<'END'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''    # its path may be too long here, and nothing needs it
max_connections = 200
timezone = 'Asia/Seoul'         # not UTC: what leans on the server's zone must be seen here
# Only a crash of the whole machine tells these from the safe setting, and no test makes one: what was written survives the
# death of any process in the system's cache. synchronous_commit stays on: without it a killed server loses
# acknowledged writes, and tests kill it.
fsync = off
full_page_writes = off
END
    for ((tries = 0; tries < 20; tries++)); do
        # Below the range that the system gives to outgoing connections.
        port=$((20000 + RANDOM % 12000))
        launch QUIT "$log" "${as_owner[@]}" "$postgres/postgres" -D "$data/cluster" -p "$port"
        postgres_session=$launched
        while runs "$postgres_session"; do
            if "$postgres/pg_isready" --quiet --host 127.0.0.1 --port "$port" &&
                grep -q 'ready to accept connections' "$log"; then
                export COUP_TEST_POSTGRES_URL=postgres://postgres:$password@127.0.0.1:$port/postgres
                echo "   PostgreSQL $("$postgres/postgres" --version | grep -oE '[0-9.]+' | head -n 1) on port $port"
                return 0
            fi
            sleep 0.05
        done
        # Most likely somebody has that port.
        stop "$postgres_session"
    done
    tail -n 30 "$log" >&2
    refuse "PostgreSQL did not start; the log is $log"
}

# Sets COUP_TEST_WEBDRIVER_URL. The browsers it starts put their profiles and caches into the run's folder.
start_chromedriver() {
    local log=$logs/chromedriver.log port
    install -d -m 700 "$private/browser"
    launch TERM "$log" env -u XDG_CONFIG_HOME -u XDG_CACHE_HOME -u XDG_RUNTIME_DIR -u DISPLAY -u WAYLAND_DISPLAY \
        HOME="$private/browser" TMPDIR="$private/browser" chromedriver --port=0
    chromedriver_session=$launched
    while runs "$chromedriver_session"; do
        port=$(sed -nE 's/.*started successfully on port ([0-9]+).*/\1/p' "$log")
        if [[ -n $port ]]; then
            export COUP_TEST_WEBDRIVER_URL=http://127.0.0.1:$port
            echo "   $(chromedriver --version | cut -d' ' -f1,2) on port $port"
            return 0
        fi
        sleep 0.05
    done
    tail -n 30 "$log" >&2
    refuse "chromedriver did not start; the log is $log"
}
