# Sourced by ./play and ./check: names the Debian packages that are missing and installs them.
# Nothing here starts a service.  When nothing is missing, no network is used.

PLAY_PACKAGES="gcc libc6-dev make cmake pkg-config libncurses-dev libuv1-dev libmd4c-dev libunistring-dev libjansson-dev libsqlite3-dev"
CHECK_PACKAGES="$PLAY_PACKAGES clang libclang-rt-14-dev libcmocka-dev libvterm-dev tshark"

missing_packages() {
    for package in "$@"; do
        case "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" in
        installed) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

# install_packages PACKAGE...: says what it installs, with sudo where the user is not root.
install_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        command -v cmake >/dev/null && command -v pkg-config >/dev/null && return 0
        echo "This needs Debian 12 (or a container of it: see README.md), or these installed by hand: $*" >&2
        exit 2
    fi
    local missing root=""
    missing=$(missing_packages "$@")
    [ -z "$missing" ] && return 0
    echo "Installing the Debian packages that are missing: $missing" >&2
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Not root, and no sudo. Run this as root, then try again:" >&2
            echo "    apt-get install --no-install-recommends $missing" >&2
            exit 2
        fi
        root="sudo"
    fi
    # shellcheck disable=SC2086
    if ! { $root apt-get update -qq &&
        $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } >&2; then
        echo "apt-get could not install: $missing" >&2
        echo "Is there a network? Try: apt-get update && apt-get install $missing" >&2
        exit 2
    fi
    # What was installed now, so that it can be removed again (README.md).
    mkdir -p "$here/build"
    printf '%s\n' $missing >>"$here/build/installed-packages.txt"
}

# follow LOG: keeps what is said; on a terminal it shows how much is done.
follow() {
    local line
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$1"
        case $line in '['*'%]'*) [ -t 2 ] && printf '\r  %s' "${line%%]*}]" >&2 ;; esac
    done
    [ -t 2 ] && printf '\r        \r' >&2
    return 0
}

# build PRESET [TARGET...]: configures once and builds quietly; shows the log when it fails.
build() {
    local preset=$1 log
    shift
    log="$here/build/$preset.log"
    mkdir -p "$here/build"
    : >"$log"
    [ -e "$here/build/$preset/outage" ] || echo "Building ($preset), the first time takes a few minutes ..." >&2
    if ! { cd "$here" && cmake --preset "$preset" && cmake --build --preset "$preset" -j "$(nproc)" ${1:+--target "$@"}; } 2>&1 | follow "$log"; then
        tail -n 40 "$log" >&2
        echo "The build failed; the whole log is $log" >&2
        exit 3
    fi
}
