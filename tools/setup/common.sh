# What tools/demo and tools/test share; sourced by them.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '== %s\n' "$*" >&2; }
die() { printf '%s: %s\n' "${0##*/}" "$1" >&2; shift; for line in "$@"; do printf '  %s\n' "$line" >&2; done; exit 1; }

# The system packages of a purpose (build, test), by package manager.
packages_for() {
  case "$1" in
    apt-build) echo ca-certificates cmake g++ ninja-build pkg-config python3 python3-pip python3-venv libarchive-dev libcli11-dev \
      libcpp-httplib-dev libcurl4-openssl-dev libdeflate-dev libfmt-dev libssl-dev libtomlplusplus-dev nlohmann-json3-dev ;;
    apt-test) echo ccache git libgtest-dev make python3-dev unzip ;;
    brew-build) echo cli11 cmake cpp-httplib curl fmt libarchive libdeflate ninja nlohmann-json openssl@3 pkgconf python@3 tomlplusplus ;;
    brew-test) echo ccache googletest make ;;
  esac
}

missing_of() {
  local manager=$1 package present
  shift
  case "$manager" in
    apt) present=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p') ;;
    brew) present=$(brew list --versions "$@" 2>/dev/null | sed 's/ .*//') ;;
  esac
  for package in "$@"; do
    grep -qxF -- "$package" <<<"$present" || echo "$package"
  done
}

# install_packages <purpose>...: installs what is missing, after saying what; nothing is asked when nothing is missing.
install_packages() {
  local manager purpose wanted=() missing command as_root=()
  if command -v apt-get >/dev/null; then manager=apt
  elif command -v brew >/dev/null; then manager=brew
  else
    say "neither apt-get nor brew is here: installing nothing; CMake will say what it does not find"
    return
  fi
  for purpose in "$@"; do wanted+=($(packages_for "$manager-$purpose")); done
  missing=($(missing_of "$manager" "${wanted[@]}"))
  [ ${#missing[@]} -gt 0 ] || return 0

  if [ "$manager" = brew ]; then
    say "installing: brew install ${missing[*]}"
    brew install "${missing[@]}" >&2
    return
  fi
  command="apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || { ! [ -t 0 ] && ! sudo -n true 2>/dev/null; }; then
      die "system packages are missing, and only root can install them. As root, run:" "$command"
    fi
    as_root=(sudo)
  fi
  say "installing: ${as_root[*]:+sudo }$command"
  ${as_root[@]+"${as_root[@]}"} apt-get update -qq >&2
  ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive $command -qq >&2
}

# configure <build folder> <argument>...: plain arguments, since presets need a newer CMake than the rest does.
configure() {
  local build=$1 generator=()
  shift
  [ -f "$build/CMakeCache.txt" ] || generator=(-G Ninja)
  if command -v ccache >/dev/null; then set -- -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@"; fi
  if command -v brew >/dev/null; then  # these three are not linked into Homebrew's prefix
    set -- "-DCMAKE_PREFIX_PATH=$(brew --prefix curl);$(brew --prefix libarchive);$(brew --prefix openssl@3)" "$@"
  fi
  say "configuring $build"
  cmake -S "$root" -B "$build" ${generator[@]+"${generator[@]}"} "$@" >&2
}

processors() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }
