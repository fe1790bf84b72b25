# shellcheck shell=bash
# What the workspace consists of, read from its manifests, so that a new crate, feature or example is never left out.

# An example in one file ends by itself. One in a folder serves on the address it is given: it must start, and keep at it.
run_examples() {
    local manifest file name
    while IFS= read -r manifest; do
        for file in "${manifest%/Cargo.toml}"/examples/{*.rs,*/main.rs}; do
            [[ -e $file ]] || continue
            if [[ $file == */main.rs ]]; then
                name=$(basename -- "${file%/main.rs}")
                step "example $name" serves_on "$target/debug/examples/$name" 127.0.0.1:0
            else
                name=$(basename -- "$file" .rs)
                step "example $name" "$target/debug/examples/$name"
            fi
        done
    done < <(manifests)
}

serves_on() {
    local status=0
    timeout 3 "$@" || status=$?
    # The status of what had to be stopped.
    ((status == 124))
}

# Workspace builds hide a feature or a dependency that a crate forgot to name: another crate brings it.
each_crate_alone() {
    local manifest name
    while IFS= read -r manifest; do
        name=$(package_name "$manifest")
        step "$name alone" cargo clippy --package "$name" --all-targets --no-deps --locked -- -D warnings
    done < <(manifests)
}

each_feature_alone() {
    local manifest name feature
    while IFS= read -r manifest; do
        name=$(package_name "$manifest")
        [[ -n $(features "$manifest") ]] || continue
        step "$name without features" cargo clippy --package "$name" --no-default-features --no-deps --locked -- -D warnings
        while IFS= read -r feature; do
            step "$name with $feature" cargo clippy --package "$name" --no-default-features --features "$feature" \
                --no-deps --locked -- -D warnings
        done < <(features "$manifest")
    done < <(manifests)
}

manifests() {
    sed -n '/^members *= *\[/,/\]/s/^ *"\([^"]*\)".*/\1\/Cargo.toml/p' Cargo.toml
}

package_name() {
    sed -n '/^\[package\]/,/^\[[^p]/s/^name *= *"\([^"]*\)".*/\1/p' "$1"
}

features() {
    sed -n '/^\[features\]/,/^\[[^f]/s/^\([A-Za-z0-9_-]*\) *=.*/\1/p' "$1" | { grep -vx default || true; }
}
